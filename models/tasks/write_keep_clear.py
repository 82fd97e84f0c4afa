"""Write, keep, read, clear: a memory whose gates have a known right behaviour."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Generator, Tensor

from models.settings import real, whole
from models.tasks.base import Batch, Task

LETTERS = "abcdefgh"
READ, CLEAR, EMPTY = "?", "-", "empty"


@dataclass(frozen=True)
class WriteKeepClear(Task):
    """=c a b ? -> c; - ? -> empty. Only the reads are scored.

    `=c` writes c, a bare letter is a distractor, `-` clears, `?` asks what is stored. Known as the
    flip-flop language of Liu et al. 2023, "Exposing attention glitches with flip-flop language
    modeling", with a clear added.
    """

    key = "write_keep_clear"
    title = "Write, keep, clear"
    summary = (
        "The network is told when to write a letter, sees distractors, and must say at each ? what is "
        "stored; always answering 'empty' is right in about 2 of 5 reads at the default rates."
    )
    lag_setting = "length"

    length: int = whole(40, 4, 400, "Length", "Steps of one sequence.", unit="steps")
    values: int = whole(4, 2, 8, "Letters", "Different letters that can be stored.", unit="letters")
    write_rate: float = real(0.1, 0.005, 0.4, "Write rate", "Share of steps that write.", step=0.005)
    read_rate: float = real(0.1, 0.0, 0.4, "Read rate", "Share of steps that read.", step=0.005)
    clear_rate: float = real(0.04, 0.0, 0.2, "Clear rate", "Share of steps that clear.", step=0.005)

    @property
    def symbols(self) -> tuple[str, ...]:
        """Writes, distractors, read, clear."""
        letters = LETTERS[: self.values]
        return (*(f"={letter}" for letter in letters), *letters, READ, CLEAR)

    @property
    def answers(self) -> tuple[str, ...]:
        """The letters and `empty`."""
        return (*LETTERS[: self.values], EMPTY)

    @property
    def share_empty(self) -> float:
        """Share of reads whose right answer is `empty`: the last step always reads, others at their rate."""
        changes = self.write_rate + self.clear_rate
        empty = [
            (1 - changes) ** t + (1 - (1 - changes) ** t) * self.clear_rate / changes
            for t in range(self.length)
        ]
        reads = [self.read_rate] * (self.length - 1) + [1.0]
        return sum(r * e for r, e in zip(reads, empty, strict=True)) / sum(reads)

    @property
    def chance(self) -> float:
        """Always giving the most frequent answer."""
        return max(self.share_empty, (1 - self.share_empty) / self.values)

    @property
    def guessing_loss(self) -> float:
        """Entropy of the answers, in nats."""
        empty = self.share_empty
        each = (1 - empty) / self.values
        return -empty * math.log(empty) - self.values * each * math.log(each)

    def sample(self, n: int, generator: Generator, *, held_out: bool = False) -> Batch:
        """Every step is drawn alone; the last one reads, so that each sequence is scored."""
        shape = (n, self.length)
        letter = torch.randint(self.values, shape, generator=generator)
        draw = torch.rand(shape, generator=generator)
        write_up_to = self.write_rate
        read_up_to = write_up_to + self.read_rate
        clear_up_to = read_up_to + self.clear_rate
        inputs = letter + self.values * (draw >= write_up_to)
        inputs[(draw >= write_up_to) & (draw < read_up_to)] = 2 * self.values
        inputs[(draw >= read_up_to) & (draw < clear_up_to)] = 2 * self.values + 1
        inputs[:, -1] = 2 * self.values
        return Batch(inputs, self.stored(inputs), inputs == 2 * self.values)

    def stored(self, inputs: Tensor) -> Tensor:
        """(B, time) what the memory holds after each step: a letter's number, or that of `empty`."""
        changes = (inputs < self.values) | (inputs == 2 * self.values + 1)
        now = torch.arange(inputs.shape[1]).expand_as(inputs)
        last = torch.where(changes, now, -1).cummax(1).values
        held = inputs.gather(1, last.clamp(min=0)).clamp(max=self.values)
        return torch.where(last < 0, self.values, held)

    def right_forget_gate(self, inputs: Tensor) -> Tensor:
        """(B, time) the known right behaviour: 0 where the old value must go, 1 where it must stay."""
        return 1 - ((inputs < self.values) | (inputs == 2 * self.values + 1)).float()

    def example(self) -> str:
        """Write, distractors, read, write over it, read, clear, read."""
        return "a =b a b ? a b a ? =a b b a ? - b a ? =b a a b a ?"

    def events(self, inputs: Tensor) -> dict[str, Tensor]:
        """Writes, distractors (`keep`), reads, clears, and which letter is stored."""
        stored = self.stored(inputs)
        tracks = {
            "write": inputs < self.values,
            "keep": (inputs >= self.values) & (inputs < 2 * self.values),
            "read": inputs == 2 * self.values,
            "clear": inputs == 2 * self.values + 1,
        }
        for number, answer in enumerate(self.answers):
            tracks["nothing stored" if answer == EMPTY else f"stored {answer}"] = stored == number
        return {name: track.float() for name, track in tracks.items()}
