"""Who waits for whom: every cell comes right after the last thing that it needs."""

import numpy as np
import pytest

from models.analysis import parallel
from models.analysis.waiting import ALL_AT_ONCE, DIAGONAL, ONE_BY_ONE, ORDERS, computed_by, ticks

WAYS = {
    ALL_AT_ONCE: ("transformer, all at once", "training"),
    DIAGONAL: ("gru", "training"),
    ONE_BY_ONE: ("lstm", "generating"),
}


def needs(order, layer, place, layers, length):
    """The cells whose results this one needs, from what each order means."""
    below = [(layer - 1, other) for other in range(length if order == ALL_AT_ONCE else 0) if layer]
    if order != ALL_AT_ONCE:
        below = [(layer - 1, place)] if layer else []
    before = [(layer, place - 1)] if order == DIAGONAL and place else []
    answer = [(layers - 1, place - 1)] if order == ONE_BY_ONE and place else []
    return below + before + answer


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize(("length", "layers"), [(1, 1), (7, 3), (4, 1), (2, 5)])
def test_a_cell_is_computed_one_tick_after_the_last_that_it_needs(order, length, layers):
    found = ticks(order, length, layers)
    assert found.shape == (layers, length)
    for layer, place in np.ndindex(layers, length):
        needed = needs(order, layer, place, layers, length)
        assert found[layer, place] == 1 + max((found[cell] for cell in needed), default=0)


@pytest.mark.parametrize("order", ORDERS)
def test_the_last_tick_is_the_chain_that_the_measurement_counts(order):
    way, mode = WAYS[order]
    assert ticks(order, 7, 3).max() == parallel._waits(way, mode, 7, 3)


def test_what_is_computed_stays_and_the_rest_is_empty():
    finished = ticks(DIAGONAL, 4, 2)
    past = computed_by(finished, 8)
    assert past.shape == (8, 2, 4)
    for moment, shown in enumerate(past, start=1):
        assert (np.isnan(shown) == (finished > moment)).all()
    assert np.array_equal(past[-1], finished)


def test_another_order_is_refused():
    with pytest.raises(
        ValueError, match="order: wanted one of all at once, diagonal, one by one, got 'back'"
    ):
        ticks("back", 3, 2)
