"""A person's own labelled texts: which class does a text belong to?"""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass
from functools import cache
from typing import ClassVar, NamedTuple

import torch
from torch import Tensor

from models.settings import shortened, switch, text, whole
from models.tasks import library
from models.tasks.base import Batch
from models.tasks.labelled import LabelledTexts, labelled_batch, words_of
from models.uploads import read_labelled

PADDING, START, UNKNOWN = "<pad>", "<s>", "<unknown>"
MOST_WORDS = 5_000
"""The most frequent words that are known: what a network learns of the others is noise, and takes space."""
_MARK = "\N{REPLACEMENT CHARACTER}"
_HOLD_OUT_EVERY = 5


@dataclass(frozen=True)
class OwnTexts(LabelledTexts):
    """`<s> the parcel came late` -> complaint. Chance is the share of the most frequent class."""

    key: ClassVar[str] = "own_texts"
    title: ClassVar[str] = "Your own labelled texts"
    summary: ClassVar[str] = (
        "A text goes in, its label must come out; one text in five is held out. Always answering the "
        "most frequent label is the line to beat."
    )
    longest_probe: ClassVar[int] = 60

    upload: str = text("", 80, "Own texts", "Key of an uploaded CSV with the columns text and label.")
    least: int = whole(1, 1, 50, "Rarest word", "Words seen less often count as unknown.", unit="times")
    longest: int = whole(
        40, 4, 60, "Words kept", "Only the last words of a longer text are read.", unit="words"
    )
    every_word: bool = switch(
        False, "Score every word", "The network is asked after each word, not only at the end."
    )

    @property
    def symbols(self) -> tuple[str, ...]:
        """Padding, start, unknown, then the words of the training texts from the most frequent on."""
        return _prepared(self).words

    @property
    def answers(self) -> tuple[str, ...]:
        """The labels in alphabetical order."""
        return _prepared(self).labels

    @property
    def chance(self) -> float:
        """Share of the most frequent label."""
        shares = self._shares()
        return shares.max().item()

    @property
    def guessing_loss(self) -> float:
        """Entropy of the labels, in nats."""
        shares = self._shares()
        return -(shares * shares.clamp(min=1e-12).log()).sum().item()

    def pool(self) -> Batch:
        """All texts to learn from."""
        return _prepared(self).training

    def held_out_pool(self) -> Batch:
        """Every fifth text of each label, the first one included."""
        return _prepared(self).held_out

    def encode(self, text: str) -> Tensor:
        """A typed text as (time,) symbol numbers; words that training never saw become `<unknown>`.

        Raises ValueError for an empty or over-long text, or one of unknown words alone.
        """
        words = _words(text)
        if not 0 < len(words) <= self.longest_probe:
            raise ValueError(f"wanted 1 to {self.longest_probe} words, got {len(words)}")
        places = {word: place for place, word in enumerate(self.symbols)}
        if not any(word in places for word in words):
            raise ValueError(f"wanted at least one word that the texts use, got {shortened(text)}")
        return torch.tensor([places[START], *(places.get(word, places[UNKNOWN]) for word in words)])

    def example(self) -> str:
        """The first held-out text."""
        first = self.held_out_pool().inputs[0]
        return " ".join(self.decode(first[first > 1])) or UNKNOWN

    def _shares(self) -> Tensor:
        counted = torch.bincount(self.pool().targets[:, 0], minlength=len(self.answers)).double()
        return counted / counted.sum()


def _words(text: str) -> list[str]:
    """The words of a text; `<unknown>` is one, `<s>` is none."""
    words = words_of(text.replace(UNKNOWN, f" {_MARK} "))
    return [UNKNOWN if word == _MARK else word for word in words if word != START]


class _Prepared(NamedTuple):
    words: tuple[str, ...]
    labels: tuple[str, ...]
    training: Batch
    held_out: Batch


@cache
def _prepared(task: OwnTexts) -> _Prepared:
    """Vocabulary, labels and both parts; every label is in both. The words come from training alone."""
    labelled = read_labelled(library.text_of(task.upload))
    rows = [(_words(text)[-task.longest :], label) for text, label in labelled]
    random.Random("own texts").shuffle(rows)
    labels = tuple(sorted({label for _, label in rows}))
    parts: tuple[list, list] = ([], [])
    for label in labels:
        for place, row in enumerate(row for row in rows if row[1] == label):
            parts[place % _HOLD_OUT_EVERY == 0].append(row)
    counted = Counter(word for words, _ in parts[0] for word in words)
    del counted[UNKNOWN]
    known = [word for word, count in counted.most_common(MOST_WORDS) if count >= task.least]
    symbols = (PADDING, START, UNKNOWN, *known)
    places = {word: place for place, word in enumerate(symbols)}
    training, held_out = (_batch(task, part, places, labels) for part in parts)
    return _Prepared(symbols, labels, training, held_out)


def _batch(
    task: OwnTexts, rows: list[tuple[list[str], str]], places: dict[str, int], labels: tuple[str, ...]
) -> Batch:
    texts = [[places[START], *(places.get(word, places[UNKNOWN]) for word in words)] for words, _ in rows]
    answers = [labels.index(label) for _, label in rows]
    return labelled_batch(texts, answers, steps=max(map(len, texts)), every_word=task.every_word)
