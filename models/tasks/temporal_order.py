"""Temporal order: in which order did the two signals come?"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Generator, Tensor

from models.settings import whole
from models.tasks.base import Batch, Task

DISTRACTORS, SIGNALS = "abcd", "XY"
START, END = "<", ">"


@dataclass(frozen=True)
class TemporalOrder(Task):
    """< a X c b Y d > -> XY. Only the last step is scored.

    Hochreiter & Schmidhuber 1997, "Long short-term memory", experiment 6a: the first signal falls
    in the second tenth of the sequence, the second in the sixth.
    """

    key = "temporal_order"
    title = "Temporal order"
    summary = (
        "Two signals, X or Y each, are hidden far apart among distractors; at the end the network says "
        "which came first and which second. Guessing is right 1 time in 4."
    )
    lag_setting = "length"

    length: int = whole(60, 20, 400, "Length", "Steps of one sequence.", unit="steps")

    @property
    def symbols(self) -> tuple[str, ...]:
        """Distractors, signals, start, end."""
        return (*DISTRACTORS, *SIGNALS, START, END)

    @property
    def answers(self) -> tuple[str, ...]:
        """The four orders."""
        return ("XX", "XY", "YX", "YY")

    @property
    def chance(self) -> float:
        """All four orders are equally likely."""
        return 1 / 4

    def sample(self, n: int, generator: Generator, *, held_out: bool = False) -> Batch:
        """Sequences of `length` steps; the target is the order at every step, scored at the last."""
        tenth = self.length // 10
        inputs = torch.randint(len(DISTRACTORS), (n, self.length), generator=generator)
        early = torch.randint(tenth, 2 * tenth + 1, (n, 1), generator=generator)
        late = torch.randint(5 * tenth, 6 * tenth + 1, (n, 1), generator=generator)
        signals = torch.randint(2, (n, 2), generator=generator)
        inputs.scatter_(1, early, len(DISTRACTORS) + signals[:, :1])
        inputs.scatter_(1, late, len(DISTRACTORS) + signals[:, 1:])
        inputs[:, 0] = self.symbols.index(START)
        inputs[:, -1] = self.symbols.index(END)
        order = 2 * signals[:, :1] + signals[:, 1:]
        counts = torch.zeros_like(inputs, dtype=torch.bool)
        counts[:, -1] = True
        return Batch(inputs, order.expand_as(inputs), counts)

    def example(self) -> str:
        """As many steps as in training, or as may be typed, X before Y."""
        length = min(self.length, self.longest_probe)
        steps = [DISTRACTORS[3 * step % 7 % 4] for step in range(length)]
        steps[0], steps[3 * length // 20], steps[11 * length // 20], steps[-1] = START, "X", "Y", END
        return " ".join(steps)

    def events(self, inputs: Tensor) -> dict[str, Tensor]:
        """The signals, and how many have been seen."""
        first, second = len(DISTRACTORS), len(DISTRACTORS) + 1
        signal = (inputs == first) | (inputs == second)
        seen = signal.cumsum(1)
        one, two = (inputs == first).cumsum(1) > 0, (inputs == second).cumsum(1) > 0
        tracks = {"signal": signal, "signals seen": seen, "X seen": one, "Y seen": two}
        return {name: track.float() for name, track in tracks.items()}
