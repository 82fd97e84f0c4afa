"""Random symbols, then the same ones again: only a network that looks back and copies can go on."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Generator, Tensor

from models.settings import whole
from models.tasks.base import Batch, Task


@dataclass(frozen=True)
class Repeated(Task):
    """k f z k f z k ... -> at each step the next symbol; scored from the second copy on.

    The task in which Olsson et al. 2022 saw induction heads form. Inputs and targets are
    (batch, length); the first copy is pure chance and not scored.
    """

    key = "repeated"
    title = "Random symbols, repeated"
    summary = (
        "Random symbols come again and again in the same order; from the second time on the next one "
        "can be known by looking back. Guessing is right once in as many times as there are symbols."
    )

    choices: int = whole(32, 2, 64, "Symbols", "How many different symbols there are.", unit="symbols")
    shortest: int = whole(8, 2, 32, "Shortest period", "Fewest symbols before they repeat.", unit="steps")
    longest: int = whole(16, 2, 48, "Longest period", "Most symbols before they repeat.", unit="steps")
    length: int = whole(32, 8, 128, "Length", "Symbols in a row, copies included.", unit="steps")

    def __post_init__(self) -> None:
        """Refuse periods out of order, or so long that nothing repeats."""
        super().__post_init__()
        if not self.shortest <= self.longest < self.length:
            raise ValueError(
                f"longest: wanted {self.shortest} to {self.length - 1} steps, got {self.longest} steps"
            )

    @property
    def symbols(self) -> tuple[str, ...]:
        """Numbers from 1 on, each one symbol."""
        return tuple(str(number) for number in range(1, self.choices + 1))

    @property
    def chance(self) -> float:
        """One in as many as there are symbols."""
        return 1 / self.choices

    def sample(self, n: int, generator: Generator, *, held_out: bool = False) -> Batch:
        """`n` fresh rows, each with a period of its own."""
        periods = torch.randint(self.shortest, self.longest + 1, (n, 1), generator=generator)
        symbols = torch.randint(self.choices, (n, self.longest), generator=generator)
        places = torch.arange(self.length + 1)
        rows = symbols.gather(1, places % periods)
        return Batch(rows[:, :-1], rows[:, 1:], places[:-1] >= periods)

    @staticmethod
    def periods(batch: Batch) -> Tensor:
        """The period (B,) of each row: the first scored step."""
        return batch.counts.int().argmax(1)

    def events(self, inputs: Tensor) -> dict[str, Tensor]:
        """`seen_before`: 1 where the symbol has stood earlier in the row."""
        same = (inputs[:, :, None] == inputs[:, None, :]).tril(-1)
        return {"seen_before": same.any(2).float()}
