"""Counting: equal numbers of a and b, and the depth of brackets."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Generator, Tensor

from models.settings import whole
from models.tasks.base import Batch, Task

START, LETTER_A, LETTER_B, END = range(4)


@dataclass(frozen=True)
class EqualNumbers(Task):
    """< a a a b b b > : after the first b all that follows is determined, and there it is scored.

    Gers & Schmidhuber 2001, "LSTM recurrent networks learn simple context-free and
    context-sensitive languages"; Weiss, Goldberg & Yahav 2018, "On the practical computational
    power of finite precision RNNs for language recognition".
    """

    key = "equal_numbers"
    title = "As many b as a"
    summary = (
        "Some a, then equally many b, then the end: after the first b the network must say what comes "
        "next. Always answering b is right in 85 of 100 places at the default length."
    )
    padding = END
    longest_probe = 122

    most: int = whole(12, 2, 40, "Most a", "Largest number of a in training.", unit="letters")

    @property
    def symbols(self) -> tuple[str, ...]:
        """Start, a, b, end."""
        return ("<", "a", "b", ">")

    @property
    def chance(self) -> float:
        """Always answering b: n numbers out of 1..most give n - 1 further b and one end each."""
        letters = (self.most - 1) / 2
        return max(letters, 1.0) / (letters + 1)

    @property
    def guessing_loss(self) -> float:
        """Entropy of `b or end` at the scored steps, in nats."""
        ends = 2 / (self.most + 1)
        return -ends * math.log(ends) - (1 - ends) * math.log(1 - ends)

    def sample(self, n: int, generator: Generator, *, held_out: bool = False) -> Batch:
        """Sequences of 2 * most + 1 steps, numbers drawn from 1..most."""
        return self.of(torch.randint(1, self.most + 1, (n, 1), generator=generator), self.most)

    def held_out(self, n: int = 256) -> Batch:
        """Every number from 1 to the largest, equally often."""
        return self.of(1 + torch.arange(n).remainder(self.most).unsqueeze(1), self.most)

    def of(self, numbers: Tensor, largest: int) -> Batch:
        """The sequences for numbers (n, 1) up to `largest`; after the end come further ends, unscored."""
        time = torch.arange(2 * largest + 2)
        text = LETTER_A + (time > numbers).long() + (time > 2 * numbers).long()
        text[:, 0] = START
        step = time[:-1]
        return Batch(text[:, :-1], text[:, 1:], (step > numbers) & (step <= 2 * numbers))

    def reach(self, answer: Callable[[Tensor], Tensor], most: int = 60) -> int:
        """Largest n such that all of 1..n come out right; numbers beyond `self.most` were never trained.

        answer: inputs (B, time) -> logits (B, time, answer)
        """
        batch = self.of(torch.arange(1, most + 1).unsqueeze(1), most)
        with torch.no_grad():
            wrong = (answer(batch.inputs).argmax(-1) != batch.targets) & batch.counts
        failed = wrong.any(1).nonzero()
        return int(failed[0]) if len(failed) else most

    def example(self) -> str:
        """Eight of each, or as many as there are in training."""
        each = min(self.most, 8)
        return " ".join(["<", *"a" * each, *"b" * each])

    def events(self, inputs: Tensor) -> dict[str, Tensor]:
        """How many b are still owed, and which letter comes in."""
        owed = (inputs == LETTER_A).long().cumsum(1) - (inputs == LETTER_B).long().cumsum(1)
        tracks = {"count": owed, "a": inputs == LETTER_A, "b": inputs == LETTER_B}
        return {name: track.float() for name, track in tracks.items()}


@dataclass(frozen=True)
class Brackets(Task):
    """( ( ) ) ( : what comes next is determined at depth 0 and at the greatest depth; scored there.

    The Dyck language of one bracket pair, cut off at a greatest depth. Between, both brackets are
    equally likely, so nobody can do better than 1 in 2 and nothing is scored.
    """

    key = "brackets"
    title = "Brackets"
    summary = (
        "Brackets open and close at random down to a greatest depth; the network must say when only one "
        "bracket can follow. Guessing the more frequent one is right in about 3 of 5 places."
    )
    lag_setting = "length"

    length: int = whole(60, 8, 400, "Length", "Brackets in one sequence.", unit="brackets")
    depth: int = whole(6, 2, 12, "Greatest depth", "Brackets that may be open at once.", unit="brackets")

    @property
    def symbols(self) -> tuple[str, ...]:
        """Open and close."""
        return ("(", ")")

    @property
    def chance(self) -> float:
        """Always giving the more frequent of the two forced brackets."""
        return max(self._forced_open, 1 - self._forced_open)

    @property
    def guessing_loss(self) -> float:
        """Entropy of the forced brackets, in nats."""
        return -sum(p * math.log(p) for p in (self._forced_open, 1 - self._forced_open) if p > 0)

    @property
    def _forced_open(self) -> float:
        """Share of the forced places at which only `(` can follow, by following the depth's distribution."""
        at = [0.0, 1.0] + [0.0] * (self.depth - 1)
        opened = closed = 0.0
        for _ in range(self.length):
            opened, closed = opened + at[0], closed + at[-1]
            after = [0.0] * len(at)
            for depth, share in enumerate(at):
                up = {0: 1.0, self.depth: 0.0}.get(depth, 0.5)
                after[min(depth + 1, self.depth)] += share * up
                after[max(depth - 1, 0)] += share * (1 - up)
            at = after
        return opened / (opened + closed) if opened + closed else 0.5

    def sample(self, n: int, generator: Generator, *, held_out: bool = False) -> Batch:
        """A free random walk, folded at 0 and at the greatest depth, is a walk that turns there."""
        free = 2 * torch.randint(2, (n, self.length + 1), generator=generator) - 1
        fold = (free.cumsum(1) % (2 * self.depth) - self.depth).abs()
        depth = self.depth - fold
        before = torch.nn.functional.pad(depth[:, :-1], (1, 0))
        text = (depth < before).long()
        forced = (depth == 0) | (depth == self.depth)
        return Batch(text[:, :-1], text[:, 1:], forced[:, :-1])

    def example(self) -> str:
        """Down to the greatest depth and back."""
        down = min(self.depth, 8)
        return " ".join("()" + "(" * down + ")" * down + "(())")

    def encode(self, text: str) -> Tensor:
        """Brackets may be typed with or without spaces; none may close that was not opened.

        Raises ValueError, saying what was wanted and what came.
        """
        ids = super().encode(" ".join(text.replace(" ", "")))
        depth = (1 - 2 * ids).cumsum(0)
        if int(depth.min()) < 0 or int(depth.max()) > self.depth:
            raise ValueError(
                f"wanted depths from 0 to {self.depth}, got {int(depth.min())} to {int(depth.max())}"
            )
        return ids

    def events(self, inputs: Tensor) -> dict[str, Tensor]:
        """The depth after each bracket."""
        depth = (1 - 2 * inputs).cumsum(1)
        return {"depth": depth.float(), "open": (inputs == 0).float()}
