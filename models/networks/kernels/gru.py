"""The gated recurrent unit in torch's convention and its gradient through time.

    r = sigmoid(W_r x + U_r h + b_r)          reset gate
    z = sigmoid(W_z x + U_z h + b_z)          update gate: keeps
    n = tanh(W_n x + b_n + r (U_n h + c_n))   candidate
    h' = (1 - z) n + z h

T steps, B batch, I input width, H units. Inside, values are laid units by batch, (T, rows, B), so
that the rows of each gate are contiguous; work on a step is done in place. No gate is divided by.
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


def gru(inputs: Tensor, start: Tensor, weights: list[Tensor]) -> Tensor:
    """Hidden states (T, B, H) of all steps for inputs (T, B, I) and the state before them (B, H).

    weights: weight_ih, weight_hh, bias_ih, bias_hh as in torch.nn.GRU
    """
    return _GRU.apply(inputs, start, *weights)


class _Saved:
    """What the backward pass needs: r, z and U_n h + c_n as rows of `sums`, n, and h before each step."""

    def __init__(self, steps: int, batch: int, units: int, dtype: torch.dtype) -> None:
        self.sums = torch.empty(steps, 3 * units, batch, dtype=dtype)
        self.candidate = torch.empty(steps, units, batch, dtype=dtype)
        self.hidden = torch.empty(steps + 1, units, batch, dtype=dtype)
        self.reset, self.update, self.from_hidden = self.sums.chunk(3, dim=1)
        self.views = list(
            zip(
                self.sums.unbind(),
                self.sums[:, : 2 * units].unbind(),
                self.reset.unbind(),
                self.update.unbind(),
                self.from_hidden.unbind(),
                self.candidate.unbind(),
                self.hidden[:-1].unbind(),
                self.hidden[1:].unbind(),
                strict=True,
            )
        )
        self.updates = [views[3] for views in reversed(self.views)]
        self.bytes = bytes_of(self.sums, self.candidate, self.hidden)


class _Scratch(Scratch):
    """Beside the gradients, how h' moves with the candidate's sum: (1 - z) (1 - n^2)."""

    def __init__(self, steps: int, batch: int, units: int, dtype: torch.dtype) -> None:
        super().__init__(steps, batch, units, dtype, blocks=3)
        self.through_candidate = torch.empty(steps, units, batch, dtype=dtype)
        self.slopes = self.d_sums.chunk(3, dim=1)
        self.bytes += bytes_of(self.through_candidate)


SAVED = Pool(_Saved)
SCRATCH = Pool(_Scratch)


class _GRU(Function):
    @staticmethod
    def forward(
        ctx: Any,
        inputs: Tensor,
        start: Tensor,
        weight_ih: Tensor,
        weight_hh: Tensor,
        bias_ih: Tensor,
        bias_hh: Tensor,
    ) -> Tensor:
        steps, batch, _ = inputs.shape
        units = weight_hh.shape[1]
        ctx.size = (steps, batch, units, inputs.dtype)
        ctx.loan = SAVED.lend(ctx.size)
        saved = ctx.loan.workspace
        bias = bias_ih.clone()
        bias[: 2 * units] += bias_hh[: 2 * units]
        input_sums(inputs, weight_ih, bias, out=saved.sums)
        torch.mul(saved.from_hidden, 2, out=saved.candidate)
        saved.from_hidden.copy_(bias_hh[2 * units :, None])
        saved.hidden[0] = start.t()
        _steps(saved.views, adder(weight_hh, batch))
        states = states_of(saved.hidden)
        ctx.save_for_backward(inputs, weight_ih, weight_hh, states)
        return states[1:]

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, d_outputs: Tensor) -> tuple[Tensor | None, ...]:
        inputs, weight_ih, weight_hh, states = ctx.saved_tensors
        batch, units = ctx.size[1:3]
        saved, scratch = ctx.loan.workspace, SCRATCH.take(ctx.size)
        _slopes(saved, scratch)
        scratch.begin(d_outputs)
        _steps_back(scratch.views, saved.updates, adder(weight_hh.t().contiguous(), batch))
        scratch.end()
        d_weight_hh, d_bias_hh = scratch.weight_and_bias(states[:-1])
        d_candidate = scratch.columns[2 * units :].transpose(0, 1)
        torch.mul(scratch.d_hidden[1:], scratch.through_candidate, out=d_candidate)
        d_weight_ih, d_bias_ih = scratch.weight_and_bias(inputs)
        d_inputs = scratch.d_inputs(weight_ih) if ctx.needs_input_grad[0] else None
        d_start = scratch.d_start()
        SCRATCH.give(ctx.size, scratch)
        return d_inputs, d_start, d_weight_ih, d_weight_hh, d_bias_ih, d_bias_hh


def _steps(views: list[tuple[Tensor, ...]], add_hidden: Callable[[Tensor, Tensor], None]) -> None:
    """All steps in place, with tanh(x) = 2 sigmoid(2 x) - 1: torch's tanh takes half as long again.

    The sums hold the inputs' share of r and z and the bias c_n; the candidates twice that of n.
    """
    for sums, gates, r, z, from_hidden, n, h, new in views:
        add_hidden(sums, h)
        gates.sigmoid_()
        n.addcmul_(r, from_hidden, value=2)
        n.sigmoid_()
        torch.add(MINUS_ONE, n, alpha=2, out=n)
        torch.lerp(n, h, z, out=new)


def _slopes(saved: _Saved, scratch: _Scratch) -> None:
    """How each gate's sum moves h', for all steps at once."""
    of_reset, of_update, of_candidate = scratch.slopes
    r, z, n, h = saved.reset, saved.update, saved.candidate, saved.hidden[:-1]
    through_candidate = scratch.through_candidate  # (1 - z) (1 - n^2)
    torch.addcmul(ONE, n, n, value=-1, out=through_candidate)
    torch.sub(ONE, z, out=of_candidate)
    through_candidate.mul_(of_candidate)
    torch.sub(h, n, out=of_update).mul_(z).mul_(of_candidate)  # (h - n) z (1 - z)
    torch.mul(through_candidate, r, out=of_candidate)
    torch.sub(ONE, r, out=of_reset).mul_(saved.from_hidden).mul_(of_candidate)


def _steps_back(
    views: list[tuple[Tensor, ...]], updates: list[Tensor], add_back: Callable[[Tensor, Tensor], None]
) -> None:
    """From the last step to the first: slopes become gradients, in place."""
    for (d_hidden, d_before, d_sums, d_blocks), z in zip(views, updates, strict=True):
        d_blocks.mul_(d_hidden)
        d_before.addcmul_(d_hidden, z)
        add_back(d_before, d_sums)
