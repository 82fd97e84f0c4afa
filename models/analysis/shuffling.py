"""Whether a network notices that its input was shuffled.

A network without positions answers a shuffled row with the shuffled answers: each symbol gets the
answer that it got before. A network that knows positions does not.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from models.networks import Network


@dataclass(frozen=True, slots=True)
class Noticed:
    """How far the answers to shuffled rows differ from the shuffled answers."""

    distance: float
    """Largest difference of two logits that would be equal if order were unknown."""
    changed: float
    """Share of the symbols that get another answer, from 0 to 1."""


def noticed(network: Network, inputs: Tensor, *, seed: int = 0) -> Noticed:
    """Shuffle every row of (batch, time) in a way of its own and compare the answers symbol by symbol."""
    draws = torch.Generator().manual_seed(seed)
    places = torch.stack([torch.randperm(inputs.shape[1], generator=draws) for _ in inputs])
    was_training = network.training
    network.eval()
    try:
        with torch.no_grad():
            shuffled = network(inputs.gather(1, places))
            before = network(inputs)
    finally:
        network.train(was_training)
    moved = before.gather(1, places[:, :, None].expand_as(before))
    return Noticed(
        (shuffled - moved).abs().max().item(),
        (shuffled.argmax(-1) != moved.argmax(-1)).float().mean().item(),
    )
