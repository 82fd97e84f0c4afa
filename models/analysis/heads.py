"""What each attention head does, and what is lost without it.

B batch, H heads, L layers, Q query positions, K key positions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from models.networks.base import Network
from models.tap import taps_of
from models.tasks.base import Batch, Task
from models.trace import Trace, replace


@contextmanager
def silenced(network: Network, layer: int, *heads: int) -> Iterator[None]:
    """Let these heads of a layer add nothing. Raises KeyError for a layer, ValueError for a head it lacks."""
    _check_heads(network, layer, heads)
    with replace(network, f"layers.{layer}.context", torch.zeros_like, units=heads):
        yield


@contextmanager
def solo(network: Network, layer: int, head: int) -> Iterator[None]:
    """Let only this head of its layer speak; other layers keep all of theirs."""
    _check_heads(network, layer, (head,))
    others = [other for other in range(network.config.heads) if other != head]
    with silenced(network, layer, *others):
        yield


def _check_heads(network: Network, layer: int, heads: tuple[int, ...]) -> None:
    name = f"layers.{layer}.context"
    if name not in taps_of(network):
        raise KeyError(f"layer: wanted 0 to {network.config.layers - 1}, got {layer}")
    for head in heads:
        if not 0 <= head < network.config.heads:
            raise ValueError(f"head: wanted 0 to {network.config.heads - 1}, got {head}")


@dataclass(frozen=True, slots=True)
class HeadLosses:
    """The loss in nats, as it is and with each head silenced or alone in its layer."""

    whole: float
    silenced: np.ndarray
    """(L, H)"""
    solo: np.ndarray
    """(L, H)"""


def head_losses(network: Network, task: Task, batch: Batch) -> HeadLosses:
    """How much the answers to a batch depend on each head: 2 * L * H + 1 forward passes."""
    shape = (network.config.layers, network.config.heads)
    without, alone = np.zeros(shape), np.zeros(shape)
    for layer, head in np.ndindex(shape):
        with silenced(network, layer, head):
            without[layer, head] = loss_of(network, task, batch)
        with solo(network, layer, head):
            alone[layer, head] = loss_of(network, task, batch)
    return HeadLosses(loss_of(network, task, batch), without, alone)


def loss_of(network: Network, task: Task, batch: Batch) -> float:
    """The loss on a batch in nats, without dropout."""
    was_training = network.training
    network.eval()
    try:
        with torch.no_grad():
            return task.loss(network.answer(batch), batch).item()
    finally:
        network.train(was_training)


def strongest(share: float) -> Callable[[Tensor], Tensor]:
    """A replacement for attention (..., K): only the largest `share` of each row, made to sum to 1 again.

    At least one key stays in each row; keys of attention 0 (masked ones) do not count.
    Raises ValueError for a share outside (0, 1].
    """
    if not 0 < share <= 1:
        raise ValueError(f"share: wanted more than 0 and at most 1, got {share}")

    def kept(attention: Tensor) -> Tensor:
        ranked, places = attention.sort(dim=-1, descending=True, stable=True)
        most = (share * (attention > 0).sum(-1, keepdim=True)).ceil().clamp(min=1)
        ranked = ranked * (torch.arange(attention.shape[-1]) < most)
        left = torch.zeros_like(attention).scatter(-1, places, ranked)
        return left / left.sum(-1, keepdim=True)

    return kept


@contextmanager
def only_strongest(network: Network, share: float) -> Iterator[None]:
    """Keep only the strongest share of every attention row, in all layers and heads."""
    with ExitStack() as stack:
        for layer in range(network.config.layers):
            stack.enter_context(replace(network, f"layers.{layer}.attention", strongest(share)))
        yield


def loss_by_share(network: Network, task: Task, batch: Batch, shares: list[float]) -> list[float]:
    """The loss in nats when only the strongest share of attention is kept, for each share."""
    losses = []
    for share in shares:
        with only_strongest(network, share):
            losses.append(loss_of(network, task, batch))
    return losses


def previous_token_scores(attention: np.ndarray) -> np.ndarray:
    """Mean attention (H,) from each position to the one before; attention (B, H, Q, K)."""
    return np.diagonal(attention, -1, axis1=2, axis2=3).mean(axis=(0, 2))


def induction_scores(attention: np.ndarray, periods: np.ndarray) -> np.ndarray:
    """Mean attention (H,) to the symbol that followed the last time (Olsson et al. 2022).

    attention: (B, H, T, T) on rows that repeat
    periods: (B,) after how many steps each row repeats; queries count from the second copy on
    """
    time = attention.shape[2]
    rows, queries = np.nonzero(np.arange(time)[None, :] >= np.asarray(periods)[:, None])
    keys = queries - np.asarray(periods)[rows] + 1
    return attention[rows, :, queries, keys].mean(axis=0)


def scores_of_heads(trace: Trace, periods: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Previous-token scores and induction scores, each (L, H), of a trace with every layer's attention."""
    layers = sum(name.endswith(".attention") for name in trace.arrays)
    maps = [trace[f"layers.{layer}.attention"] for layer in range(layers)]
    previous = np.array([previous_token_scores(attention) for attention in maps])
    return previous, np.array([induction_scores(attention, periods) for attention in maps])


@dataclass(frozen=True, slots=True)
class ScoreArithmetic:
    """How one head comes from a query and the keys to attention, number by number."""

    query: np.ndarray
    """(unit,)"""
    keys: np.ndarray
    """(K, unit)"""
    products: np.ndarray
    """(K, unit): query times key, unit by unit."""
    raw: np.ndarray
    """(K,): their sums, the dot products."""
    scaled: np.ndarray
    """(K,): divided by the root of the number of units."""
    score: np.ndarray
    """(K,): with position bias and mask; -inf where the query must not look."""
    attention: np.ndarray
    """(K,): softmax of the scores."""


def score_arithmetic(trace: Trace, layer: int, head: int, query: int, sequence: int = 0) -> ScoreArithmetic:
    """The arithmetic of one query position, from a recorded trace."""
    one = {
        name: trace[f"layers.{layer}.{name}"][sequence, head]
        for name in ("query", "key", "raw_score", "score", "attention")
    }
    q, keys = one["query"][query], one["key"]
    raw = one["raw_score"][query]
    scaled = raw / np.sqrt(len(q))
    return ScoreArithmetic(q, keys, q * keys, raw, scaled, one["score"][query], one["attention"][query])
