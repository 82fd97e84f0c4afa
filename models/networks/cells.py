"""Recurrent cells: parameters named and shaped as in torch.nn, equations one to a line, named taps.

T time, B batch, I input width, H hidden units. Inputs (T, B, I), hidden states (T, B, H).
A cell is one direction of one layer. It runs fused, or explicitly through its taps.
"""

from __future__ import annotations

from typing import ClassVar

import torch
from torch import Tensor, nn

from models.networks import kernels
from models.tap import Tap

State = tuple[Tensor, ...]
"""What a cell carries from step to step, each (B, H): the hidden state, for an LSTM also the cell state."""


class Cell(nn.Module):
    """One direction of one recurrent layer."""

    blocks: ClassVar[int] = 1
    """Gates and candidates whose weights are stacked in one matrix, in torch's order."""
    taps: ClassVar[tuple[str, ...]] = ("hidden_state",)
    states: ClassVar[int] = 1

    def __init__(self, input_width: int, hidden: int, *, reverse: bool = False) -> None:
        """Parameters as in torch.nn: uniform within 1 / sqrt(hidden).

        reverse: read from the last step to the first; outputs and taps keep the order of the inputs
        """
        super().__init__()
        self.hidden = hidden
        self.reverse = reverse
        self.explicit = False
        rows = self.blocks * hidden
        self.weight_ih_l0 = nn.Parameter(torch.empty(rows, input_width))
        self.weight_hh_l0 = nn.Parameter(torch.empty(rows, hidden))
        self.bias_ih_l0 = nn.Parameter(torch.empty(rows))
        self.bias_hh_l0 = nn.Parameter(torch.empty(rows))
        for parameter in self.parameters():
            nn.init.uniform_(parameter, -(hidden**-0.5), hidden**-0.5)
        for name in self.taps:
            setattr(self, name, Tap("time", "batch", "unit"))

    def forward(self, inputs: Tensor, state: State | None = None) -> tuple[Tensor, State]:
        """Hidden states (T, B, H) of all steps and the state after the last one read.

        state: what is carried into the first step read; zeros by default
        """
        state = state or self.empty_state(inputs)
        if not self.explicit:
            return self.run_in_order(inputs, state)
        if torch.is_grad_enabled() or any(getattr(self, name).replaced for name in self.taps):
            return self.run_steps(inputs, state)
        return self.run_whole(inputs, state)

    def empty_state(self, inputs: Tensor) -> State:
        """All zeros."""
        return tuple(inputs.new_zeros(inputs.shape[1], self.hidden) for _ in range(self.states))

    @property
    def weights(self) -> list[Tensor]:
        """The parameters in torch's order."""
        return [self.weight_ih_l0, self.weight_hh_l0, self.bias_ih_l0, self.bias_hh_l0]

    def own_kernel_pays(self, inputs: Tensor) -> bool:
        """Whether a backward pass may follow, and ours is the faster one at this size."""
        weighted = inputs.requires_grad or any(weight.requires_grad for weight in self.weights)
        follows = torch.is_grad_enabled() and weighted
        return follows and kernels.faster_than_torch(inputs.shape[1], self.hidden, self.blocks)

    def run_in_order(self, inputs: Tensor, state: State) -> tuple[Tensor, State]:
        """`run_fused` in this cell's direction."""
        if not self.reverse:
            return self.run_fused(inputs, state)
        hidden_states, state = self.run_fused(inputs.flip(0), state)
        return hidden_states.flip(0), state

    def run_fused(self, inputs: Tensor, state: State) -> tuple[Tensor, State]:
        """All steps in one kernel, from the first to the last."""
        raise NotImplementedError

    def run_whole(self, inputs: Tensor, state: State) -> tuple[Tensor, State]:
        """Fused hidden states, then every gate of every step at once from them; each tap is called once."""
        hidden_states, last = self.run_in_order(inputs, state)
        start = state[0][None]
        if self.reverse:
            previous = torch.cat([hidden_states[1:], start])
        else:
            previous = torch.cat([start, hidden_states[:-1]])
        self.look(inputs, previous, state)
        return self.hidden_state(hidden_states), last

    def look(self, inputs: Tensor, previous: Tensor, state: State) -> None:
        """Show the taps all but the hidden state, given the hidden state before each step (T, B, H)."""

    def run_steps(self, inputs: Tensor, state: State) -> tuple[Tensor, State]:
        """Step by step, each value through its tap, so that a change at one step reaches the later ones."""
        from_inputs = self.from_input(inputs).unbind()
        hidden_states = list(from_inputs)
        for step in self.order(len(inputs)):
            state = self.step(from_inputs[step], state, step)
            hidden_states[step] = state[0]
        return torch.stack(hidden_states), state

    def in_order(self, values: Tensor) -> list[Tensor]:
        """A view of each step's values, in the order in which this cell reads them."""
        views = list(values.unbind())
        return views[::-1] if self.reverse else views

    def order(self, steps: int) -> range:
        """The steps in the order in which this cell reads them."""
        return range(steps)[::-1] if self.reverse else range(steps)

    def from_input(self, inputs: Tensor) -> Tensor:
        """The inputs' share of every gate's sum, (..., blocks * H)."""
        return nn.functional.linear(inputs, self.weight_ih_l0, self.bias_ih_l0)

    def from_hidden(self, hidden: Tensor) -> Tensor:
        """The hidden state's share of every gate's sum, (..., blocks * H)."""
        return nn.functional.linear(hidden, self.weight_hh_l0, self.bias_hh_l0)

    def step(self, from_input: Tensor, state: State, step: int | None) -> State:
        """The cell's equations at one step."""
        raise NotImplementedError


