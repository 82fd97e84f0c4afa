"""Sentences to learn word vectors from: a small world made by rule, and real text that ships with Python."""

from __future__ import annotations

import random
import unicodedata
from functools import cache

from models.tasks import library
from models.uploads import sentences_of

PAIRS = (
    ("man", "woman"),
    ("king", "queen"),
    ("boy", "girl"),
    ("father", "mother"),
    ("uncle", "aunt"),
    ("actor", "actress"),
    ("prince", "princess"),
    ("brother", "sister"),
    ("husband", "wife"),
    ("waiter", "waitress"),
)
"""Each role's two names."""
_DEEDS = (
    ("walks in the street", "reads the newspaper"),
    ("rules the kingdom", "sits on the throne", "wears the crown"),
    ("plays in the school", "does homework", "rides a bicycle"),
    ("feeds the baby", "raises the child"),
    ("visits the nephew", "brings a gift"),
    ("stars in the movie", "performs on stage"),
    ("lives in the palace", "will inherit the throne"),
    ("shares the bedroom", "quarrels over toys"),
    ("celebrates the anniversary", "wears the ring"),
    ("serves the soup", "carries the tray"),
)
_PATTERNS = (
    "the {name} {deed} and {subject} is happy",
    "the {name} {deed} by {self}",
    "{owner} friend the {name} {deed} with {object}",
    "the {name} with the {looks} is called {title} and {deed}",
)
_GENDERED = (
    {"subject": "he", "owner": "his", "object": "him", "self": "himself", "looks": "beard", "title": "sir"},
    {
        "subject": "she",
        "owner": "her",
        "object": "her",
        "self": "herself",
        "looks": "dress",
        "title": "madam",
    },
)
MADE_SENTENCES = 6_000
_LISTS_OF_NAMES = (
    "CJK",
    "HANGUL SYLL",
    "TANGUT",
    "NUSHU",
    "EGYPTIAN",
    "KHITAN",
    "ANATOLIAN",
    "CUNEIFORM",
    "BAMUM",
    "YI SYL",
    "SIGNWRITING",
    "VARIATION",
)
"""Blocks whose names only count their characters, or spell them in signs of their own."""


@cache
def small_world() -> tuple[tuple[str, ...], ...]:
    """Sentences in which a name's role decides the deed and its gender the pronouns: made for analogies."""
    source = random.Random("small world")
    sentences = []
    for _ in range(MADE_SENTENCES):
        role, gender = source.randrange(len(PAIRS)), source.randrange(2)
        filled = source.choice(_PATTERNS).format(
            name=PAIRS[role][gender], deed=source.choice(_DEEDS[role]), **_GENDERED[gender]
        )
        sentences.append(tuple(filled.split()))
    return tuple(sentences)


@cache
def character_names() -> tuple[tuple[str, ...], ...]:
    """The names of Unicode characters, word by word: greek small letter alpha, leftwards arrow."""
    names = (unicodedata.name(chr(code), "") for code in range(0x110000))
    kept = (name for name in names if name and not name.startswith(_LISTS_OF_NAMES))
    return tuple(tuple(name.lower().replace("-", " ").split()) for name in kept)


@cache
def python_docs() -> tuple[tuple[str, ...], ...]:
    """The sentences of Python's own help texts.

    Raises MissingText where this Python was installed without them.
    """
    return sentences_of(library.text_of(library.PYDOC))


CORPORA = {"small_world": small_world, "character_names": character_names, "python_docs": python_docs}


@cache
def corpus(name: str, upload: str = "") -> tuple[tuple[str, ...], ...]:
    """The sentences of a corpus; of an uploaded text where its key is given."""
    return sentences_of(library.text_of(upload)) if upload else CORPORA[name]()
