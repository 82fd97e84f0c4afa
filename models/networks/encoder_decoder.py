"""The encoder-decoder Transformer: one stack reads the source, another writes the target."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import Generator, Tensor, nn

from models.experiment import ModelConfig
from models.networks.base import Network
from models.networks.position_encoding import longest_input
from models.networks.transformer import Stack
from models.tap import Tap, taps_of
from models.tasks.base import Batch, Task


class EncoderDecoder(Network):
    """Vaswani et al. 2017: the decoder attends to itself (causal) and to the encoder's output.

    Taps as in TransformerNetwork under `encoder.` and `decoder.`; `decoder.layers.0.cross.attention`
    is the alignment. B batch, S source time, T target time.
    """

    def __init__(self, config: ModelConfig, task: Task) -> None:
        """Build both stacks; the decoder's embedding has one more symbol, the start."""
        super().__init__(config, task)
        example = task.sample(16, Generator().manual_seed(0))
        self.start = len(task.answers)
        self.longest = example.targets.shape[1]
        self.padding = task.padding
        self.encoder = Stack(
            config, task, symbols=len(task.symbols), causal=False, longest=longest_input(task)
        )
        self.decoder = Stack(
            config,
            task,
            symbols=len(task.answers) + 1,
            causal=True,
            longest=self.longest,
            remembers=True,
        )
        # Targets that only fill up come last: under the causal mask no scored position sees them.
        self.decoder.padding = None
        self.to_logits = nn.Linear(config.hidden, task.answer_width)
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
        if self.training and teacher_forcing < 1:
            with torch.no_grad():
                said = self.write(given, memory, hidden).argmax(-1)
            true = torch.rand(given.shape, generator=generator) < teacher_forcing
            given = torch.where(true, given, self._shifted(said))
        return self.write(given, memory, hidden)

    def forward(self, inputs: Tensor, length: int | None = None) -> Tensor:
        """Logits (B, T, answer) of the network's own greedy writing, `length` symbols long.

        length: by default the longest that training shows
        """
        memory, hidden = self.read(inputs)
        given = torch.full((len(inputs), 1), self.start)
        with torch.no_grad(), unheard(self.decoder), unheard(self.logits):
            for _ in range((length or self.longest) - 1):
                said = self.write(given, memory, hidden)[:, -1:].argmax(-1)
                given = torch.cat((given, said), 1)
        return self.write(given, memory, hidden)

    def read(self, inputs: Tensor) -> tuple[Tensor, Tensor | None]:
        """The encoder's output (B, S, unit) and what hides its padding from the decoder."""
        memory = self.encoder.norm(self.encoder.states(inputs))
        if self.padding is None or not bool((inputs == self.padding).any()):
            return memory, None
        filled = inputs == self.padding
        return memory, torch.zeros(filled.shape).masked_fill(filled, -torch.inf)[:, None, None, :]

    def write(self, given: Tensor, memory: Tensor, hidden: Tensor | None) -> Tensor:
        """Logits (B, T, answer) after each of the given symbols (B, T), the first of which is the start."""
        states = self.decoder.states(given, memory=memory, memory_added=hidden)
        return self.logits(self.to_logits(self.decoder.norm(states)))

    def _shifted(self, targets: Tensor) -> Tensor:
        """What the decoder is given at each step: the start, then the symbol before."""
        first = torch.full((len(targets), 1), self.start)
        return torch.cat((first, targets[:, :-1]), 1)


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