class RNNCell(Cell):
    """Elman's network (1990): h' = f(W x + U h + b), f tanh, relu or the identity."""

    functions: ClassVar = {"tanh": torch.tanh, "relu": torch.relu, "linear": lambda value: value}

    def __init__(
        self, input_width: int, hidden: int, nonlinearity: str = "tanh", *, reverse: bool = False
    ) -> None:
        """Raises ValueError for an unknown nonlinearity."""
        super().__init__(input_width, hidden, reverse=reverse)
        if nonlinearity not in self.functions:
            raise ValueError(f"nonlinearity: wanted one of {', '.join(self.functions)}, got {nonlinearity!r}")
        self.nonlinearity = nonlinearity

    def run_fused(self, inputs: Tensor, state: State) -> tuple[Tensor, State]:
        """Ours where it pays or torch has none, else the kernel of torch."""
        if self.nonlinearity == "linear" or self.own_kernel_pays(inputs):
            hidden_states = kernels.rnn(inputs, state[0], self.weights, self.nonlinearity)
            return hidden_states, (hidden_states[-1],)
        run = torch.rnn_tanh if self.nonlinearity == "tanh" else torch.rnn_relu
        hidden_states, last = run(
            inputs, state[0][None], self.weights, True, 1, 0.0, self.training, False, False
        )
        return hidden_states, (last[0],)

    def step(self, from_input: Tensor, state: State, step: int | None) -> State:
        """The new hidden state, f(W x + U h + b)."""
        function = self.functions[self.nonlinearity]
        (h,) = state
        h = self.hidden_state(function(from_input + self.from_hidden(h)), step)
        return (h,)


