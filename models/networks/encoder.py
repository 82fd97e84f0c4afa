"""The two halves of a sequence-to-sequence network: an encoder that reads, a decoder that writes.

T time, B batch, H hidden units. Values inside run (T, B, unit), as the cells want them.
"""

from __future__ import annotations

import dataclasses

import torch
from torch import Tensor, nn
from torch.nn import functional

from models.experiment import ModelConfig
from models.networks.cells import Cell, State
from models.networks.recurrent import build_cell
from models.tap import Tap


class Encoder(nn.Module):
    """Symbols -> one hidden state for each, and one vector for the whole source.

    Read both ways, half of the hidden units read from the end (`layers.0.backward`), so that the
    vector stays `hidden` numbers wide. Padding stands on the right and never touches a real symbol.
    The backward cells meet short sources moved to the right end of a batch: in a batch with padding
    their taps stand so, too.
    """

    def __init__(self, config: ModelConfig, symbols: int, padding: int) -> None:
        """Raises ValueError where both ways cannot share the hidden units."""
        super().__init__()
        if config.bidirectional and config.hidden < 2:
            raise ValueError(f"hidden: wanted at least 2 units to read both ways, got {config.hidden}")
        self.padding, self.dropout = padding, config.dropout
        self.bidirectional = config.bidirectional
        self.embed = nn.Embedding(symbols, config.embedding)
        self.embedding = Tap("time", "batch", "unit")
        backward = config.hidden // 2 if config.bidirectional else 0
        self.layers = nn.ModuleList()
        for layer in range(config.layers):
            width = config.hidden if layer else config.embedding
            cell = build_cell(cell_config(config, config.hidden - backward), width)
            if backward:
                cell.add_module("backward", build_cell(cell_config(config, backward), width, reverse=True))
            self.layers.append(cell)
        self.sentence_vector = Tap("batch", "unit")

    def forward(self, inputs: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Memory (B, K, H), sentence vector (B, H), and where symbols are real (B, K) for inputs (B, K)."""
        real = inputs != self.padding
        lengths = real.sum(1)
        values = self.embedding(self.embed(inputs.t()))
        for layer in self.layers:
            values, sentence = self._read(layer, values, lengths)
            values = functional.dropout(values, self.dropout, self.training)
        return values.transpose(0, 1), self.sentence_vector(sentence), real

    def _read(self, layer: Cell, values: Tensor, lengths: Tensor) -> tuple[Tensor, Tensor]:
        """One layer's hidden states (T, B, H), and what each direction knows after its last symbol."""
        forward, _ = layer(values)
        last = (lengths - 1).clamp(min=0)
        sentence = forward[last, torch.arange(len(lengths))]
        if not self.bidirectional:
            return forward, sentence
        free = len(values) - lengths
        backward, _ = layer.backward(rolled(values, free))
        backward = rolled(backward, -free)
        return torch.cat([forward, backward], -1), torch.cat([sentence, backward[0]], -1)


class Decoder(nn.Module):
    """The symbols written so far -> a hidden state for the next one, starting from the sentence vector."""

    def __init__(self, config: ModelConfig, answers: int) -> None:
        """The embedding has one symbol more than there are answers: the start, its last row."""
        super().__init__()
        self.start, self.dropout = answers, config.dropout
        self.embed = nn.Embedding(answers + 1, config.embedding)
        self.embedding = Tap("time", "batch", "unit")
        widths = [config.embedding, *[config.hidden] * (config.layers - 1)]
        self.layers = nn.ModuleList(build_cell(cell_config(config, config.hidden), width) for width in widths)
        states = sum(cell.states for cell in self.layers)
        self.to_state = nn.Linear(config.hidden, states * config.hidden)
        self.hidden_state = Tap("time", "batch", "unit")

    def first_states(self, sentence: Tensor) -> list[State]:
        """Every layer's state before the first step, out of the sentence vector (B, H).

        h = tanh(W s + b), as in Bahdanau et al. (2015); an LSTM's cell state has no tanh.
        """
        parts = iter(self.to_state(sentence).split(sentence.shape[1], dim=-1))
        return [
            (torch.tanh(next(parts)), *(next(parts) for _ in range(cell.states - 1))) for cell in self.layers
        ]

    def forward(self, previous: Tensor, states: list[State]) -> Tensor:
        """Hidden states (B, Q, H) of all steps at once for the symbols before each of them (B, Q)."""
        values = self.embedding(self.embed(previous.t()))
        for cell, state in zip(self.layers, states, strict=True):
            values, _ = cell(values, state)
            values = functional.dropout(values, self.dropout, self.training)
        return self.hidden_state(values).transpose(0, 1)

    def step(self, previous: Tensor, states: list[State], step: int) -> tuple[Tensor, list[State]]:
        """Hidden state (B, H) of one step and the states after it, for the symbols before it (B,)."""
        value = self.embedding(self.embed(previous), step)
        after = []
        for cell, state in zip(self.layers, states, strict=True):
            after.append(cell.step(cell.from_input(value), state, step))
            value = functional.dropout(after[-1][0], self.dropout, self.training)
        return self.hidden_state(value, step), after


def cell_config(config: ModelConfig, hidden: int) -> ModelConfig:
    """The configuration of the cells inside: their kind and their width."""
    return dataclasses.replace(config, kind=config.cell, hidden=hidden)


def rolled(values: Tensor, by: Tensor) -> Tensor:
    """Every sequence of (T, B, unit) moved `by` (B,) steps to later times; what falls off comes in again."""
    if not by.any():
        return values
    times = (torch.arange(len(values))[:, None] - by) % len(values)
    return values.gather(0, times[..., None].expand_as(values))
