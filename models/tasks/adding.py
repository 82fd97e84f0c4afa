"""The adding problem: add the two marked numbers of a long row."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Generator, Tensor
from torch.nn import functional

from models.settings import shortened, whole
from models.tasks.base import Batch, Task

TOLERANCE = 0.04
"""An answer counts as right within this distance (Hochreiter & Schmidhuber 1997)."""


@dataclass(frozen=True)
class Adding(Task):
    """0.3 0.9* 0.5 0.4* -> 1.3. Scored once, at the last step, by the squared error.

    Hochreiter & Schmidhuber 1997, "Long short-term memory", experiment 4, with values in [0, 1] as
    in Le et al. 2015. One mark falls in each half. Always answering 1 has a mean squared error of
    2 * 1/12 = 1/6.
    """

    key = "adding"
    title = "The adding problem"
    summary = (
        "Each step brings a number from 0 to 1 and a mark; at the end the answer is the sum of the two "
        "marked numbers. Always answering 1 has a mean squared error of 0.167."
    )
    input_values = 2
    lag_setting = "length"

    length: int = whole(50, 4, 400, "Length", "Numbers in one row.", unit="steps")

    @property
    def symbols(self) -> tuple[str, ...]:
        """None: the inputs are real numbers."""
        return ()

    @property
    def answer_width(self) -> int:
        """One real number."""
        return 1

    @property
    def chance(self) -> float:
        """Share of sums within the tolerance of 1, whose density is a triangle of height 1 over [0, 2]."""
        return 2 * TOLERANCE - TOLERANCE**2

    @property
    def guessing_loss(self) -> float:
        """Mean squared error of always answering 1: the variance of the sum of two uniform numbers."""
        return 1 / 6

    @property
    def headline(self) -> str:
        """The mean squared error; lower is better."""
        return "loss"

    def sample(self, n: int, generator: Generator, *, held_out: bool = False) -> Batch:
        """Inputs (n, length, 2): number and mark; targets (n, length, 1): the sum of the marked so far."""
        half = self.length // 2
        numbers = torch.rand((n, self.length), generator=generator)
        first = torch.randint(half, (n, 1), generator=generator)
        second = torch.randint(half, self.length, (n, 1), generator=generator)
        marks = torch.zeros_like(numbers).scatter_(1, first, 1.0).scatter_(1, second, 1.0)
        counts = torch.zeros((n, self.length), dtype=torch.bool)
        counts[:, -1] = True
        inputs = torch.stack((numbers, marks), -1)
        return Batch(inputs, self.right_number(inputs).unsqueeze(-1), counts)

    def right_number(self, inputs: Tensor) -> Tensor:
        """(..., time) the sum of the marked numbers so far. inputs: (..., time, 2)."""
        number, mark = inputs.unbind(-1)
        return (number * mark).cumsum(-1)

    def loss(self, logits: Tensor, batch: Batch) -> Tensor:
        """Mean squared error at the last step."""
        return functional.mse_loss(logits[batch.counts], batch.targets[batch.counts])

    def metrics(self, logits: Tensor, batch: Batch) -> dict[str, float]:
        """Mean squared error, and the share of answers within 0.04 as `accuracy`."""
        error = (logits[batch.counts] - batch.targets[batch.counts]).abs()
        return {
            "loss": self.loss(logits, batch).item(),
            "accuracy": (error < TOLERANCE).float().mean().item(),
        }

    def decode(self, ids: Tensor) -> list[str]:
        """Each step's number; a star marks those to add. ids: (time, 2)."""
        return [f"{number:.2f}" + ("*" if mark > 0.5 else "") for number, mark in ids.tolist()]

    def decode_answer(self, ids: Tensor) -> list[str]:
        """Each step's answer. ids: (time, 1)."""
        return [f"{value:.2f}" for value in ids.flatten().tolist()]

    def encode(self, text: str) -> Tensor:
        """(time, 2) from numbers between 0 and 1, separated by spaces, a star after those to add.

        Raises ValueError, saying what was wanted and what came.
        """
        tokens = text.split()
        if not 0 < len(tokens) <= self.longest_probe:
            raise ValueError(
                f"wanted 1 to {self.longest_probe} numbers separated by spaces, got {len(tokens)}"
            )
        steps = []
        for token in tokens:
            try:
                number = float(token.removesuffix("*"))
            except ValueError:
                number = -1.0
            if not 0 <= number <= 1:
                raise ValueError(
                    f"wanted numbers from 0 to 1, a star after those to add; got {shortened(token)}"
                )
            steps.append((number, float(token.endswith("*"))))
        return torch.tensor(steps)

    def example(self) -> str:
        """A row as long as those of training, or as long as may be typed."""
        drawn = self.sample(1, torch.Generator().manual_seed(7)).inputs[0]
        return " ".join(self.decode(drawn[-self.longest_probe :]))

    def events(self, inputs: Tensor) -> dict[str, Tensor]:
        """The marks, the numbers, and the sum of the marked ones so far. inputs: (B, time, 2)."""
        number, mark = inputs.unbind(-1)
        return {"marked": mark, "number": number, "sum so far": self.right_number(inputs)}
