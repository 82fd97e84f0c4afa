"""How order reaches a network that has none: the tables and functions behind each encoding.

Everything here is plain numpy except `rotate`, which networks and pages share. T positions,
D width of a vector, H heads.
"""

from __future__ import annotations

import math

import numpy as np
import torch
from torch import Tensor

BASE = 10_000.0
"""Ratio between the slowest and the fastest wave (Vaswani et al. 2017; Su et al. 2021)."""
BUCKETS = 32
"""Distances that the relative encoding tells apart (Raffel et al. 2020)."""
FARTHEST = 128
"""Distance from which on the relative encoding sees no difference."""


def frequencies(width: int, base: float = BASE) -> np.ndarray:
    """Radians that each pair of dimensions turns per position, (width + 1) // 2 of them, falling from 1."""
    return base ** (-np.arange(0, width, 2) / width)


def sinusoidal(length: int, width: int, base: float = BASE) -> np.ndarray:
    """Table (T, D) of Vaswani et al. 2017: even dimensions are sines, odd ones cosines of one angle.

    PE[p, 2i] = sin(p / base^(2i/D)) and PE[p, 2i+1] = cos(p / base^(2i/D))
    """
    angles = rotary_angles(length, width, base)
    table = np.zeros((length, width))
    table[:, 0::2] = np.sin(angles)
    table[:, 1::2] = np.cos(angles)[:, : width // 2]
    return table


def dot_products(table: np.ndarray) -> np.ndarray:
    """How alike every two positions are: (T, T) dot products of a table (T, D)."""
    return table @ table.T


def mean_by_distance(scores: np.ndarray) -> np.ndarray:
    """Mean of a square map (T, T) along each diagonal: entry d is for keys d places behind the query."""
    return np.array([np.diagonal(scores, -distance).mean() for distance in range(len(scores))])


def rotary_angles(length: int, width: int, base: float = BASE) -> np.ndarray:
    """Angle (T, D/2) by which each pair of dimensions is turned at each position (Su et al. 2021)."""
    return np.arange(length)[:, None] * frequencies(width, base)


def rotate(values: Tensor, cosine: Tensor, sine: Tensor) -> Tensor:
    """Turn each pair of neighbouring dimensions by its angle (RoPE, Su et al. 2021).

    values: (..., T, D); an odd last dimension stays as it is
    cosine, sine: (T, D // 2) of the angles
    """
    even = values[..., 0 : 2 * cosine.shape[-1] : 2]
    odd = values[..., 1::2]
    turned = torch.stack((even * cosine - odd * sine, even * sine + odd * cosine), -1).flatten(-2)
    if values.shape[-1] % 2:
        return torch.cat((turned, values[..., -1:]), -1)
    return turned


def rotated(vector: np.ndarray, length: int, base: float = BASE) -> np.ndarray:
    """One vector (D,) as it stands at each of `length` positions under RoPE: (T, D)."""
    vector = np.asarray(vector, dtype=np.float64)
    angles = rotary_angles(length, len(vector), base)[:, : len(vector) // 2]
    values = torch.from_numpy(np.tile(vector, (length, 1)))
    return rotate(values, torch.from_numpy(np.cos(angles)), torch.from_numpy(np.sin(angles))).numpy()


def rotary_scores(query: np.ndarray, key: np.ndarray, length: int, base: float = BASE) -> np.ndarray:
    """Dot product (T, T) of one query at every position with one key at every position."""
    return rotated(query, length, base) @ rotated(key, length, base).T


def alibi_slopes(heads: int) -> np.ndarray:
    """Penalty per step of distance for each head (Press et al. 2022).

    A geometric series from 2^(-8/H) for a power of two; otherwise that of the power below,
    filled up with every other slope of the power above.
    """
    below = 2 ** int(math.log2(heads))
    slopes = _geometric(below)
    return np.concatenate((slopes, _geometric(2 * below)[0::2][: heads - below]))


def _geometric(heads: int) -> np.ndarray:
    return 2.0 ** (-8.0 * np.arange(1, heads + 1) / heads)


def alibi_bias(heads: int, length: int) -> np.ndarray:
    """What ALiBi adds to the score of each head, query and key: (H, T, T), minus slope times distance."""
    return -alibi_slopes(heads)[:, None, None] * np.abs(distances(length))


def distances(length: int) -> np.ndarray:
    """Key position minus query position, (T, T): negative for keys that stand before the query."""
    places = np.arange(length)
    return places[None, :] - places[:, None]


def relative_bucket(
    distance: np.ndarray, *, causal: bool, buckets: int = BUCKETS, farthest: int = FARTHEST
) -> np.ndarray:
    """The bucket in which T5 puts each distance (Raffel et al. 2020): one learned bias per bucket and head.

    distance: key position minus query position
    Half of the buckets hold one near distance each; the rest widen logarithmically up to `farthest`.
    Without a causal mask, keys behind and ahead of the query have half of the buckets each.
    """
    distance = np.asarray(distance)
    ahead = np.zeros_like(distance)
    if causal:
        away = np.maximum(-distance, 0)
    else:
        buckets //= 2
        ahead = np.where(distance > 0, buckets, 0)
        away = np.abs(distance)
    near = buckets // 2
    ratio = np.log(np.maximum(away, 1) / near) / math.log(farthest / near)
    far = np.minimum(near + (ratio * (buckets - near)).astype(int), buckets - 1)
    return ahead + np.where(away < near, away, far)
