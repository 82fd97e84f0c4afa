"""A person's own labelled texts: which class does a text belong to?"""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass
from functools import cache
from typing import ClassVar, NamedTuple

import torch
from torch import Generator, Tensor

from models.settings import shortened, switch, text, whole
from models.tasks import library
from models.tasks.base import Batch, Task
from models.tasks.reviews import last_word_right, words_of
from models.uploads import read_labelled

PADDING, START, UNKNOWN = "<pad>", "<s>", "<unknown>"
_HOLD_OUT_EVERY = 5


@dataclass(frozen=True)
class OwnTexts(Task):
    """`<s> the parcel came late` -> complaint. Chance is the share of the most frequent class."""

    key: ClassVar[str] = "own_texts"
    title: ClassVar[str] = "Your own labelled texts"
    summary: ClassVar[str] = (
        "A text goes in, its label must come out; one text in five is held out. Always answering the "
        "most frequent label is the line to beat."
    )
    padding: ClassVar[int | None] = 0
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

    def sample(self, n: int, generator: Generator, *, held_out: bool = False) -> Batch:
        """`n` of the texts."""
        pool = _prepared(self).held_out if held_out else self.pool()
        rows = torch.randint(len(pool), (n,), generator=generator)
        return Batch(
            pool.inputs[rows], pool.targets[rows], pool.counts[rows], rows=None if held_out else rows
        )

    def pool(self) -> Batch:
        """All texts to learn from."""
        return _prepared(self).training

    def metrics(self, logits: Tensor, batch: Batch) -> dict[str, float]:
        """Loss at all scored steps; accuracy at the last word."""
        right = last_word_right(logits, batch).float().mean().item()
        return {"loss": self.loss(logits, batch).item(), "accuracy": right}

    def encode(self, text: str) -> Tensor:
        """A typed text as (time,) symbol numbers; words that training never saw become `<unknown>`.

        Raises ValueError for an empty or over-long text, or one of unknown words alone.
        """
        words = words_of(text.replace(UNKNOWN, "\N{REPLACEMENT CHARACTER}"))
        if not 0 < len(words) <= self.longest_probe:
            raise ValueError(f"wanted 1 to {self.longest_probe} words, got {len(words)}")
        places = {word: place for place, word in enumerate(self.symbols)}
        if not any(word in places for word in words):
            raise ValueError(f"wanted at least one word that the texts use, got {shortened(text)}")
        return torch.tensor([places[START], *(places.get(word, places[UNKNOWN]) for word in words)])

    def example(self) -> str:
        """The first held-out text."""
        first = _prepared(self).held_out.inputs[0]
        return " ".join(self.decode(first[first > 1])) or UNKNOWN

    def _shares(self) -> Tensor:
        counted = torch.bincount(self.pool().targets[:, 0], minlength=len(self.answers)).double()
        return counted / counted.sum()


class _Prepared(NamedTuple):
    words: tuple[str, ...]
    labels: tuple[str, ...]
    training: Batch
    held_out: Batch


@cache
def _prepared(task: OwnTexts) -> _Prepared:
    """Vocabulary, labels and both parts; every label is in both. The words come from training alone."""
    rows = [(words_of(text), label) for text, label in read_labelled(library.text_of(task.upload))]
    rows = [(words[-task.longest :], label) for words, label in rows]
    random.Random("own texts").shuffle(rows)
    rows.sort(key=lambda row: row[1])
    held_out = rows[::_HOLD_OUT_EVERY]
    training = [row for place, row in enumerate(rows) if place % _HOLD_OUT_EVERY]
    counted = Counter(word for words, _ in training for word in words)
    known = (word for word, count in counted.most_common() if count >= task.least)
    symbols = (PADDING, START, UNKNOWN, *known)
    labels = tuple(sorted({label for _, label in rows}))
    places = {word: place for place, word in enumerate(symbols)}
    parts = (_batch(task, part, places, labels) for part in (training, held_out))
    return _Prepared(symbols, labels, *parts)


def _batch(
    task: OwnTexts, rows: list[tuple[list[str], str]], places: dict[str, int], labels: tuple[str, ...]
) -> Batch:
    """Texts as tensors: words from the left, padding behind."""
    steps = 1 + max(len(words) for words, _ in rows)
    inputs = torch.zeros(len(rows), steps, dtype=torch.long)
    targets = torch.zeros_like(inputs)
    counts = torch.zeros_like(inputs, dtype=torch.bool)
    for row, (words, label) in enumerate(rows):
        ids = [places[START], *(places.get(word, places[UNKNOWN]) for word in words)]
        inputs[row, : len(ids)] = torch.tensor(ids)
        targets[row] = labels.index(label)
        counts[row, 0 if task.every_word else len(ids) - 1 : len(ids)] = True
    return Batch(inputs, targets, counts)
