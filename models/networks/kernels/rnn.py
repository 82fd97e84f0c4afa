"""The plain recurrence h' = f(W x + U h + b) and its gradient through time.

T steps, B batch, I input width, H units. Inside, values are laid units by batch, (T, H, B), so that
a step is one matrix product on contiguous memory, done in place.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor
from torch.autograd import Function
from torch.autograd.function import once_differentiable

from models.networks.kernels.passes import Scratch, input_sums, states_of
from models.networks.kernels.products import adder
from models.networks.kernels.workspace import MINUS_ONE, ONE, Pool, bytes_of


def rnn(inputs: Tensor, start: Tensor, weights: list[Tensor], nonlinearity: str) -> Tensor:
    """Hidden states (T, B, H) of all steps for inputs (T, B, I) and the state before them (B, H).

    weights: weight_ih, weight_hh, bias_ih, bias_hh as in torch.nn.RNN
    nonlinearity: tanh, relu or linear
    """
    return _RNN.apply(inputs, start, *weights, nonlinearity)


class _Saved:
    """Hidden states (T + 1, H, B), the first before the first step."""

    def __init__(self, steps: int, batch: int, units: int, dtype: torch.dtype) -> None:
        self.hidden = torch.empty(steps + 1, units, batch, dtype=dtype)
        self.views = self.hidden.unbind()
        self.bytes = bytes_of(self.hidden)


SAVED = Pool(_Saved)
SCRATCH = Pool(Scratch)


class _RNN(Function):
    @staticmethod
    def forward(
        ctx: Any,
        inputs: Tensor,
        start: Tensor,
        weight_ih: Tensor,
        weight_hh: Tensor,
        bias_ih: Tensor,
        bias_hh: Tensor,
        nonlinearity: str,
    ) -> Tensor:
        steps, batch, _ = inputs.shape
        ctx.size = (steps, batch, weight_hh.shape[1], inputs.dtype)
        ctx.nonlinearity = nonlinearity
        ctx.loan = SAVED.lend(ctx.size)
        saved = ctx.loan.workspace
        saved.hidden[0] = start.t()
        twice = 2 if nonlinearity == "tanh" else 1
        input_sums(inputs, twice * weight_ih, twice * (bias_ih + bias_hh), out=saved.hidden[1:])
        _steps(saved.views, adder(twice * weight_hh, batch), nonlinearity)
        states = states_of(saved.hidden)
        ctx.save_for_backward(inputs, weight_ih, weight_hh, states)
        return states[1:]

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, d_outputs: Tensor) -> tuple[Tensor | None, ...]:
        inputs, weight_ih, weight_hh, states = ctx.saved_tensors
        scratch = SCRATCH.take(ctx.size)
        _slopes(ctx.loan.workspace.hidden[1:], ctx.nonlinearity, out=scratch.d_sums)
        scratch.begin(d_outputs)
        add_back = adder(weight_hh.t().contiguous(), inputs.shape[1])
        for d_hidden, d_before, d_sums, _ in scratch.views:
            d_sums.mul_(d_hidden)
            add_back(d_before, d_sums)
        scratch.end()
        d_weight_ih, d_bias = scratch.weight_and_bias(inputs)
        d_weight_hh, d_bias_hh = scratch.weight_and_bias(states[:-1])
        d_inputs = scratch.d_inputs(weight_ih) if ctx.needs_input_grad[0] else None
        d_start = scratch.d_start()
        SCRATCH.give(ctx.size, scratch)
        return d_inputs, d_start, d_weight_ih, d_weight_hh, d_bias, d_bias_hh, None


def _steps(
    views: tuple[Tensor, ...], add_hidden: Callable[[Tensor, Tensor], None], nonlinearity: str
) -> None:
    """All steps in place, with tanh(x) = 2 sigmoid(2 x) - 1: torch's tanh takes half as long again.

    The views hold the inputs' share and the bias; for tanh these and what is added come doubled.
    """
    h, is_tanh, is_relu = views[0], nonlinearity == "tanh", nonlinearity == "relu"
    for new in views[1:]:
        add_hidden(new, h)
        if is_tanh:
            new.sigmoid_()
            torch.add(MINUS_ONE, new, alpha=2, out=new)
        elif is_relu:
            new.relu_()
        h = new


def _slopes(hidden: Tensor, nonlinearity: str, *, out: Tensor) -> None:
    """Derivative of the nonlinearity at every step, from its value."""
    match nonlinearity:
        case "tanh":
            torch.addcmul(ONE, hidden, hidden, value=-1, out=out)
        case "relu":
            torch.gt(hidden, 0, out=out)
        case _:
            out.fill_(1)
