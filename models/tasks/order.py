"""Tasks that are about order and nothing else: reverse, shift, and count, which needs none."""

from __future__ import annotations

from dataclasses import dataclass
from math import comb

import torch
from torch import Generator, Tensor

from models.settings import choice, whole
from models.tasks.base import Batch, Task

LETTERS = "abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True)
class Order(Task):
    """a b c d -> d c b a (reverse), a a b c (shift by one), or how often each symbol occurs (count).

    Every position is scored. Inputs and targets are (batch, length) symbols drawn independently.
    """

    key = "order"
    title = "Put in order"
    summary = (
        "A row of random symbols must be answered in reverse, moved by one place, or with how often each "
        "symbol occurs. Guessing is right once in as many times as there are symbols; whoever knows "
        "which symbols there are, but not where, is right at 22 % of the places (16 places, 12 symbols)."
    )

    rule: str = choice(
        "reverse",
        ("reverse", "shift", "count"),
        "Rule",
        "Reverse and shift depend on order; counting does not.",
    )
    length: int = whole(16, 2, 64, "Length", "Symbols in a row.", unit="steps")
    choices: int = whole(12, 2, 26, "Symbols", "How many different symbols there are.", unit="symbols")

    @property
    def symbols(self) -> tuple[str, ...]:
        """The letters from a on."""
        return tuple(LETTERS[: self.choices])

    @property
    def answers(self) -> tuple[str, ...]:
        """The same letters; for counting the numbers from 1 to the length."""
        if self.rule == "count":
            return tuple(str(number) for number in range(1, self.length + 1))
        return self.symbols

    @property
    def chance(self) -> float:
        """Accuracy of the best answer without looking: any symbol, or the commonest count."""
        if self.rule != "count":
            return 1 / self.choices
        others, p = self.length - 1, 1 / self.choices
        return max(comb(others, n) * p**n * (1 - p) ** (others - n) for n in range(self.length))

    @property
    def without_order(self) -> float:
        """Accuracy of one who knows which symbols there are but not where: he says the commonest.

        For counting, order does not matter: 1. Mean over 4096 rows, the same each time.
        """
        if self.rule == "count":
            return 1.0
        rows = self._rows(4096, torch.Generator().manual_seed(0))
        occurs = torch.stack([(rows == symbol).sum(1) for symbol in range(self.choices)])
        return (occurs.max(0).values.float().mean() / self.length).item()

    def sample(self, n: int, generator: Generator, *, held_out: bool = False) -> Batch:
        """`n` fresh rows and what the rule makes of them."""
        inputs = self._rows(n, generator)
        return Batch(inputs, self.answered(inputs), torch.ones_like(inputs, dtype=torch.bool))

    def answered(self, inputs: Tensor) -> Tensor:
        """The right answers (B, length) to rows of the same shape."""
        if self.rule == "reverse":
            return inputs.flip(1)
        if self.rule == "shift":
            return torch.cat((inputs[:, :1], inputs[:, :-1]), 1)
        return (inputs[:, :, None] == inputs[:, None, :]).sum(2) - 1

    def _rows(self, n: int, generator: Generator) -> Tensor:
        return torch.randint(self.choices, (n, self.length), generator=generator)
