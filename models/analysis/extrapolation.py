"""Longer than training: the loss on the same symbols when more and more stands before them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from models.networks.base import Network

SCORED = 16
"""Symbols that are scored, always the same ones."""


@dataclass(frozen=True, slots=True)
class Extrapolation:
    """Bits per symbol by length of the context."""

    lengths: tuple[int, ...]
    bits: tuple[float, ...]


def bits_by_length(
    network: Network, text: Tensor, lengths: Sequence[int], *, passages: int = 100, seed: int = 0
) -> Extrapolation:
    """Mean bits that the network needs for the last 16 symbols of windows of each length.

    text: (symbols,) numbers of a text that the network was not trained on
    lengths: of the windows, each at least 16. The windows of all lengths end at the same places, so
    that only what stands before the scored symbols differs
    Raises ValueError for a length below 16 or a text shorter than the longest window.
    """
    if min(lengths) < SCORED or max(lengths) >= len(text):
        raise ValueError(f"lengths: wanted {SCORED} to {len(text) - 1} symbols, got {tuple(lengths)}")
    draws = torch.Generator().manual_seed(seed)
    ends = torch.randint(max(lengths) + 1, len(text) + 1, (passages, 1), generator=draws)
    bits = tuple(_bits(network, text, ends, length) for length in lengths)
    return Extrapolation(tuple(lengths), bits)


def _bits(network: Network, text: Tensor, ends: Tensor, length: int) -> float:
    windows = text[ends - length - 1 + torch.arange(length + 1)].long()
    was_training = network.training
    network.eval()
    try:
        with torch.no_grad():
            logits = network(windows[:, :-1])[:, -SCORED:]
    finally:
        network.train(was_training)
    nats = functional.cross_entropy(logits.flatten(0, 1), windows[:, -SCORED:].flatten())
    return nats.item() / math.log(2)
