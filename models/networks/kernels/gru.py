"""The gated recurrent unit in torch's convention and its gradient through time.

    r = sigmoid(W_r x + U_r h + b_r)          reset gate
    z = sigmoid(W_z x + U_z h + b_z)          update gate: keeps
    n = tanh(W_n x + b_n + r (U_n h + c_n))   candidate
    h' = (1 - z) n + z h

T steps, B batch, I input width, H units. Inside, values are laid units by batch, (T, rows, B), so
that the rows of each gate are contiguous; work on a step is done in place. No gate is divided by.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.autograd import Function
from torch.autograd.function import once_differentiable

from models.networks.kernels.rnn import recurrent_gradient
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


class _Scratch:
    """Slopes of r, z and n's sums with respect to h', and the gradients they lead to."""

    def __init__(self, steps: int, batch: int, units: int, dtype: torch.dtype) -> None:
        self.d_sums = torch.empty(steps, 3 * units, batch, dtype=dtype)
        self.through_candidate = torch.empty(steps, units, batch, dtype=dtype)
        self.d_hidden = torch.empty(steps + 1, units, batch, dtype=dtype)
        self.columns = torch.empty(3 * units, steps, batch, dtype=dtype)
        self.slopes = self.d_sums.chunk(3, dim=1)
        d_sums = self.d_sums.unbind()
        d_blocks = self.d_sums.view(steps, 3, units, batch).unbind()
        d_hidden = self.d_hidden.unbind()
        self.views = list(zip(d_hidden[1:], d_hidden[:-1], d_sums, d_blocks, strict=True))[::-1]
        self.bytes = bytes_of(self.d_sums, self.through_candidate, self.d_hidden, self.columns)


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
        weight = weight_ih.expand(steps, -1, -1)
        torch.baddbmm(bias[:, None], weight, inputs.transpose(1, 2), out=saved.sums)
        torch.mul(saved.from_hidden, 2, out=saved.candidate)
        saved.from_hidden.copy_(bias_hh[2 * units :, None])
        saved.hidden[0] = start.t()
        _steps(saved.views, weight_hh)
        outputs = saved.hidden[1:].transpose(1, 2).contiguous()
        ctx.save_for_backward(inputs, start, weight_ih, weight_hh, outputs)
        return outputs

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, d_outputs: Tensor) -> tuple[Tensor | None, ...]:
        inputs, start, weight_ih, weight_hh, outputs = ctx.saved_tensors
        steps, batch, units, _ = ctx.size
        saved = ctx.loan.workspace
        scratch = SCRATCH.take(ctx.size)
        _slopes(saved, scratch)
        scratch.d_hidden[0] = 0
        scratch.d_hidden[1:] = d_outputs.transpose(1, 2)
        _steps_back(scratch.views, saved.updates, weight_hh)
        d_start = scratch.d_hidden[0].t().clone()
        scratch.columns.copy_(scratch.d_sums.transpose(0, 1))
        columns = scratch.columns.view(3 * units, steps * batch)
        d_weight_hh = recurrent_gradient(columns, start, outputs)
        d_bias_hh = columns.sum(1)
        d_candidate = scratch.columns[2 * units :]
        torch.mul(scratch.d_hidden[1:], scratch.through_candidate, out=d_candidate.transpose(0, 1))
        d_bias_ih = columns.sum(1)
        d_weight_ih = columns @ inputs.reshape(steps * batch, -1)
        d_inputs = (columns.t() @ weight_ih).view_as(inputs) if ctx.needs_input_grad[0] else None
        SCRATCH.give(ctx.size, scratch)
        return d_inputs, d_start, d_weight_ih, d_weight_hh, d_bias_ih, d_bias_hh


def _steps(views: list[tuple[Tensor, ...]], weight_hh: Tensor) -> None:
    """All steps in place, with tanh(x) = 2 sigmoid(2 x) - 1: torch's tanh takes half as long again.

    The sums hold the inputs' share of r and z and the bias c_n; the candidates twice that of n.
    """
    for sums, gates, r, z, from_hidden, n, h, new in views:
        sums.addmm_(weight_hh, h)
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


def _steps_back(views: list[tuple[Tensor, ...]], updates: list[Tensor], weight_hh: Tensor) -> None:
    """From the last step to the first: slopes become gradients, in place."""
    back = weight_hh.t().contiguous()
    for (d_hidden, d_before, d_sums, d_blocks), z in zip(views, updates, strict=True):
        d_blocks.mul_(d_hidden)
        d_before.addcmul_(d_hidden, z)
        d_before.addmm_(back, d_sums)
