"""Matrix products by whichever of torch's two libraries is the faster one at a size.

`torch.mm` asks MKL, which on AMD processors leaves AVX-512 alone: 110 thousand million operations a second
where oneDNN reaches 225 (measured on one EPYC core). oneDNN in turn takes some 10 us to get going.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

WHOLE = 4_000_000
"""Multiplications from which oneDNN wins for a whole sequence, whose rows then need another order."""
STEP = 1_100_000
"""Multiplications from which it wins for one step, although its answer must be added in a pass of its own."""
WIDE = 3 * 96 * 96
"""Weights from which it wins for one step of any batch that leaves MKL's vectors half empty."""


def _of_onednn() -> Callable[..., Tensor] | None:
    """The product that torch's own compiler calls; None in a torch that was built without."""
    try:
        return torch.ops.mkldnn._linear_pointwise
    except AttributeError:
        return None


ONEDNN = _of_onednn()


def onednn_wins(weight: Tensor, columns: int, least: int = WHOLE) -> bool:
    """Whether oneDNN is there, knows numbers of this type, and has that much to multiply."""
    return ONEDNN is not None and weight.dtype == torch.float32 and weight.numel() * columns >= least


def product(left: Tensor, right: Tensor) -> Tensor:
    """The matrix product of left (M, K) and right (K, N): (M, N). `right` may be a transposed view."""
    if not onednn_wins(left, right.shape[1]):
        return left @ right
    return ONEDNN(left, right.t(), None, "none", [], "")


def adder(weight: Tensor, batch: int) -> Callable[[Tensor, Tensor], None]:
    """A function of sums (M, B) and values (K, B): adds weight (M, K) times the values, in place."""
    if onednn_wins(weight, batch, WIDE * batch if batch % 16 else STEP):
        return lambda sums, values: sums.add_(ONEDNN(weight, values.t(), None, "none", [], ""))
    return lambda sums, values: sums.addmm_(weight, values)
