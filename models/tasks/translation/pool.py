"""Pairs of sequences kept ready as tensors, so that making data never slows training down."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Generator, Tensor

from models.tasks.base import Batch


@dataclass(frozen=True, slots=True)
class Pool:
    """N pairs, filled up on the right: sources with padding, targets with the end symbol."""

    sources: Tensor
    """(N, longest source)."""
    targets: Tensor
    """(N, longest target)."""
    source_lengths: Tensor
    """(N,) symbols without padding."""
    target_lengths: Tensor
    """(N,) symbols, the end symbol among them."""

    def draw(self, n: int, generator: Generator) -> Batch:
        """`n` pairs at random, no wider than the longest among them."""
        return self.take(torch.randint(len(self.sources), (n,), generator=generator))

    def take(self, places: Tensor) -> Batch:
        """The pairs at these places (n,)."""
        source_lengths, target_lengths = self.source_lengths[places], self.target_lengths[places]
        inputs = self.sources[places, : int(source_lengths.max())]
        targets = self.targets[places, : int(target_lengths.max())]
        return Batch(inputs, targets, real_places(target_lengths))


def real_places(lengths: Tensor) -> Tensor:
    """True at the places that sequences of these lengths (n,) fill: (n, longest)."""
    return torch.arange(int(lengths.max())) < lengths[:, None]


def build_pool(sources: Sequence[Sequence[int]], targets: Sequence[Sequence[int]], padding: int) -> Pool:
    """A pool of these pairs; the targets end with the end symbol, which also fills them up."""
    return Pool(
        filled(sources, padding),
        filled(targets, targets[0][-1]),
        torch.tensor([len(source) for source in sources]),
        torch.tensor([len(target) for target in targets]),
    )


def filled(sequences: Sequence[Sequence[int]], filler: int) -> Tensor:
    """One row a sequence, filled up on the right: (n, longest)."""
    longest = max(len(sequence) for sequence in sequences)
    return torch.tensor([[*sequence, *[filler] * (longest - len(sequence))] for sequence in sequences])
