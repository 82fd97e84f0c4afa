"""What tasks that turn one sequence into another have in common."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar

import numpy as np
import torch
from torch import Generator, Tensor, nn

from models.settings import shortened
from models.tasks.base import Batch, Task

PAD = "<pad>"
"""What a person sees where a short source is filled up."""
END = "<end>"
"""What a person sees where an answer ends."""


@dataclass(frozen=True)
class TranslationTask(Task):
    """A source sequence in, a target sequence of another length out, the alignment between them known.

    Sources are filled up with `padding`, targets with the end symbol; `Batch.counts` is True up to
    and with the first end symbol.
    """

    transduces: ClassVar[bool] = True
    padding: ClassVar[int] = 0
    """Place of the padding among the source symbols."""
    end: ClassVar[int] = 0
    """Place of the end symbol among the answers."""
    joint: ClassVar[str] = " "
    """What stands between two symbols in writing; nothing where symbols are characters."""
    evaluated: ClassVar[int] = 64
    """Sequences that an evaluation looks at: a run is evaluated about a hundred times."""

    @property
    def longest_answer(self) -> int:
        """Most symbols an answer may have, the end symbol among them."""
        raise NotImplementedError

    def solve(self, source: Tensor) -> list[int] | None:
        """The right answer for one source, end symbol included; None where the rules give none."""
        raise NotImplementedError

    def alignment(self, source: Tensor, target: Tensor) -> np.ndarray:
        """Which source symbols each target symbol comes from: (target, source), 0 or 1.

        A row of zeros means that none is known: at the end symbol, past it, and where `target` is
        not the right answer.
        """
        raise NotImplementedError

    @property
    def headline(self) -> str:
        """Share of sequences answered without a single wrong symbol."""
        return "exact"

    @property
    def chance(self) -> float:
        """Accuracy of the best guess that knows the place in the answer and nothing else."""
        return _guessing(self)[0]

    @property
    def guessing_loss(self) -> float:
        """Entropy of the symbol given its place in the answer, in nats."""
        return _guessing(self)[1]

    @property
    def exact_chance(self) -> float:
        """Share of sequences whose whole answer is the most frequent one."""
        return _guessing(self)[2]

    def evaluate(self, network: nn.Module, batch: Batch) -> dict[str, float]:
        """Loss and accuracy under teacher forcing, and `exact` with the network running freely.

        All over the first `evaluated` sequences of the batch.
        exact: share of answers without a wrong symbol from the first to the end
        """
        few = slice(self.evaluated)
        batch = Batch(batch.inputs[few], batch.targets[few], batch.counts[few])
        right = exact(network(batch.inputs).argmax(-1), batch.targets, self.end)
        return super().evaluate(network, batch) | {"exact": right.float().mean().item()}

    def encode(self, text: str) -> Tensor:
        """One source (time,) from what a person typed.

        Raises ValueError, saying what was wanted and naming what came, for an empty or over-long
        text and for characters or words that the task does not have.
        """
        tokens = self.split(text)
        what = "words" if self.joint else "characters"
        if not 0 < len(tokens) <= self.longest_probe:
            raise ValueError(f"wanted 1 to {self.longest_probe} {what}, got {len(tokens)}")
        places = {symbol: place for place, symbol in enumerate(self.symbols) if place != self.padding}
        unknown = list(dict.fromkeys(token for token in tokens if token not in places))
        if unknown:
            got = ", ".join(shortened(token) for token in unknown[:8])
            raise ValueError(f"wanted {what} out of: {self.joint.join(places) or ' '}; got {got}")
        return torch.tensor([places[token] for token in tokens])

    def split(self, text: str) -> list[str]:
        """The symbols of a typed text."""
        return text.split() if self.joint else list(text.strip())

    def read(self, source: Tensor) -> str:
        """A source as a person writes it, without padding."""
        return self.joint.join(self.symbols[i] for i in source.tolist() if i != self.padding)

    def read_answer(self, target: Tensor | list[int]) -> str:
        """An answer as a person writes it, up to its end."""
        ids = target.tolist() if isinstance(target, Tensor) else target
        ids = ids[: ids.index(self.end)] if self.end in ids else ids
        return self.joint.join(self.answers[i] for i in ids)

    def example(self) -> str:
        """A typed source that shows the task well."""
        return self.read(self.sample(1, torch.Generator().manual_seed(7)).inputs[0])


def exact(answers: Tensor, targets: Tensor, end: int) -> Tensor:
    """Whether each answer is its target up to the end symbol: (B,) bool.

    answers: (B, steps), of any width; what follows an answer's first end symbol does not matter
    targets: (B, target time), filled up with the end symbol
    """
    width = max(answers.shape[1], targets.shape[1])
    answers = cut_at_end(answers, end)
    unfinished = ~(answers == end).any(1)
    return (widened(answers, width, end) == widened(targets, width, end)).all(1) & ~unfinished


def cut_at_end(answers: Tensor, end: int) -> Tensor:
    """Everything from the first end symbol on made the end symbol: (B, steps)."""
    return answers.masked_fill((answers == end).cumsum(1) > 0, end)


def widened(ids: Tensor, width: int, filler: int) -> Tensor:
    """Filled up on the right to (B, width)."""
    return nn.functional.pad(ids, (0, width - ids.shape[1]), value=filler)


@lru_cache(maxsize=64)
def _guessing(task: TranslationTask) -> tuple[float, float, float]:
    """Accuracy, loss in nats and share of exact answers that guessing gets, counted on 2 048 sequences."""
    batch = task.sample(2048, Generator().manual_seed(11))
    right = entropy = 0.0
    for targets, counts in zip(batch.targets.T, batch.counts.T, strict=True):
        frequency = torch.bincount(targets[counts]).double()
        right += frequency.max().item()
        entropy -= torch.xlogy(frequency, frequency / frequency.sum()).sum().item()
    scored = int(batch.counts.sum())
    repeats = batch.targets.unique(dim=0, return_counts=True)[1].max().item()
    return right / scored, entropy / scored, repeats / len(batch)
