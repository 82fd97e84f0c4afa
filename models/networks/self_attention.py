"""Attention inside a Transformer: every position asks, every position it may see answers.

B batch, H heads, Q query positions, K key positions, D width of one head; the width of the
network is H * D. Vaswani et al. 2017.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from models.networks.position_encoding import PositionEncoding
from models.tap import Tap

SHORT = 48
"""Up to this many keys, two plain matrix products are faster than torch's fused attention on a CPU."""


@dataclass(slots=True)
class KeyValueCache:
    """Keys and values (B, H, K, D) of the positions that one layer has read so far."""

    key: Tensor | None = None
    value: Tensor | None = None

    @property
    def length(self) -> int:
        """Positions kept."""
        return 0 if self.key is None else self.key.shape[2]

    def extended(self, key: Tensor, value: Tensor) -> tuple[Tensor, Tensor]:
        """Keep the new positions too; all keys and values up to now."""
        if self.key is not None:
            key = torch.cat((self.key, key), 2)
            value = torch.cat((self.value, value), 2)
        self.key, self.value = key, value
        return key, value

    def copy(self) -> KeyValueCache:
        """A cache that goes its own way from here."""
        return KeyValueCache(self.key, self.value)

    def select(self, places: Tensor) -> KeyValueCache:
        """The cache of these sequences (n,) of the batch, repeats allowed."""
        if self.key is None:
            return KeyValueCache()
        return KeyValueCache(self.key[places], self.value[places])


def sight(queries: int, keys: int, *, causal: bool, filled: Tensor | None = None) -> Tensor | None:
    """What is added to the scores so that nobody sees what he may not: 0 or -inf; None hides nothing.

    queries, keys: how many; the last query is the last key
    filled: (B, K) True at keys that are only padding. Every position still sees itself, so that
    no row is empty; what stands at padding is never scored
    Shape (Q, K), or (B, 1, Q, K) with padding.
    """
    if filled is None and (not causal or queries == 1):
        return None
    hidden = torch.zeros(queries, keys, dtype=torch.bool)
    if causal:
        hidden = torch.ones(queries, keys, dtype=torch.bool).triu(1 + keys - queries)
    if filled is not None:
        itself = torch.eye(queries, keys, dtype=torch.bool).roll(keys - queries, 1)
        hidden = hidden | (filled[:, None, None, :] & ~itself)
    return torch.zeros(hidden.shape).masked_fill(hidden, -math.inf)


class Attention(nn.Module):
    """Scaled dot-product attention, fused or through its taps; subclasses make queries, keys and values."""

    def __init__(self, width: int, heads: int, dropout: float) -> None:
        super().__init__()
        self.explicit = False
        self.heads, self.dropout = heads, dropout
        self.scale = 1 / math.sqrt(width // heads)
        self.query = Tap("batch", "head", "query", "unit")
        self.key = Tap("batch", "head", "key", "unit")
        self.value = Tap("batch", "head", "key", "unit")
        self.raw_score = Tap("batch", "head", "query", "key")
        self.score = Tap("batch", "head", "query", "key")
        self.attention = Tap("batch", "head", "query", "key")
        self.context = Tap("batch", "head", "query", "unit")
        self.to_output = nn.Linear(width, width)

    def split(self, values: Tensor, parts: int) -> tuple[Tensor, ...]:
        """(B, T, parts * H * D) -> that many (B, H, T, D)."""
        batch, time, _ = values.shape
        by_head = values.view(batch, time, parts, self.heads, -1).permute(2, 0, 3, 1, 4)
        return by_head.contiguous().unbind(0)  # one copy here is cheaper than three later

    def mixed(self, q: Tensor, k: Tensor, v: Tensor, added: Tensor | None) -> Tensor:
        """Values averaged by attention and joined over heads: (B, Q, H*D).

        added: broadcasts to (B, H, Q, K); position bias and mask, added to the scaled scores
        """
        if self.explicit:
            context = self._explicit(q, k, v, added)
        elif k.shape[2] > SHORT or (self.dropout and self.training):
            share = self.dropout if self.training else 0.0
            context = functional.scaled_dot_product_attention(q, k, v, added, share)
        else:
            context = self._short(q, k, v, added)
        return self.to_output(context.transpose(1, 2).flatten(2))

    def _explicit(self, q: Tensor, k: Tensor, v: Tensor, added: Tensor | None) -> Tensor:
        q = self.query(q)
        k = self.key(k)
        v = self.value(v)
        raw = self.raw_score(q @ k.transpose(-1, -2))
        score = raw * self.scale
        score = self.score(score if added is None else score + added)
        attention = self.attention(score.softmax(-1))
        attention = functional.dropout(attention, self.dropout, self.training)
        return self.context(attention @ v)

    def _short(self, q: Tensor, k: Tensor, v: Tensor, added: Tensor | None) -> Tensor:
        """The same over batch and heads flattened, as few calls as possible."""
        shape = q.shape
        q, k, v = q.flatten(0, 1), k.flatten(0, 1), v.flatten(0, 1)
        if added is None:
            score = torch.bmm(q * self.scale, k.transpose(1, 2))
        elif added.dim() == 2:
            score = torch.baddbmm(added, q, k.transpose(1, 2), alpha=self.scale)
        else:
            score = torch.bmm(q * self.scale, k.transpose(1, 2))
            score = (score.view(*shape[:2], *score.shape[1:]) + added).flatten(0, 1)
        return torch.bmm(score.softmax(-1), v).view(shape)


class SelfAttention(Attention):
    """Queries, keys and values all come from the same sequence."""

    def __init__(self, width: int, heads: int, dropout: float) -> None:
        super().__init__(width, heads, dropout)
        self.to_query_key_value = nn.Linear(width, 3 * width)

    def attend(
        self,
        x: Tensor,
        encoding: PositionEncoding,
        added: Tensor | None,
        cache: KeyValueCache | None = None,
    ) -> Tensor:
        """What each position of x (B, T, H*D) gathers from the positions it sees.

        encoding: turns queries and keys where it is rotary
        cache: earlier keys and values; x then holds only the positions after them
        """
        q, k, v = self.split(self.to_query_key_value(x), 3)
        offset = 0 if cache is None else cache.length
        q = encoding.turned(q, offset)
        k = encoding.turned(k, offset)
        if cache is not None:
            k, v = cache.extended(k, v)
        return self.mixed(q, k, v, added)


class CrossAttention(Attention):
    """Queries come from the target sequence, keys and values from the source (the memory)."""

    def __init__(self, width: int, heads: int, dropout: float) -> None:
        super().__init__(width, heads, dropout)
        self.to_query = nn.Linear(width, width)
        self.to_key_value = nn.Linear(width, 2 * width)

    def forward(self, x: Tensor, memory: Tensor, added: Tensor | None) -> Tensor:
        """What each target position x (B, Q, H*D) gathers from the memory (B, K, H*D)."""
        (q,) = self.split(self.to_query(x), 1)
        k, v = self.split(self.to_key_value(memory), 2)
        return self.mixed(q, k, v, added)
