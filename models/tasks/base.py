"""A task is a recipe for data with a known answer, and it says what guessing gets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Generator, Tensor, nn
from torch.nn import functional

from models.settings import check, shortened


@dataclass(frozen=True, slots=True)
class Batch:
    """B sequences: what goes in, what should come out, and where that is scored."""

    inputs: Tensor
    """(B, time) symbol numbers, or (B, time, value) real numbers."""
    targets: Tensor
    """(B, target time) symbol numbers, or (B, target time, value) real numbers."""
    counts: Tensor
    """(B, target time) bool: True where the answer is scored."""
    rows: Tensor | None = None
    """(B,) places of the sequences in the task's finite training data; None where every batch is fresh."""

    def __len__(self) -> int:
        """Number of sequences."""
        return len(self.inputs)


@dataclass(frozen=True)
class Task:
    """Base of all tasks: a frozen dataclass whose fields are its settings (`models.settings`).

    A subclass names itself, states its symbols, and makes batches; everything else has a default
    for classification at every scored step.
    """

    key: ClassVar[str] = ""
    title: ClassVar[str] = ""
    summary: ClassVar[str] = ""
    """One sentence for the person: what goes in, what must come out, and what guessing gets."""
    writes: ClassVar[bool] = False
    """Whether a network trained on it can write text of its own (a sample joins each snapshot)."""
    input_values: ClassVar[int] = 0
    """Numbers a step for tasks whose inputs are real numbers; 0 where they are symbols."""
    transduces: ClassVar[bool] = False
    """Whether the answer is a sequence of its own length (translation): one part reads, one writes."""
    padding: ClassVar[int | None] = None
    """The symbol number that only fills short sequences up, if there is one."""

    lag_setting: ClassVar[str] = ""
    """The setting that says how far back one must remember, for tasks that have one."""

    def __post_init__(self) -> None:
        """Hold the settings to their bounds."""
        check(self)

    @property
    def symbols(self) -> tuple[str, ...]:
        """All input symbols; a symbol's number is its place."""
        raise NotImplementedError

    @property
    def answers(self) -> tuple[str, ...]:
        """All output symbols; the input's unless said otherwise."""
        return self.symbols

    @property
    def answer_width(self) -> int:
        """Numbers that a network answers with at each step: one logit an answer, or 1 for a real number."""
        return len(self.answers)

    @property
    def chance(self) -> float:
        """Accuracy that guessing reaches, from 0 to 1."""
        raise NotImplementedError

    @property
    def guessing_loss(self) -> float:
        """Loss of guessing as well as one can without looking at the input, in nats."""
        return -float(torch.log(torch.tensor(self.chance)))

    @property
    def headline(self) -> str:
        """The metric that says how good a network is; `accuracy` unless said otherwise."""
        return "accuracy"

    def sample(self, n: int, generator: Generator, *, held_out: bool = False) -> Batch:
        """`n` fresh sequences. `held_out` ones never come up in training where data is finite."""
        raise NotImplementedError

    def pool(self) -> Batch | None:
        """All training sequences, which `Batch.rows` counts, where they are few; None otherwise."""
        return None

    def held_out(self, n: int = 256) -> Batch:
        """The same `n` sequences every time, for evaluation."""
        return self.sample(n, torch.Generator().manual_seed(2**31 - 1), held_out=True)

    def loss(self, logits: Tensor, batch: Batch) -> Tensor:
        """Mean cross-entropy over the scored steps, in nats.

        logits: (B, target time, answer)
        """
        return functional.cross_entropy(logits[batch.counts], batch.targets[batch.counts])

    def metrics(self, logits: Tensor, batch: Batch) -> dict[str, float]:
        """Loss and whatever else tells how good the answers are; `accuracy` from 0 to 1."""
        right = logits.argmax(-1)[batch.counts] == batch.targets[batch.counts]
        return {
            "loss": self.loss(logits, batch).item(),
            "accuracy": right.float().mean().item(),
        }

    def evaluate(self, network: nn.Module, batch: Batch) -> dict[str, float]:
        """The metrics of a network on a batch; tasks that look at more than its logits add theirs."""
        return self.metrics(network.answer(batch), batch)

    def decode(self, ids: Tensor) -> list[str]:
        """The tokens of one input sequence as a person reads them."""
        symbols = self.symbols
        return [symbols[i] for i in ids.tolist()]

    def decode_answer(self, ids: Tensor) -> list[str]:
        """The tokens of one output sequence."""
        answers = self.answers
        return [answers[i] for i in ids.tolist()]

    def encode(self, text: str) -> Tensor:
        """One input sequence (time,) from what a person typed: tokens separated by spaces.

        Raises ValueError, saying what was wanted and what came, for an empty or over-long text or
        an unknown token.
        """
        tokens = text.split()
        if not 0 < len(tokens) <= self.longest_probe:
            raise ValueError(
                f"wanted 1 to {self.longest_probe} tokens separated by spaces, got {len(tokens)}"
            )
        places = {symbol: place for place, symbol in enumerate(self.symbols)}
        for token in tokens:
            if token not in places:
                known = " ".join(self.symbols[:40])
                raise ValueError(f"wanted tokens out of: {known}; got {shortened(token)}")
        return torch.tensor([places[token] for token in tokens])

    longest_probe: ClassVar[int] = 200
    """Most tokens a typed sequence may have."""

    def example(self) -> str:
        """A typed sequence that shows the task well: the page's first probe."""
        return " ".join(self.decode(self.sample(1, torch.Generator().manual_seed(7)).inputs[0]))

    def write(self, network: nn.Module) -> str:
        """A text of the network's own, for tasks that set `writes`."""
        raise NotImplementedError

    def events(self, inputs: Tensor) -> dict[str, Tensor]:
        """Named tracks (B, time) of what happens in the input, as numbers.

        Units are sorted and named by their correlation with these, for example `write` or `depth`.
        """
        return {}
