"""Recurrences with a backward pass through time derived by hand, faster on a CPU than torch's own."""

from models.networks.kernels.gru import gru
from models.networks.kernels.products import ONEDNN
from models.networks.kernels.rnn import rnn
from models.networks.kernels.workspace import tanh_


def faster_than_torch(batch: int, units: int, blocks: int) -> bool:
    """Whether ours wins for a batch of this size; blocks: gates and candidates.

    Nearly everywhere; but in wide networks matrix products decide, and ours, units by batch, need
    a batch that fills the processor's vectors: MKL takes up to eight times as long for 8 as for 16.
    Where a step has blocks enough, oneDNN takes over and does not mind.
    """
    filled = batch == 1 or batch % 16 == 0
    return units < 96 or filled or (blocks > 1 and ONEDNN is not None)


__all__ = ["faster_than_torch", "gru", "rnn", "tanh_"]
