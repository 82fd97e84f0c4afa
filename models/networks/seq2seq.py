"""Encoder and decoder (Sutskever et al. 2014), with attention between them or a single vector."""

from __future__ import annotations

from dataclasses import dataclass, replace

import torch
from torch import Generator, Tensor, nn

from models.experiment import ModelConfig
from models.networks.attention import ATTENTION
from models.networks.base import Network
from models.networks.cells import State
from models.networks.encoder import Decoder, Encoder
from models.tap import Tap
from models.tasks.base import Batch, Task


@dataclass(frozen=True, slots=True)
class Reading:
    """What the decoder has in hand: the source as the encoder left it, and its own state.

    B sources, K source symbols, H hidden units.
    """

    memory: Tensor
    """(B, K, H): the encoder's top hidden states."""
    keys: Tensor
    """(B, K, unit): what queries are compared with."""
    real: Tensor
    """(B, K) bool: False at padding."""
    states: list[State]
    """Of every decoder layer, each (B, H)."""
    step: int = 0
    """Number of the step to come."""

    def select(self, places: Tensor) -> Reading:
        """The same for these sources (n,), repeats allowed: what a beam goes on with."""
        states = [tuple(part[places] for part in state) for state in self.states]
        return Reading(self.memory[places], self.keys[places], self.real[places], states, self.step)


class Seq2SeqNetwork(Network):
    """An encoder reads the source, a decoder writes the answer symbol by symbol.

    Without attention the decoder knows the source only by the sentence vector that it starts from.
    With attention it also gets a context at each step: logits = V tanh(W [context; hidden state]),
    as in Luong et al. (2015) without input feeding, so that with full teacher forcing all steps
    are computed at once.

    Taps: sentence_vector, query, key, score, attention, context, logits; encoder.embedding,
    encoder.layers.0.hidden_state (and .backward.), decoder.embedding, decoder.layers.0.hidden_state,
    decoder.hidden_state, and the gates of each layer.
    """

    def __init__(self, config: ModelConfig, task: Task) -> None:
        """Raises ValueError for a task that is no translation.

        Taps inside that are registered here first are known by their short names.
        """
        super().__init__(config, task)
        if not task.transduces or task.padding is None:
            raise ValueError(f"task: wanted one that turns a sequence into another, got {task.key}")
        self.end: int = task.end
        self.longest_answer: int = task.longest_answer
        encoder = Encoder(config, len(task.symbols), task.padding)
        self.sentence_vector = encoder.sentence_vector
        self.encoder = encoder
        self.decoder = Decoder(config, len(task.answers))
        self.attend = None
        if config.attention != "none":
            attend = ATTENTION[config.attention](config.hidden, config.hidden)
            for name in ("query", "key", "score", "attention", "context"):
                setattr(self, name, getattr(attend, name))
            self.attend = attend
            self.join = nn.Linear(2 * config.hidden, config.hidden)
        self.to_logits = nn.Linear(config.hidden, len(task.answers))
        self.logits = Tap("batch", "query", "symbol")

    def begin(self, inputs: Tensor) -> Reading:
        """Read sources (B, K), padded on the right; the decoder stands before its first step."""
        memory, sentence, real = self.encoder(inputs)
        keys = self.attend.keys(memory) if self.attend else memory
        return Reading(memory, keys, real, self.decoder.first_states(sentence))

    def step(self, previous: Tensor, reading: Reading) -> tuple[Tensor, Reading]:
        """Logits (B, answer) of the step to come and what is in hand after it.

        previous: (B,) the symbol before, the start symbol at first
        """
        hidden, states = self.decoder.step(previous, reading.states, reading.step)
        logits = self.logits(self._answers(hidden, reading, reading.step), reading.step)
        return logits, replace(reading, states=states, step=reading.step + 1)

    def forward(self, inputs: Tensor) -> Tensor:
        """Logits (B, steps, answer) of greedy decoding, until every answer has ended or is too long."""
        reading = self.begin(inputs)
        symbols = self.starts(len(inputs))
        ended = torch.zeros(len(inputs), dtype=torch.bool)
        collected: list[Tensor] = []
        while len(collected) < self.longest_answer and not ended.all():
            logits, reading = self.step(symbols, reading)
            collected.append(logits)
            symbols = logits.argmax(-1)
            ended |= symbols == self.end
        return torch.stack(collected, 1)

    def answer(
        self, batch: Batch, *, teacher_forcing: float = 1.0, generator: Generator | None = None
    ) -> Tensor:
        """Logits (B, target time, answer); see `Network.answer`.

        Below 1, each symbol of each sequence is the true one with that chance and the decoder's own
        best one otherwise (scheduled sampling, Bengio et al. 2015), step by step.
        """
        reading = self.begin(batch.inputs)
        given = torch.cat([self.starts(len(batch))[:, None], batch.targets[:, :-1]], 1)
        if teacher_forcing >= 1:
            return self.logits(self._answers(self.decoder(given, reading.states), reading))
        true = torch.rand(given.shape, generator=generator) < teacher_forcing
        true[:, 0] = True
        collected: list[Tensor] = []
        for step in range(given.shape[1]):
            own = collected[-1].argmax(-1) if collected else given[:, step]
            logits, reading = self.step(torch.where(true[:, step], given[:, step], own), reading)
            collected.append(logits)
        return torch.stack(collected, 1)

    def starts(self, n: int) -> Tensor:
        """The start symbol, once for each of `n` answers: (n,)."""
        return torch.full((n,), self.decoder.start)

    def _answers(self, hidden: Tensor, reading: Reading, step: int | None = None) -> Tensor:
        """Logits for hidden states (B, Q, H), or (B, H) where a step is given."""
        if self.attend is None:
            return self.to_logits(hidden)
        context = self.attend(hidden, reading.memory, reading.keys, reading.real, step)
        return self.to_logits(torch.tanh(self.join(torch.cat([context, hidden], -1))))
