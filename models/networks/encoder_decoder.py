"""The encoder-decoder Transformer: one stack reads the source, another writes the target."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

import torch
from torch import Generator, Tensor, nn

from models.experiment import ModelConfig
from models.networks.base import Network
from models.networks.position_encoding import longest_input
from models.networks.self_attention import KeyValueCache
from models.networks.transformer import Stack
from models.tap import Tap, taps_of
from models.tasks.base import Batch, Task


@dataclass(frozen=True, slots=True)
class Reading:
    """What the decoder has in hand: the source as the encoder left it, and what it has written.

    B sources, S source symbols, T symbols given to the decoder so far.
    """

    memory: Tensor
    """(B, S, unit): the encoder's output."""
    hidden: Tensor | None
    """(B, 1, 1, S): -inf at padding, 0 elsewhere; None without padding."""
    given: Tensor
    """(B, T): the start symbol and all that followed."""
    caches: tuple[KeyValueCache, ...]
    """The decoder's keys and values, one a layer."""

    def select(self, places: Tensor) -> Reading:
        """The same for these sources (n,), repeats allowed: what a beam goes on with."""
        hidden = None if self.hidden is None else self.hidden[places]
        caches = tuple(cache.select(places) for cache in self.caches)
        return Reading(self.memory[places], hidden, self.given[places], caches)


class EncoderDecoder(Network):
    """Vaswani et al. 2017: the decoder attends to itself (causal) and to the encoder's output.

    Taps as in TransformerNetwork under `encoder.` and `decoder.`; `decoder.layers.0.cross.attention`
    is the alignment. B batch, S source time, T target time.
    """

    def __init__(self, config: ModelConfig, task: Task) -> None:
        """Build both stacks; the decoder's embedding has one more symbol, the start."""
        super().__init__(config, task)
        self.end: int = task.end
        self.longest_answer: int = task.longest_answer
        self.start = len(task.answers)
        self.padding = task.padding
        self.encoder = Stack(
            config, task, symbols=len(task.symbols), causal=False, longest=longest_input(task)
        )
        self.decoder = Stack(
            config,
            task,
            symbols=len(task.answers) + 1,
            causal=True,
            longest=self.longest_answer,
            remembers=True,
        )
        # What fills targets up comes last: under the causal mask no scored position sees it.
        self.decoder.padding = None
        self.to_logits = nn.Linear(config.hidden, len(task.answers))
        self.logits = Tap("batch", "time", "unit")

    def answer(
        self, batch: Batch, *, teacher_forcing: float = 1.0, generator: Generator | None = None
    ) -> Tensor:
        """Logits (B, T, answer), all target positions at once.

        teacher_forcing: share of the decoder's inputs that are the true previous symbols; the
        others are what the network itself says there in a first pass (Mihaylova & Martins 2019)
        """
        memory, hidden = self.read(batch.inputs)
        given = self._shifted(batch.targets)
        if teacher_forcing < 1:
            with torch.no_grad():
                said = self._states_to_logits(given, memory, hidden).argmax(-1)
            true = torch.rand(given.shape, generator=generator) < teacher_forcing
            given = torch.where(true, given, self._shifted(said))
        return self.logits(self._states_to_logits(given, memory, hidden))

    def forward(self, inputs: Tensor) -> Tensor:
        """Logits (B, steps, answer) of greedy writing, until every answer has ended or is too long.

        Explicit, what was written is then read once more with all its positions at once, so that
        each tap sees whole maps.
        """
        reading = self.begin(inputs)
        symbols = self.starts(len(inputs))
        ended = torch.zeros(len(inputs), dtype=torch.bool)
        collected: list[Tensor] = []
        with unheard(self.decoder):
            while len(collected) < self.longest_answer and not ended.all():
                logits, reading = self._following(symbols, reading)
                collected.append(logits)
                symbols = logits.argmax(-1)
                ended |= symbols == self.end
        if self.explicit:
            return self.logits(self._states_to_logits(reading.given, reading.memory, reading.hidden))
        return torch.stack(collected, 1)

    def read(self, inputs: Tensor) -> tuple[Tensor, Tensor | None]:
        """The encoder's output (B, S, unit) and what hides its padding from the decoder."""
        memory = self.encoder.norm(self.encoder.states(inputs))
        filled = inputs == self.padding
        if not bool(filled.any()):
            return memory, None
        return memory, torch.zeros(filled.shape).masked_fill(filled, -torch.inf)[:, None, None, :]

    def begin(self, inputs: Tensor) -> Reading:
        """Read sources (B, S); the decoder stands before its first step."""
        memory, hidden = self.read(inputs)
        given = torch.zeros(len(inputs), 0, dtype=torch.long)
        return Reading(memory, hidden, given, tuple(KeyValueCache() for _ in self.decoder.layers))

    def step(self, previous: Tensor, reading: Reading) -> tuple[Tensor, Reading]:
        """Logits (B, answer) of the step to come, and what is in hand after it.

        previous: (B,) the symbol before, the start symbol at first
        """
        logits, reading = self._following(previous, reading)
        return self.logits(logits[:, None])[:, 0], reading

    def starts(self, n: int) -> Tensor:
        """The start symbol, once for each of `n` answers: (n,)."""
        return torch.full((n,), self.start)

    def _following(self, previous: Tensor, reading: Reading) -> tuple[Tensor, Reading]:
        caches = [cache.copy() for cache in reading.caches]
        logits = self._states_to_logits(previous[:, None], reading.memory, reading.hidden, caches)
        given = torch.cat((reading.given, previous[:, None]), 1)
        return logits[:, 0], replace(reading, given=given, caches=tuple(caches))

    def _states_to_logits(
        self,
        given: Tensor,
        memory: Tensor,
        hidden: Tensor | None,
        caches: list[KeyValueCache] | None = None,
    ) -> Tensor:
        """Logits (B, T, answer) after each of the symbols given to the decoder, (B, T)."""
        states = self.decoder.states(given, caches, memory, hidden)
        return self.to_logits(self.decoder.norm(states))

    def _shifted(self, targets: Tensor) -> Tensor:
        """What the decoder is given at each step: the start, then the symbol before."""
        return torch.cat((self.starts(len(targets))[:, None], targets[:, :-1]), 1)


@contextmanager
def unheard(module: nn.Module) -> Iterator[None]:
    """Let nobody listen to the taps meanwhile; replacements still work."""
    taps = list(taps_of(module).values())
    kept = [tap.listeners for tap in taps]
    for tap in taps:
        tap.listeners = []
    try:
        yield
    finally:
        for tap, listeners in zip(taps, kept, strict=True):
            tap.listeners = listeners
