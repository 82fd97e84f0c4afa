"""The texts that a network can read: Python's own reference text, or a person's."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from functools import lru_cache

PYDOC = "pydoc"
MOST_BYTES = 2_000_000
LEAST_CHARACTERS = 400
LINE_ENDS_AND_TAB = "\n\r\t"
NO_TEXT = ("Cc", "Cs", "Cn")
"""Unicode's categories of control characters, surrogates and code points that are none."""

Resolver = Callable[[str], str]
_resolvers: list[Resolver] = []


class MissingText(ValueError):
    """A text that cannot be had; the message says why."""


def use(resolver: Resolver) -> None:
    """Ask `resolver` for every text but Python's own: key -> text; it raises KeyError for unknown keys."""
    _resolvers[:] = [resolver]


def text_of(key: str) -> str:
    """The text behind a key. Raises MissingText where there is none."""
    if key == PYDOC:
        return _pydoc()
    if not _resolvers:
        raise MissingText(f"text: wanted {PYDOC!r}, the only text here, got {key!r}")
    try:
        return _resolvers[0](key)
    except KeyError as error:
        raise MissingText(f"text: wanted the key of a stored text or {PYDOC!r}, got {key!r}") from error


@lru_cache(maxsize=1)
def _pydoc() -> str:
    """The reference text behind Python's `help()`: 79 topics in English, under Python's licence."""
    try:
        from pydoc_data.topics import topics
    except ImportError as error:
        raise MissingText(
            "text: wanted Python's reference text (the module pydoc_data.topics), but this Python was "
            "installed without it; some Linux distributions pack it apart. Paste a text of your own"
        ) from error
    return "\n\n".join(topics[name] for name in sorted(topics))


def check_upload(data: bytes) -> str:
    """The text of an uploaded file, line ends made uniform.

    Raises ValueError, saying what was wanted and what came, for anything but a UTF-8 text of
    400 characters to 2 MB.
    """
    if len(data) > MOST_BYTES:
        raise ValueError(f"wanted a text of at most 2 MB, got {len(data) / 1e6:.1f} MB")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValueError(
            f"wanted a text in UTF-8, got a byte that is none at place {error.start} "
            f"({data[error.start]:#04x}); save the file as UTF-8 and try again"
        ) from error
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    foreign = {c for c in set(text) if unicodedata.category(c) in NO_TEXT and c not in LINE_ENDS_AND_TAB}
    if foreign:
        place = min(text.index(character) for character in foreign)
        raise ValueError(
            f"wanted a text, got the control character U+{ord(text[place]):04X} at place {place}: "
            "this looks like a binary file"
        )
    if len(text.strip()) < LEAST_CHARACTERS:
        raise ValueError(
            f"wanted at least {LEAST_CHARACTERS} characters to learn from, got {len(text.strip())}"
        )
    return text
