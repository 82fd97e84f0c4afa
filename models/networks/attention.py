"""How a decoder looks back at a source: additive (Bahdanau et al. 2015), dot and general (Luong et al. 2015).

B batch, Q query (target step), K key (source step), H width of a decoder's hidden state, M width of
what the encoder remembers of one source symbol.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from models.tap import Tap


class Attention(nn.Module):
    """Scores of every key for a query, their softmax, and the average of the memory under it.

    Taps: query, key, score (before padding is barred), attention, context. All target steps may be
    asked at once, (B, Q, H), or one of them, (B, H), with its number.
    """

    def __init__(self) -> None:
        """Name the taps."""
        super().__init__()
        self.query = Tap("batch", "query", "unit")
        self.key = Tap("batch", "key", "unit")
        self.score = Tap("batch", "query", "key")
        self.attention = Tap("batch", "query", "key")
        self.context = Tap("batch", "query", "unit")

    def keys(self, memory: Tensor) -> Tensor:
        """What queries are compared with, once for each source: (B, K, M) -> (B, K, unit)."""
        return self.key(self.make_key(memory))

    def forward(
        self, hidden: Tensor, memory: Tensor, keys: Tensor, real: Tensor, step: int | None = None
    ) -> Tensor:
        """Context (B, Q, M) for hidden states (B, Q, H); without the query axis where a step is given.

        real: (B, K) bool, False at padding, which gets an attention of exactly 0
        """
        hidden = hidden if step is None else hidden[:, None]
        query = tapped(self.query, self.make_query(hidden), step)
        score = tapped(self.score, self.make_score(query, keys), step)
        score = score.masked_fill(~real[:, None], -torch.inf)
        attention = tapped(self.attention, score.softmax(dim=-1), step)
        context = tapped(self.context, attention @ memory, step)
        return context if step is None else context[:, 0]

    def make_query(self, hidden: Tensor) -> Tensor:
        """What is asked: the hidden state itself unless said otherwise."""
        return hidden

    def make_key(self, memory: Tensor) -> Tensor:
        """What is compared: the memory itself unless said otherwise."""
        return memory

    def make_score(self, query: Tensor, key: Tensor) -> Tensor:
        """Scores (B, Q, K)."""
        raise NotImplementedError


class DotAttention(Attention):
    """score = q . k (Luong et al. 2015); hidden state and memory must be equally wide."""

    def __init__(self, width: int, memory_width: int) -> None:
        """Raises ValueError for different widths."""
        super().__init__()
        if width != memory_width:
            raise ValueError(f"attention: wanted equal widths for dot, got {width} and {memory_width}")

    def make_score(self, query: Tensor, key: Tensor) -> Tensor:
        """One product for each pair."""
        return query @ key.transpose(1, 2)


class GeneralAttention(Attention):
    """score = q W k (Luong et al. 2015). W is applied to the hidden state; what comes out is the query."""

    def __init__(self, width: int, memory_width: int) -> None:
        """One matrix."""
        super().__init__()
        self.to_query = nn.Linear(width, memory_width, bias=False)

    def make_query(self, hidden: Tensor) -> Tensor:
        """Turn the hidden state to where the memory's directions are."""
        return self.to_query(hidden)

    def make_score(self, query: Tensor, key: Tensor) -> Tensor:
        """One product for each pair."""
        return query @ key.transpose(1, 2)


class AdditiveAttention(Attention):
    """score = v . tanh(W q + U k) (Bahdanau et al. 2015), here with the decoder's state after its step."""

    def __init__(self, width: int, memory_width: int) -> None:
        """Two matrices and a vector, all as wide as the decoder's state."""
        super().__init__()
        self.explicit = False
        self.to_query = nn.Linear(width, width)
        self.to_key = nn.Linear(memory_width, width, bias=False)
        self.to_score = nn.Linear(width, 1, bias=False)

    def make_query(self, hidden: Tensor) -> Tensor:
        """W q."""
        return self.to_query(hidden)

    def make_key(self, memory: Tensor) -> Tensor:
        """U k."""
        return self.to_key(memory)

    def make_score(self, query: Tensor, key: Tensor) -> Tensor:
        """Every sum of a query and a key, (B, Q, K, width), through tanh and along v.

        Fused with tanh(x) = 2 sigmoid(2 x) - 1: torch's sigmoid is several times as fast on a CPU,
        and this is where additive attention spends its time.
        """
        v = self.to_score.weight[0]
        if self.explicit:
            return torch.tanh(query[:, :, None] + key[:, None]) @ v
        return 2 * (torch.sigmoid(2 * query[:, :, None] + 2 * key[:, None]) @ v) - v.sum()


ATTENTION = {"additive": AdditiveAttention, "dot": DotAttention, "general": GeneralAttention}


def tapped(tap: Tap, value: Tensor, step: int | None) -> Tensor:
    """Through a tap: whole where no step is given, otherwise without the query axis, which has one place."""
    if step is None:
        return tap(value)
    return tap(value[:, 0], step)[:, None]
