"""Remember the first symbol across a number of distractors."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Generator, Tensor

from models.settings import choice, whole
from models.tasks.base import Batch, Task

FIRST_LETTERS = "abcdefgh"
FILLERS = "klmnopqrstuvwxyz"
QUESTION, PADDING = "?", "."


@dataclass(frozen=True)
class RememberFirst(Task):
    """c x m k ? -> c. Only the step of the question is scored.

    With fillers from symbols of their own the network must only not lose the first symbol; with
    fillers out of the same symbols it must also refuse to store the later ones.
    """

    key = "remember_first"
    title = "Remember the first symbol"
    summary = (
        "A symbol, some distractors, a question: the answer is the first symbol. "
        "Guessing is right once in as many times as there are symbols (1 in 8 unless changed)."
    )
    lag_setting = "lag"

    lag: int = whole(
        10, 1, 200, "Lag", "Distractors between the first symbol and the question.", unit="steps"
    )
    lags: str = choice(
        "fixed",
        ("fixed", "mixed"),
        "Lags",
        "Always exactly the lag, or each sequence with a lag of its own between 1 and it.",
    )
    choices: int = whole(
        8, 2, 8, "Symbols to remember", "How many different first symbols there are.", unit="symbols"
    )
    fillers: str = choice(
        "other",
        ("other", "same"),
        "Distractors",
        "Symbols that never come first, or the very symbols that also come first (harder).",
    )

    @property
    def symbols(self) -> tuple[str, ...]:
        """What may come first, what only fills, the question, and what fills short sequences up."""
        return (*FIRST_LETTERS[: self.choices], *FILLERS, QUESTION, PADDING)

    @property
    def answers(self) -> tuple[str, ...]:
        """The symbols that may come first."""
        return tuple(FIRST_LETTERS[: self.choices])

    @property
    def padding(self) -> int:
        """The number of the symbol after the question, where a sequence is shorter than the longest."""
        return self.choices + len(FILLERS) + 1

    @property
    def chance(self) -> float:
        """All first symbols are equally likely."""
        return 1 / self.choices

    def sample(self, n: int, generator: Generator, *, held_out: bool = False) -> Batch:
        """Sequences of lag + 2 steps; with mixed lags the question stands earlier and padding follows."""
        question, padding = self.choices + len(FILLERS), self.padding
        low, high = (0, self.choices) if self.fillers == "same" else (self.choices, question)
        inputs = torch.randint(low, high, (n, self.lag + 2), generator=generator)
        first = torch.randint(self.choices, (n, 1), generator=generator)
        inputs[:, :1] = first
        place = torch.full((n, 1), self.lag + 1)
        if self.lags == "mixed":
            place = 1 + torch.randint(1, self.lag + 1, (n, 1), generator=generator)
        time = torch.arange(self.lag + 2)
        asked = time == place
        inputs = inputs.masked_fill(asked, question).masked_fill(time > place, padding)
        return Batch(inputs, first.expand_as(inputs), asked)

    def example(self) -> str:
        """One symbol and as many distractors as in training, or as may be typed."""
        first, fillers = self.answers[1], self.answers if self.fillers == "same" else FILLERS
        between = [
            fillers[(5 * step + 3) % len(fillers)] for step in range(min(self.lag, self.longest_probe - 2))
        ]
        return " ".join([first, *between, QUESTION])

    def events(self, inputs: Tensor) -> dict[str, Tensor]:
        """Where the symbol is given, where to hold it, where it is asked for, and which symbol it was."""
        question, padding = self.choices + len(FILLERS), self.padding
        store = torch.zeros_like(inputs, dtype=torch.bool)
        store[:, 0] = True
        asked = inputs == question
        tracks = {
            "store": store,
            "hold": ~store & ~asked & (inputs != padding),
            "question": asked,
        }
        present = inputs != padding
        for number, symbol in enumerate(self.answers):
            tracks[f"first is {symbol}"] = (inputs[:, :1] == number) & present
        return {name: track.float() for name, track in tracks.items()}
