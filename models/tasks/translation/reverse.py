"""Reverse a sequence: nothing to understand, everything to remember."""

from __future__ import annotations

from dataclasses import dataclass
from string import ascii_lowercase
from typing import ClassVar

import numpy as np
import torch
from torch import Generator, Tensor

from models.settings import whole
from models.tasks.base import Batch
from models.tasks.translation.base import END, PAD, TranslationTask
from models.tasks.translation.pool import real_places


@dataclass(frozen=True)
class ReverseSequence(TranslationTask):
    """c a f e -> e f a c <end>. Target place t comes from source place length - 1 - t."""

    key: ClassVar[str] = "reverse_sequence"
    title: ClassVar[str] = "Reverse a sequence"
    summary: ClassVar[str] = (
        "Random letters go in and must come out last to first; there is nothing to understand, "
        "only to remember. Guessing gets about one symbol in eight, the end among them."
    )
    joint: ClassVar[str] = ""
    longest_probe: ClassVar[int] = 40

    longest: int = whole(
        20, 2, 30, "Longest sequence", "Sequences have from 1 to this many letters.", unit="letters"
    )
    letters: int = whole(
        10, 2, 26, "Alphabet", "Different letters; more of them leave less to luck.", unit="letters"
    )

    @property
    def symbols(self) -> tuple[str, ...]:
        """Padding, then the letters."""
        return (PAD, *ascii_lowercase[: self.letters])

    @property
    def answers(self) -> tuple[str, ...]:
        """The end, then the letters."""
        return (END, *ascii_lowercase[: self.letters])

    @property
    def longest_answer(self) -> int:
        """As long as the longest source that a person may type, and the end."""
        return self.longest_probe + 1

    def sample(self, n: int, generator: Generator, *, held_out: bool = False) -> Batch:
        """Fresh sequences; they are too many to meet a long one twice."""
        lengths = torch.randint(1, self.longest + 1, (n,), generator=generator)
        return self.sample_of_lengths(lengths, generator)

    def sample_of_lengths(self, lengths: Tensor, generator: Generator) -> Batch:
        """Fresh sequences of these lengths (n,)."""
        real = real_places(lengths)
        inputs = torch.randint(1, self.letters + 1, real.shape, generator=generator) * real
        places = lengths[:, None] - 1 - torch.arange(real.shape[1] + 1)
        targets = inputs.gather(1, places.clamp(min=0)).masked_fill(places < 0, self.end)
        return Batch(inputs, targets, places >= -1)

    def split(self, text: str) -> list[str]:
        """Letters, with or without spaces between them."""
        return list("".join(text.split()))

    def solve(self, source: Tensor) -> list[int]:
        """The letters from last to first, and the end."""
        return [*source[source != self.padding].flip(0).tolist(), self.end]

    def alignment(self, source: Tensor, target: Tensor) -> np.ndarray:
        """Ones on the falling diagonal that starts at the last letter."""
        known = np.zeros((len(target), len(source)))
        length = int((source != self.padding).sum())
        if target[: length + 1].tolist() == self.solve(source):
            steps = np.arange(length)
            known[steps, length - 1 - steps] = 1
        return known