class LSTMCell(Cell):
    """Long short-term memory with a forget gate (Hochreiter & Schmidhuber 1997; Gers et al. 2000)."""

    blocks = 4
    states = 2
    taps = ("input_gate", "forget_gate", "candidate", "output_gate", "cell_state", "hidden_state")

    def __init__(
        self, input_width: int, hidden: int, forget_bias: float = 0.0, *, reverse: bool = False
    ) -> None:
        """forget_bias: initial bias of the forget gate (Jozefowicz et al. 2015)."""
        super().__init__(input_width, hidden, reverse=reverse)
        with torch.no_grad():
            self.bias_ih_l0[hidden : 2 * hidden] = forget_bias
            self.bias_hh_l0[hidden : 2 * hidden] = 0.0

    def run_fused(self, inputs: Tensor, state: State) -> tuple[Tensor, State]:
        """The kernel of torch (oneDNN on a CPU)."""
        start = [value[None] for value in state]
        hidden_states, h, c = torch.lstm(
            inputs, start, self.weights, True, 1, 0.0, self.training, False, False
        )
        return hidden_states, (h[0], c[0])

    def look(self, inputs: Tensor, previous: Tensor, state: State) -> None:
        """All gates at once; the cell state by its own recursion, never from the hidden state."""
        sums = self.from_input(inputs)
        sums.flatten(0, 1).addmm_(previous.flatten(0, 1), self.weight_hh_l0.t()).add_(self.bias_hh_l0)
        i, f, g, o = sums.chunk(4, dim=-1)
        i = self.input_gate(i.sigmoid_())
        f = self.forget_gate(f.sigmoid_())
        g = self.candidate(kernels.tanh_(g))
        self.output_gate(o.sigmoid_())
        c = state[1]
        cell_states = i * g
        for kept, new in zip(self.in_order(f), self.in_order(cell_states), strict=True):
            c = new.addcmul_(kept, c)
        self.cell_state(cell_states)

    def step(self, from_input: Tensor, state: State, step: int | None) -> State:
        """The gates, then c' = f c + i g and h' = o tanh(c')."""
        h, c = state
        i, f, g, o = (from_input + self.from_hidden(h)).chunk(4, dim=-1)
        i = self.input_gate(torch.sigmoid(i), step)
        f = self.forget_gate(torch.sigmoid(f), step)
        g = self.candidate(torch.tanh(g), step)
        o = self.output_gate(torch.sigmoid(o), step)
        c = self.cell_state(f * c + i * g, step)
        h = self.hidden_state(o * torch.tanh(c), step)
        return h, c


class GRUCell(Cell):
    """Gated recurrent unit (Cho et al. 2014), in torch's convention: the update gate z keeps.

    h' = (1 - z) n + z h, and the reset gate acts after the matrix product.
    """

    blocks = 3
    taps = ("reset_gate", "update_gate", "candidate", "hidden_state")

    def run_fused(self, inputs: Tensor, state: State) -> tuple[Tensor, State]:
        """Ours where it pays, else the kernel of torch."""
        if self.own_kernel_pays(inputs):
            hidden_states = kernels.gru(inputs, state[0], self.weights)
            return hidden_states, (hidden_states[-1],)
        hidden_states, last = torch.gru(
            inputs, state[0][None], self.weights, True, 1, 0.0, self.training, False, False
        )
        return hidden_states, (last[0],)

    def look(self, inputs: Tensor, previous: Tensor, state: State) -> None:
        """Both gates and the candidate at once."""
        input_r, input_z, input_n = self.from_input(inputs).chunk(3, dim=-1)
        hidden_r, hidden_z, hidden_n = self.from_hidden(previous).chunk(3, dim=-1)
        r = self.reset_gate(torch.sigmoid(input_r + hidden_r))
        self.update_gate(torch.sigmoid(input_z + hidden_z))
        self.candidate(torch.tanh(input_n + r * hidden_n))

    def step(self, from_input: Tensor, state: State, step: int | None) -> State:
        """The gates, then h' = (1 - z) n + z h."""
        (h,) = state
        input_r, input_z, input_n = from_input.chunk(3, dim=-1)
        hidden_r, hidden_z, hidden_n = self.from_hidden(h).chunk(3, dim=-1)
        r = self.reset_gate(torch.sigmoid(input_r + hidden_r), step)
        z = self.update_gate(torch.sigmoid(input_z + hidden_z), step)
        n = self.candidate(torch.tanh(input_n + r * hidden_n), step)
        h = self.hidden_state((1 - z) * n + z * h, step)
        return (h,)
