"""How good recommendations are, and what simple rules get: popularity, and the last click alone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from models.tasks import shop
from models.tasks.clicks import Clicks, Places, mean_reciprocal_rank, places_of_truth, recall


@dataclass(frozen=True, slots=True)
class Ranking:
    """How high the true next items stood in the lists of one recommender."""

    places: Places

    def recall(self, k: int) -> float:
        """Share of true items among the best `k`; equal scores stand in random order."""
        return recall(self.places, k)

    @property
    def mean_reciprocal_rank(self) -> float:
        """1 where the true item always stands first (MRR)."""
        return mean_reciprocal_rank(self.places)


def ranking(scores: Tensor, targets: Tensor, counts: Tensor) -> Ranking:
    """The ranking that scores (B, time, item) give the targets (B, time) where they count."""
    return Ranking(places_of_truth(scores[counts], targets[counts]))


class Popularity:
    """Recommend what was clicked most, whoever comes."""

    def __init__(self, sessions: Tensor, items: int) -> None:
        """Count the next clicks of sessions (n, time); 0 is padding."""
        following = sessions[:, 1:]
        self.counted = torch.bincount(following[following != 0], minlength=items).float()

    def __call__(self, inputs: Tensor) -> Tensor:
        """Scores (batch, time, item) for clicks (batch, time)."""
        return self.counted.expand(*inputs.shape, -1)


class FirstOrderMarkov:
    """Recommend what followed the last click most often; where that is level, the more popular."""

    def __init__(self, sessions: Tensor, items: int) -> None:
        """Count which item follows which in sessions (n, time); 0 is padding."""
        before, after = sessions[:, :-1].flatten(), sessions[:, 1:].flatten()
        there = after != 0
        pairs = torch.bincount(before[there] * items + after[there], minlength=items * items)
        popular = Popularity(sessions, items).counted
        self.counted = pairs.view(items, items).float() + popular / popular.sum().clamp(min=1)

    def __call__(self, inputs: Tensor) -> Tensor:
        """Scores (batch, time, item) for clicks (batch, time)."""
        return self.counted[inputs]


def best_possible(inputs: Tensor) -> Tensor:
    """Scores (batch, time, item) of somebody who knows how the made shop works, by Bayes' rule."""
    log_preferences = torch.from_numpy(np.log(shop.preferences()))  # (taste, season, item)
    padded = torch.cat([torch.zeros(*log_preferences.shape[:2], 1), log_preferences], -1)
    evidence = padded[:, :, inputs].cumsum(-1)  # (taste, season, batch, time)
    belief = evidence.flatten(0, 1).softmax(0)
    chances = torch.einsum("hbt,hi->bti", belief, padded.flatten(0, 1).exp())
    chances[..., 0] = 0
    return chances


@torch.no_grad()
def compare_recommenders(network: nn.Module | None, task: Clicks) -> dict[str, Ranking]:
    """The ranking of every rule, and of the network, on all held-out sessions of the task."""
    sessions, items = task.sessions_of(held_out=False), len(task.symbols)
    tested = task.sessions_of(held_out=True)
    inputs, targets = tested[:, :-1], tested[:, 1:]
    recommenders = {
        "popularity": Popularity(sessions, items),
        "first-order Markov": FirstOrderMarkov(sessions, items),
    }
    if not task.upload:
        recommenders["best possible"] = best_possible
    if network is not None:
        recommenders[network.config.kind] = network
    return {name: ranking(call(inputs), targets, targets != 0) for name, call in recommenders.items()}


@torch.no_grad()
def recommend(network: nn.Module, task: Clicks, session: Tensor, k: int = 5) -> list[tuple[str, float]]:
    """The `k` items that the network expects next after a session (time,), with their probabilities."""
    logits = network(session[None])[0, -1]
    logits[0] = -torch.inf
    best = logits.softmax(-1).topk(min(k, len(task.symbols) - 1))
    return [(task.symbols[i], p) for i, p in zip(best.indices.tolist(), best.values.tolist(), strict=True)]
