"""Recommenders against counting by hand and against Bayes' rule done slowly."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from models.analysis.ranking import (
    FirstOrderMarkov,
    Popularity,
    best_possible,
    compare_recommenders,
    recommend,
)
from models.experiment import ModelConfig
from models.networks import build_network
from models.tasks import shop
from models.tasks.clicks import Clicks

SESSIONS = torch.tensor([[1, 2, 3, 0], [1, 2, 0, 0], [2, 3, 3, 1]])


def test_popularity_counts_next_clicks():
    scores = Popularity(SESSIONS, 4)(torch.tensor([[1, 3]]))
    assert scores.shape == (1, 2, 4)
    assert scores[0, 1].tolist() == [0, 1, 2, 3]


def test_markov_counts_what_follows_and_breaks_ties_by_popularity():
    scores = FirstOrderMarkov(SESSIONS, 4)(torch.tensor([[1, 2, 3]]))
    assert scores[0].floor().tolist() == [[0, 0, 2, 0], [0, 0, 0, 2], [0, 1, 0, 1]]
    assert scores[0, 2, 3] > scores[0, 2, 1]


def test_the_best_possible_scores_are_bayes_rule_click_by_click():
    task = Clicks(sessions=60)
    clicks = task.sessions_of(held_out=True)[:2, :5]
    scores = best_possible(clicks)
    assert (scores[..., 0] == 0).all()
    for row in range(2):
        for end in range(1, 5):
            if clicks[row, end - 1] == 0:
                continue
            slowly = shop.best_scores((clicks[row, :end] - 1).tolist())
            np.testing.assert_allclose(scores[row, end - 1, 1:], slowly, atol=1e-9)


def test_knowing_the_shop_beats_the_last_click_and_that_beats_popularity():
    found = compare_recommenders(None, Clicks(sessions=2000))
    recalls = [found[name].recall(5) for name in ("popularity", "first-order Markov", "best possible")]
    assert recalls == sorted(recalls) and recalls[2] > recalls[0] + 0.1
    ranks = [ranking.mean_reciprocal_rank for ranking in found.values()]
    assert ranks == sorted(ranks)


def test_recommendations_are_items_with_probabilities():
    torch.manual_seed(0)
    task = Clicks(sessions=60)
    network = build_network(ModelConfig(kind="gru", hidden=6), task)
    best = recommend(network, task, task.encode("tent, socks"), 42)
    assert {item for item, _ in best} == set(shop.ITEMS)
    assert sum(p for _, p in best) == pytest.approx(1, abs=1e-5)
    assert [p for _, p in best] == sorted((p for _, p in best), reverse=True)
