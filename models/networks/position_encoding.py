"""The positions of a Transformer as a module: what each encoding adds, turns or subtracts."""

from __future__ import annotations

import math

import numpy as np
import torch
from torch import Generator, Tensor, nn

from models.experiment import ModelConfig
from models.networks import positions
from models.networks.positions import rotate
from models.tasks.base import Task

START_SCALE = 0.1
"""Standard deviation of fresh embeddings. torch's own 1 drowns the positions and slows training."""


class PositionEncoding(nn.Module):
    """One of: nothing, vectors to add (sinusoidal, learned), a rotation, a bias on the scores.

    Tables are made once for the longest sequence seen so far and kept out of the weights.
    """

    def __init__(self, config: ModelConfig, longest: int, *, causal: bool) -> None:
        """Build what the encoding learns.

        longest: positions that have a learned vector of their own; later ones reuse the last
        causal: whether no query sees keys ahead of it (the relative buckets then all lie behind)
        """
        super().__init__()
        self.kind, self.heads, self.width = config.positions, config.heads, config.hidden
        self.head_width = config.hidden // config.heads
        self.causal = causal
        if self.kind == "rotary" and self.head_width < 2:
            raise ValueError(f"heads: wanted at least 2 units a head for rotary, got {self.head_width}")
        if self.kind == "learned":
            self.table = nn.Parameter(torch.randn(longest, self.width) * START_SCALE)
        if self.kind == "relative":
            self.relative = nn.Embedding(positions.BUCKETS, self.heads)
            nn.init.normal_(self.relative.weight, 0, START_SCALE)
        self._tables: dict[str, tuple[int, tuple[Tensor, ...]]] = {}

    def vectors(self, length: int, offset: int = 0) -> Tensor | None:
        """Vectors (time, unit) to add to the embeddings at positions `offset` and on, or None."""
        if self.kind == "sinusoidal":
            (table,) = self._grown("sinusoidal", offset + length)
            return table[offset : offset + length]
        if self.kind == "learned":
            places = torch.arange(offset, offset + length).clamp(max=len(self.table) - 1)
            return self.table[places]
        return None

    def turned(self, values: Tensor, offset: int = 0) -> Tensor:
        """Queries or keys (batch, head, time, unit), rotated where the encoding is rotary."""
        if self.kind != "rotary":
            return values
        end = offset + values.shape[-2]
        cosine, sine = self._grown("rotary", end)
        return rotate(values, cosine[offset:end], sine[offset:end])

    def bias(self, queries: int, keys: int) -> Tensor | None:
        """What is added to the scaled scores, (head, query, key), or None; the last query is the last key."""
        if self.kind == "alibi":
            (table,) = self._grown("alibi", keys)
            return table[:, keys - queries : keys, :keys]
        if self.kind == "relative":
            (buckets,) = self._grown("relative", keys)
            return self.relative(buckets[keys - queries : keys, :keys]).permute(2, 0, 1)
        return None

    def _grown(self, kind: str, length: int) -> tuple[Tensor, ...]:
        """The tables of an encoding for at least `length` positions."""
        have, tables = self._tables.get(kind, (0, ()))
        if have < length:
            have = max(64, 2 ** math.ceil(math.log2(length)))
            tables = tuple(torch.from_numpy(np.ascontiguousarray(t)) for t in self._made(kind, have))
            tables = tuple(t if t.dtype == torch.int64 else t.float() for t in tables)
            self._tables[kind] = (have, tables)
        return tables

    def _made(self, kind: str, length: int) -> tuple[np.ndarray, ...]:
        match kind:
            case "sinusoidal":
                # A sine's root mean square is 1/sqrt(2): scaled, positions are as large as embeddings.
                return (positions.sinusoidal(length, self.width) * START_SCALE * math.sqrt(2),)
            case "rotary":
                angles = positions.rotary_angles(length, self.head_width)[:, : self.head_width // 2]
                return np.cos(angles), np.sin(angles)
            case "alibi":
                return (positions.alibi_bias(self.heads, length),)
        return (positions.relative_bucket(positions.distances(length), causal=self.causal),)


def longest_input(task: Task) -> int:
    """The longest input among some of the task's own sequences: the lengths that training will show."""
    draws = Generator().manual_seed(0)
    return max(task.sample(16, draws).inputs.shape[1] for _ in range(4))
