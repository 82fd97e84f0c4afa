"""What a recommender does with one session, moment by moment: taste, what mattered, what comes next."""

from __future__ import annotations

import re
from collections.abc import Mapping

import numpy as np
import torch
from torch import Tensor

from models.analysis.ranking import FirstOrderMarkov, Popularity, best_possible, ranking
from models.looks_transfer import attention_of
from models.networks import Network
from models.tasks import Task, shop
from models.tasks.clicks import MOST_CLICKS, TOP, Clicks
from models.training.features import last_layer_inputs

VISITORS = 150
"""Held-out sessions whose last hidden state is drawn as a point."""
NEVER = -1e4
"""Logit of padding, which is no item."""


class SessionLook:
    """One session (time,) of a recommender.

    `answer` (time, symbol): probability of each next item. `state` (time, unit): the hidden state.
    `mattered` (time,): how far the expectation after the last click changes when a click is left out,
    from 0 to 1. `visitors` (VISITORS, unit): states after the last click of held-out sessions.
    `attention` (layer, head, query, key) for a Transformer.
    """

    def __init__(self, session: Tensor) -> None:
        """session: (time,) symbols."""
        self.session = session

    @torch.no_grad()
    def __call__(self, network: Network, task: Task) -> Mapping[str, np.ndarray]:
        """Look."""
        expected = expectations(network(self.session[None])[0])
        sessions, last = visitors(task)
        states = last_layer_inputs(network, sessions[:, :-1])
        return {
            "answer": expected.numpy(),
            "state": last_layer_inputs(network, self.session[None])[0].numpy().copy(),
            "mattered": left_out(network, self.session, expected[-1]).numpy(),
            "visitors": states[torch.arange(len(sessions)), last].numpy().copy(),
            **attention_of(network, self.session),
        }


def expectations(logits: Tensor) -> Tensor:
    """Probabilities of the items, (..., symbol); padding gets 0."""
    logits = logits.clone()
    logits[..., 0] = NEVER
    return logits.softmax(-1)


def left_out(network: Network, session: Tensor, whole: Tensor) -> Tensor:
    """(time,) total variation between what is expected with each click and without it.

    whole: (symbol,) expectation after the whole session. A session of one click has nothing to compare
    with: all zeros.
    """
    steps = len(session)
    if steps < 2:
        return torch.zeros(steps)
    kept = ~torch.eye(steps, dtype=torch.bool)
    shorter = session.expand(steps, -1)[kept].view(steps, steps - 1)
    without = expectations(network(shorter)[:, -1])
    return (without - whole).abs().sum(-1) / 2


def visitors(task: Clicks) -> tuple[Tensor, Tensor]:
    """Held-out sessions (n, time) and the place of the last click that has a next one, (n,)."""
    sessions = task.sessions_of(held_out=True)[:VISITORS]
    return sessions, (sessions != 0).sum(1) - 2


def tastes_of_visitors(task: Clicks) -> list[str]:
    """The likeliest taste of each of these visitors, by Bayes' rule over all their clicks (made shop)."""
    sessions, _ = visitors(task)
    found = []
    for session in sessions:
        clicks = [int(item) - 1 for item in session if item]
        found.append(shop.TASTES[int(shop.belief(clicks).sum(1).argmax())])
    return found


def last_items(task: Clicks) -> list[str]:
    """The item that each of these visitors clicked last: what an own shop's points are named by."""
    sessions, last = visitors(task)
    return [task.symbols[int(session[place])] for session, place in zip(sessions, last, strict=True)]


def departments(expected: np.ndarray) -> np.ndarray:
    """(..., department): the part of an expectation (..., symbol) on each, everyday goods last."""
    items = expected[..., 1:]
    size = len(next(iter(shop.DEPARTMENTS.values())))
    counts = [size] * len(shop.TASTES) + [len(shop.EVERYDAY)]
    return np.stack([part.sum(-1) for part in np.split(items, np.cumsum(counts)[:-1], -1)], -1)


def exact_departments(session: Tensor) -> np.ndarray:
    """(time, department): the same of somebody who knows how the made shop works."""
    return departments(best_possible(session[None])[0].numpy())


def rules(task: Clicks, session: Tensor) -> dict[str, np.ndarray]:
    """What each simple rule expects after the whole session, (symbol,), from the training sessions."""
    sessions, items = task.sessions_of(held_out=False), len(task.symbols)
    found = {
        "popularity": Popularity(sessions, items)(session[None])[0, -1],
        "first-order Markov": FirstOrderMarkov(sessions, items)(session[None])[0, -1],
    }
    if not task.upload:
        found["best possible"] = best_possible(session[None])[0, -1]
    return {name: (scores / scores.sum()).numpy() for name, scores in found.items()}


def rule_results(task: Clicks, n: int) -> dict[str, dict[str, float]]:
    """Recall at 5 and MRR of guessing and of every rule, on the `n` held-out sessions that training is
    measured on.
    """
    batch, sessions, items = task.held_out(n), task.sessions_of(held_out=False), len(task.symbols)
    calls = {
        "guessing": lambda inputs: torch.zeros(*inputs.shape, items),
        "popularity": Popularity(sessions, items),
        "first-order Markov": FirstOrderMarkov(sessions, items),
    }
    if not task.upload:
        calls["best possible"] = best_possible
    found = {name: ranking(call(batch.inputs), batch.targets, batch.counts) for name, call in calls.items()}
    return {
        name: {"recall_at_5": one.recall(TOP), "mean_reciprocal_rank": one.mean_reciprocal_rank}
        for name, one in found.items()
    }


def read_session(task: Clicks, text: str) -> Tensor:
    """A typed session, items divided by commas, as (time,) symbol numbers; an item may contain commas.

    Raises ValueError, naming the item, for one that the shop does not have.
    """
    places = {_plain(symbol): place for place, symbol in enumerate(task.symbols) if place}
    pieces = [piece for piece in _plain(text).split(", ") if piece]
    most = max(name.count(", ") for name in places) + 1
    found: list[int] = []
    while pieces:
        for size in range(min(most, len(pieces)), 0, -1):
            if (name := ", ".join(pieces[:size])) in places:
                found.append(places[name])
                del pieces[:size]
                break
        else:
            return task.encode(text)  # says what is wrong
    if not 0 < len(found) <= MOST_CLICKS:
        raise ValueError(f"wanted 1 to {MOST_CLICKS} items divided by commas, got {len(found)}")
    return torch.tensor(found)


def _plain(text: str) -> str:
    return re.sub(r"\s*,[\s,]*", ", ", text.strip(" ,").lower())
