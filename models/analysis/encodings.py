"""Each way to tell a Transformer the order, laid open: what stands at every position, and what scores see.

T positions, D width, H heads.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import torch

from models.experiment import POSITIONS, ModelConfig
from models.networks import Network, positions
from models.networks.position_encoding import PositionEncoding
from models.settings import shortened


@dataclass(frozen=True, slots=True)
class Encoding:
    """One encoding at a given size."""

    table: np.ndarray
    """(T, column): what is added to the embedding, or a turned query, or what the scores get by distance."""
    columns: str
    """What a column is: dimension or head."""
    rows: str
    """What a row is: position or distance."""
    scores: np.ndarray
    """(T, T), query and key: dot products between positions, or the bias itself of one head."""

    @property
    def by_distance(self) -> np.ndarray:
        """(T,): mean score of keys 0, 1, 2 ... places behind the query."""
        return positions.mean_by_distance(self.scores)

    @property
    def depends_on_distance_only(self) -> bool:
        """Whether all pairs of positions with the same distance have the same score, within 1e-6."""
        behind = range(1 - len(self.scores), len(self.scores))
        spread = max(np.ptp(np.diagonal(self.scores, distance)) for distance in behind)
        return bool(spread <= 1e-6 * max(1.0, np.abs(self.scores).max()))


def encoding(
    kind: str,
    length: int,
    width: int,
    *,
    base: float = positions.BASE,
    heads: int = 4,
    head: int = 0,
    learned: np.ndarray | None = None,
) -> Encoding:
    """An encoding by its name in `ModelConfig.positions`.

    base: slowest over fastest wave of the sinusoidal and the rotary encoding
    heads, head: how many, and whose bias `scores` shows, for ALiBi and the relative encoding
    learned: (T', D) vectors or (H, T', T') biases of a trained network, for those that are learned
    Raises ValueError for an unknown name, or a learned encoding of which nothing is given.
    """
    match kind:
        case "none":
            return _added(np.zeros((length, width)))
        case "sinusoidal":
            return _added(positions.sinusoidal(length, width, base))
        case "rotary":
            query = np.tile([1.0, 0.0], (width + 1) // 2)[:width]
            turned = positions.rotated(query, length, base)
            return Encoding(turned, "dimension", "position", turned @ turned.T)
        case "alibi":
            return _biased(positions.alibi_bias(heads, length), head)
    if kind not in POSITIONS:
        raise ValueError(f"positions: wanted one of {', '.join(POSITIONS)}, got {shortened(kind)}")
    if learned is None:
        raise ValueError(f"learned: wanted what a network has learned for {kind} positions, got nothing")
    return _added(learned) if kind == "learned" else _biased(learned, head)


def learned_of(network: Network, length: int) -> np.ndarray:
    """What a network has learned about positions: vectors (T, D), or biases (H, T, T)."""
    with torch.no_grad():
        bias = network.encoding.bias(length, length)
        learned = network.encoding.vectors(length) if bias is None else bias
    return learned.numpy().copy()


def fresh(kind: str, length: int, width: int, heads: int) -> np.ndarray:
    """What a network that has learned nothing yet begins with, as `learned_of` gives it."""
    model = ModelConfig("transformer", hidden=width, heads=heads, positions=kind, causal=False)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        made = PositionEncoding(model, length, causal=False)
    with torch.no_grad():
        bias = made.bias(length, length)
        return (made.vectors(length) if bias is None else bias).numpy().copy()


def rotated_pair(place: int, pair: int, width: int, base: float) -> Mapping[str, float]:
    """One pair of dimensions at one position: its angle in radians, and where (1, 0) is turned to."""
    angle = place * positions.frequencies(width, base)[pair]
    return {"angle": angle, "x": float(np.cos(angle)), "y": float(np.sin(angle))}


def _added(table: np.ndarray) -> Encoding:
    return Encoding(table, "dimension", "position", positions.dot_products(table))


def _biased(bias: np.ndarray, head: int) -> Encoding:
    """The bias of every head by distance, and one head's as a map."""
    if not 0 <= head < len(bias):
        raise ValueError(f"head: wanted 0 to {len(bias) - 1}, got {head}")
    by_distance = np.stack([positions.mean_by_distance(one) for one in bias], axis=1)
    return Encoding(by_distance, "head", "distance", bias[head])
