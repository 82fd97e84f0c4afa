"""The plain recurrence h' = f(W x + U h + b) and its gradient through time.

T steps, B batch, I input width, H units. Inside, values are laid units by batch, (T, H, B), so that
a step is one matrix product on contiguous memory, done in place.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.autograd import Function
from torch.autograd.function import once_differentiable

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


class _Scratch:
    """Gradients with respect to the hidden states (T + 1, H, B) and to the sums (T, H, B)."""

    def __init__(self, steps: int, batch: int, units: int, dtype: torch.dtype) -> None:
        self.d_hidden = torch.empty(steps + 1, units, batch, dtype=dtype)
        self.d_sums = torch.empty(steps, units, batch, dtype=dtype)
        self.columns = torch.empty(units, steps, batch, dtype=dtype)
        d_hidden = self.d_hidden.unbind()
        self.views = list(zip(d_hidden[1:], d_hidden[:-1], self.d_sums.unbind(), strict=True))[::-1]
        self.bytes = bytes_of(self.d_hidden, self.d_sums, self.columns)


SAVED = Pool(_Saved)
SCRATCH = Pool(_Scratch)


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
        sums = saved.hidden[1:]
        bias = (bias_ih + bias_hh)[:, None]
        torch.baddbmm(bias, weight_ih.expand(steps, -1, -1), inputs.transpose(1, 2), out=sums)
        if nonlinearity == "tanh":
            _tanh_steps(saved.views, sums.mul_(2), 2 * weight_hh)
        else:
            _steps(saved.views, weight_hh, rectify=nonlinearity == "relu")
        outputs = sums.transpose(1, 2).contiguous()
        ctx.save_for_backward(inputs, start, weight_ih, weight_hh, outputs)
        return outputs

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, d_outputs: Tensor) -> tuple[Tensor | None, ...]:
        inputs, start, weight_ih, weight_hh, outputs = ctx.saved_tensors
        steps, batch, units, _ = ctx.size
        scratch = SCRATCH.take(ctx.size)
        _slopes(ctx.loan.workspace.hidden[1:], ctx.nonlinearity, out=scratch.d_sums)
        scratch.d_hidden[0] = 0
        scratch.d_hidden[1:] = d_outputs.transpose(1, 2)
        back = weight_hh.t().contiguous()
        for d_hidden, d_before, d_sums in scratch.views:
            d_sums.mul_(d_hidden)
            d_before.addmm_(back, d_sums)
        d_start = scratch.d_hidden[0].t().clone()
        scratch.columns.copy_(scratch.d_sums.transpose(0, 1))
        columns = scratch.columns.view(units, steps * batch)
        d_inputs = (columns.t() @ weight_ih).view_as(inputs) if ctx.needs_input_grad[0] else None
        d_weight_ih = columns @ inputs.reshape(steps * batch, -1)
        d_weight_hh = recurrent_gradient(columns, start, outputs)
        d_bias = columns.sum(1)
        SCRATCH.give(ctx.size, scratch)
        return d_inputs, d_start, d_weight_ih, d_weight_hh, d_bias, d_bias.clone(), None


def _tanh_steps(views: tuple[Tensor, ...], sums: Tensor, twice_weight: Tensor) -> None:
    """All steps with tanh(x) = 2 sigmoid(2 x) - 1, which torch computes in two thirds of tanh's time.

    sums: the inputs' share, already doubled
    """
    h = views[0]
    for new in views[1:]:
        new.addmm_(twice_weight, h)
        new.sigmoid_()
        torch.add(MINUS_ONE, new, alpha=2, out=new)
        h = new


def _steps(views: tuple[Tensor, ...], weight: Tensor, *, rectify: bool) -> None:
    """All steps with relu or none."""
    h = views[0]
    for new in views[1:]:
        new.addmm_(weight, h)
        if rectify:
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


def recurrent_gradient(columns: Tensor, start: Tensor, outputs: Tensor) -> Tensor:
    """Gradient of the recurrent weights in one matrix product over all steps.

    columns: gradients of the sums (rows, T * B); start (B, H) and outputs (T, B, H): hidden states
    """
    steps, batch, units = outputs.shape
    gradient = columns[:, :batch] @ start
    if steps > 1:
        gradient.addmm_(columns[:, batch:], outputs[:-1].view(-1, units))
    return gradient
