"""Copy memory: repeat a row of symbols after a long blank."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Generator, Tensor

from models.settings import whole
from models.tasks.base import Batch, Task

LETTERS = "abcdefgh"
BLANK, GO = "_", "!"


@dataclass(frozen=True)
class CopyMemory(Task):
    """b a _ _ _ ! _ -> _ _ _ _ _ b a. Every step is trained; the copied ones are the accuracy.

    Arjovsky, Shah & Bengio 2016, "Unitary evolution recurrent neural networks", section 4.1: a
    network without memory answers blanks and then guesses, which costs (copied symbols) * ln 8 /
    (delay + 2 * copied symbols) nats a step: 10 ln 8 / (T + 20) with ten symbols and a delay of T.
    """

    key = "copy_memory"
    title = "Copy memory"
    summary = (
        "Some letters, a long blank, a signal: then the letters must come again in order. "
        "Guessing gets 1 letter in 8."
    )
    lag_setting = "delay"

    delay: int = whole(
        30, 1, 300, "Delay", "Steps from the end of the letters to the signal, itself included.", unit="steps"
    )
    copied: int = whole(10, 1, 10, "Letters to copy", "Letters to be repeated in order.", unit="letters")

    @property
    def symbols(self) -> tuple[str, ...]:
        """The letters, the blank, the signal."""
        return (*LETTERS, BLANK, GO)

    @property
    def answers(self) -> tuple[str, ...]:
        """The letters and the blank."""
        return (*LETTERS, BLANK)

    @property
    def chance(self) -> float:
        """All letters are equally likely."""
        return 1 / len(LETTERS)

    @property
    def guessing_loss(self) -> float:
        """The published baseline of a network without memory, in nats a step."""
        return self.copied * math.log(len(LETTERS)) / (self.delay + 2 * self.copied)

    def sample(self, n: int, generator: Generator, *, held_out: bool = False) -> Batch:
        """Sequences of delay + 2 * copied steps."""
        blank = len(LETTERS)
        letters = torch.randint(blank, (n, self.copied), generator=generator)
        inputs = torch.full((n, self.delay + 2 * self.copied), blank)
        targets = inputs.clone()
        inputs[:, : self.copied] = letters
        inputs[:, self.copied + self.delay - 1] = blank + 1
        targets[:, -self.copied :] = letters
        return Batch(inputs, targets, torch.ones_like(inputs, dtype=torch.bool))

    def metrics(self, logits: Tensor, batch: Batch) -> dict[str, float]:
        """Loss over all steps; accuracy over the letters to be copied alone."""
        copied = batch.targets < len(LETTERS)
        right = logits.argmax(-1)[copied] == batch.targets[copied]
        return {"loss": self.loss(logits, batch).item(), "accuracy": right.float().mean().item()}

    def example(self) -> str:
        """Letters, the delay of training (or what may be typed), the signal, and room for the answer."""
        letters = [LETTERS[(3 * place + 1) % len(LETTERS)] for place in range(self.copied)]
        blanks = [BLANK] * (min(self.delay, self.longest_probe - 2 * self.copied) - 1)
        return " ".join([*letters, *blanks, GO, *[BLANK] * self.copied])

    def events(self, inputs: Tensor) -> dict[str, Tensor]:
        """Where letters come in, where the wait is, where the answer is due, and time since the start."""
        blank = len(LETTERS)
        answering = (inputs == blank + 1).cumsum(1) > 0
        tracks = {
            "letter": inputs < blank,
            "wait": (inputs == blank) & ~answering,
            "answer": answering,
            "step": torch.arange(inputs.shape[1]).expand_as(inputs),
        }
        return {name: track.float() for name, track in tracks.items()}
