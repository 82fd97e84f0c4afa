"""The shop, its sessions, and ranks."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from models.tasks import library, shop
from models.tasks.clicks import Clicks, mean_reciprocal_rank, places_of_truth, recall


@pytest.fixture
def own():
    rows = "".join(f"{i},bread\n{i},butter\n{i},{'jam' if i % 2 else 'ham'}\n" for i in range(50))
    before = list(library._resolvers)
    library.use({"own": "session,item\n" + rows}.__getitem__)
    yield
    library._resolvers[:] = before


def test_preferences_are_probabilities_and_sessions_follow_them():
    table = shop.preferences()
    np.testing.assert_allclose(table.sum(-1), 1)
    counted = np.bincount([i for session in shop.draw_sessions(4000, 1) for i in session], minlength=42)
    np.testing.assert_allclose(counted / counted.sum(), table.mean((0, 1)), atol=0.004)


def test_belief_finds_the_taste_and_everyday_goods_say_nothing():
    places = {item: place for place, item in enumerate(shop.ITEMS)}
    belief = shop.belief([places[i] for i in ("tent", "sled", "sleeping bag")])
    assert belief.argmax() == 1 and belief.max() > 0.9, "camping in winter"
    np.testing.assert_allclose(shop.belief([places["socks"]]), 1 / 12)
    assert shop.best_scores([places["tent"]]).sum() == pytest.approx(1)


def test_targets_are_the_next_clicks_and_parts_do_not_mix():
    task = Clicks(sessions=200)
    batch = task.sample(50, torch.Generator().manual_seed(0))
    assert (batch.inputs[:, 1:] == batch.targets[:, :-1]).all()
    assert (batch.counts == (batch.targets != 0)).all()
    assert len(task.sessions_of(held_out=False)) == 200
    assert task.decode(task.encode("Tent, socks")) == ["tent", "socks"]
    with pytest.raises(ValueError, match="got 'rocket'"):
        task.encode("tent, rocket")


def test_own_sessions_come_from_a_csv(own):
    task = Clicks(upload="own")
    assert set(task.symbols[1:]) == {"bread", "butter", "jam", "ham"}
    assert len(task.sessions_of(held_out=True)) == 10
    assert task.chance == pytest.approx(0.5)
    assert task.example().startswith("bread, butter")


@given(
    st.integers(2, 9).flatmap(
        lambda n: st.tuples(st.lists(st.integers(0, 3), min_size=n, max_size=n), st.integers(1, n))
    ),
    st.integers(1, 9),
)
def test_recall_and_mrr_are_means_over_random_orders_of_ties(case, k):
    numbers, target = case
    scores = torch.tensor([[9.0, *map(float, numbers)]])
    places = places_of_truth(scores, torch.tensor([target]))
    own = numbers[target - 1]
    first = sum(n > own for n in numbers) + 1
    ranks = np.arange(first, first + sum(n == own for n in numbers))
    assert recall(places, k) == pytest.approx((ranks <= k).mean())
    assert mean_reciprocal_rank(places) == pytest.approx((1 / ranks).mean())
