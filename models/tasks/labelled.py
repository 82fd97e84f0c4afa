"""Labelled texts: a finite number of them to learn from, others held out, one answer to each text."""

from __future__ import annotations

import re
from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Generator, Tensor

from models.tasks.base import Batch, Task


@dataclass(frozen=True)
class LabelledTexts(Task):
    """A text goes in, its answer must come out. A subclass says which texts there are."""

    padding: ClassVar[int | None] = 0

    @abstractmethod
    def pool(self) -> Batch:
        """All labelled texts: the only ones that training ever sees."""

    @abstractmethod
    def held_out_pool(self) -> Batch:
        """Texts that training never sees."""

    def sample(self, n: int, generator: Generator, *, held_out: bool = False) -> Batch:
        """`n` texts out of the labelled ones, or of the held-out ones."""
        pool = self.held_out_pool() if held_out else self.pool()
        rows = torch.randint(len(pool), (n,), generator=generator)
        return Batch(
            pool.inputs[rows], pool.targets[rows], pool.counts[rows], rows=None if held_out else rows
        )

    def metrics(self, logits: Tensor, batch: Batch) -> dict[str, float]:
        """Loss at all scored steps; accuracy at the last word."""
        right = last_word_right(logits, batch).float().mean().item()
        return {"loss": self.loss(logits, batch).item(), "accuracy": right}


def labelled_batch(
    texts: Sequence[Sequence[int]], answers: Sequence[int], *, steps: int, every_word: bool
) -> Batch:
    """Texts as tensors (text, steps): symbols from the left, padding (0) behind.

    every_word: whether the answer is asked for after each symbol, not only after the last
    """
    inputs = torch.zeros(len(texts), steps, dtype=torch.long)
    counts = torch.zeros_like(inputs, dtype=torch.bool)
    for row, ids in enumerate(texts):
        inputs[row, : len(ids)] = torch.tensor(ids)
        counts[row, 0 if every_word else len(ids) - 1 : len(ids)] = True
    targets = torch.tensor(answers)[:, None].expand(-1, steps).clone()
    return Batch(inputs, targets, counts)


def last_word_right(logits: Tensor, batch: Batch) -> Tensor:
    """(B,) bool: whether the answer after the last scored step is right."""
    time = torch.arange(batch.counts.shape[1])
    last = (batch.counts * time).argmax(1, keepdim=True)
    answers = logits.argmax(-1).gather(1, last)
    return (answers == batch.targets.gather(1, last)).squeeze(1)


def words_of(text: str) -> list[str]:
    """Words and the marks `,` and `.`, in lower case."""
    return re.findall(r"</?s>|[^\W_]+(?:'[^\W_]+)*|[.,]|[^\w\s]", text.lower())
