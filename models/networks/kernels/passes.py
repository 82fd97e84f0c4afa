"""What both recurrences do with a whole sequence at once: products with the weights, and their gradients.

T steps, B batch, I input width, H units, R rows: H for each gate and candidate.
"""

from __future__ import annotations

import torch
from torch import Tensor

from models.networks.kernels.products import onednn_wins, product
from models.networks.kernels.workspace import bytes_of


class Scratch:
    """Gradients of the states (T + 1, H, B) and of the sums (T, R, B), and these as columns (R, T, B).

    A backward pass puts the slopes of all steps into `d_sums` first; `views` walks from the last step back.
    """

    def __init__(self, steps: int, batch: int, units: int, dtype: torch.dtype, *, blocks: int = 1) -> None:
        """blocks: gates and candidates."""
        self.d_hidden = torch.empty(steps + 1, units, batch, dtype=dtype)
        self.d_sums = torch.empty(steps, blocks * units, batch, dtype=dtype)
        self.columns = torch.empty(blocks * units, steps, batch, dtype=dtype)
        d_hidden, d_sums = self.d_hidden.unbind(), self.d_sums.unbind()
        d_blocks = self.d_sums.view(steps, blocks, units, batch).unbind()
        self.views = list(zip(d_hidden[1:], d_hidden[:-1], d_sums, d_blocks, strict=True))[::-1]
        self.bytes = bytes_of(self.d_hidden, self.d_sums, self.columns)

    def begin(self, d_outputs: Tensor) -> None:
        """Take the states' gradients from outside, (T, B, H); the state before the first step has none."""
        self.d_hidden[0] = 0
        self.d_hidden[1:] = d_outputs.transpose(1, 2)

    def d_start(self) -> Tensor:
        """Gradient (B, H) with respect to the state before the first step."""
        return self.d_hidden[0].t().clone()

    def end(self) -> None:
        """Lay the gradients of all sums as columns."""
        self.columns.copy_(self.d_sums.transpose(0, 1))

    def weight_and_bias(self, values: Tensor) -> tuple[Tensor, Tensor]:
        """Gradients (R, I) of the weights that multiplied the values (T, B, I), and (R,) of their bias."""
        columns = self.columns.flatten(1)
        return product(columns, values.flatten(0, 1)), columns.sum(1)

    def d_inputs(self, weight: Tensor) -> Tensor:
        """Gradient (T, B, I) with respect to what was multiplied with the weight (R, I)."""
        steps, batch = self.columns.shape[1:]
        columns = self.columns.flatten(1)
        if not onednn_wins(weight, steps * batch):
            return (columns.t() @ weight).view(steps, batch, -1)
        return product(weight.t().contiguous(), columns).view(-1, steps, batch).permute(1, 2, 0)


def input_sums(inputs: Tensor, weight: Tensor, bias: Tensor, *, out: Tensor) -> None:
    """The weight (R, I) times the inputs (T, B, I) of all steps, and the bias (R,), into out (T, R, B)."""
    steps, batch, _ = inputs.shape
    if not onednn_wins(weight, steps * batch):
        torch.baddbmm(bias[:, None], weight.expand(steps, -1, -1), inputs.transpose(1, 2), out=out)
        return
    shares = product(weight, inputs.reshape(steps * batch, -1).t())
    torch.add(shares.view(-1, steps, batch).transpose(0, 1), bias[:, None], out=out)


def states_of(hidden: Tensor) -> Tensor:
    """All states (T + 1, B, H), the one before the first step among them, from hidden (T + 1, H, B)."""
    return hidden.transpose(1, 2).clone(memory_format=torch.contiguous_format)  # never the memory itself
