"""Networks that read a sequence step by step into a hidden state: plain RNN, LSTM, GRU."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from models.experiment import ModelConfig
from models.networks.base import Network
from models.networks.cells import Cell, GRUCell, LSTMCell, RNNCell, State
from models.tap import Tap
from models.tasks.base import Task


class RecurrentNetwork(Network):
    """Symbols -> vectors -> 1 to 4 recurrent layers -> logits, at every step.

    Tasks whose inputs are real numbers feed them to the first layer as they are. With
    `bidirectional` every layer also reads the sequence from its end (`layers.0.backward`) and both
    hidden states are joined.
    """

    def __init__(self, config: ModelConfig, task: Task) -> None:
        """Embeddings of standard deviation 1 and cells as in torch.nn, then the chosen start."""
        super().__init__(config, task)
        self.embed = None if task.input_values else nn.Embedding(len(task.symbols), config.embedding)
        self.embedding = Tap("time", "batch", "unit")
        width = task.input_values or config.embedding
        directions = 2 if config.bidirectional else 1
        self.layers = nn.ModuleList()
        for _ in range(config.layers):
            layer = build_cell(config, width)
            if config.bidirectional:
                layer.add_module("backward", build_cell(config, width, reverse=True))
            self.layers.append(layer)
            width = directions * config.hidden
        self.to_logits = nn.Linear(width, task.answer_width)
        self.logits = Tap("time", "batch", "unit")

    def forward(self, inputs: Tensor) -> Tensor:
        """Logits (batch, time, answer) for inputs (batch, time) or (batch, time, value)."""
        values = inputs.transpose(0, 1) if self.embed is None else self.embed(inputs.t())
        values = self.embedding(values)
        for layer in self.layers:
            values = self._read(layer, values)
            values = functional.dropout(values, self.config.dropout, self.training)
        return self.logits(self.to_logits(values)).transpose(0, 1)

    def advance(self, inputs: Tensor, states: list[State] | None = None) -> tuple[Tensor, list[State]]:
        """Read on from where an earlier call stopped: logits (batch, time, answer), and the states now.

        inputs: (batch, time) symbols or (batch, time, value)
        states: what the last call gave, one a layer; None begins anew
        Raises ValueError for a bidirectional network, which must know the end before the beginning.
        """
        if self.config.bidirectional:
            raise ValueError("advance: wanted a network that reads one way, got a bidirectional one")
        values = inputs.transpose(0, 1) if self.embed is None else self.embed(inputs.t())
        after = []
        for place, layer in enumerate(self.layers):
            values, state = layer(values, states[place] if states else None)
            after.append(state)
        return self.to_logits(values).transpose(0, 1), after

    def _read(self, layer: Cell, values: Tensor) -> Tensor:
        """Hidden states of one layer, (time, batch, unit); of both directions side by side."""
        hidden_states, _ = layer(values)
        if not self.config.bidirectional:
            return hidden_states
        backward, _ = layer.backward(values)
        return torch.cat([hidden_states, backward], dim=-1)


def build_cell(config: ModelConfig, input_width: int, *, reverse: bool = False) -> Cell:
    """A cell of the configured kind and start, reading backwards with `reverse`.

    Raises ValueError for a kind that is not recurrent.
    """
    match config.kind:
        case "rnn":
            cell: Cell = RNNCell(input_width, config.hidden, config.nonlinearity, reverse=reverse)
        case "lstm":
            cell = LSTMCell(input_width, config.hidden, config.forget_bias, reverse=reverse)
        case "gru":
            cell = GRUCell(input_width, config.hidden, reverse=reverse)
        case _:
            raise ValueError(f"kind: wanted rnn, lstm or gru, got {config.kind!r}")
    start_recurrence(cell, config.start, config.gain)
    return cell


@torch.no_grad()
def start_recurrence(cell: Cell, start: str, gain: float) -> None:
    """Set the recurrent weights of every gate: torch's own, the identity or a rotation, times the gain.

    The identity comes with small input weights and no bias, as in the IRNN (Le et al. 2015; their
    standard deviation was 0.001, 0.05 learned faster here).
    """
    for block in cell.weight_hh_l0.chunk(cell.blocks):
        if start == "identity":
            nn.init.eye_(block)
        if start == "orthogonal":
            nn.init.orthogonal_(block)
        block.mul_(gain)
    if start == "identity":
        nn.init.normal_(cell.weight_ih_l0, std=0.05)
        nn.init.zeros_(cell.bias_ih_l0)
        nn.init.zeros_(cell.bias_hh_l0)
