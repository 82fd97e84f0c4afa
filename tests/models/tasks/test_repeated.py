import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from models.tasks.repeated import Repeated


@given(shortest=st.integers(2, 9), more=st.integers(0, 9), seed=st.integers(0, 1000))
def test_rows_repeat_after_their_period_and_are_scored_from_then_on(shortest, more, seed):
    task = Repeated(choices=50, shortest=shortest, longest=shortest + more, length=29)
    batch = task.sample(6, torch.Generator().manual_seed(seed))
    assert torch.equal(batch.inputs[:, 1:], batch.targets[:, :-1])
    for row, counts, period in zip(batch.inputs, batch.counts, task.periods(batch).tolist(), strict=True):
        assert shortest <= period <= shortest + more
        assert torch.equal(row[period:], row[:-period])
        assert counts.tolist() == [place >= period for place in range(29)]


def test_what_is_scored_can_be_known_by_copying_what_followed_last_time():
    task = Repeated()
    batch = task.sample(40, torch.Generator().manual_seed(0))
    for row, targets, period in zip(batch.inputs, batch.targets, task.periods(batch).tolist(), strict=True):
        assert torch.equal(targets[period:], row[1 : len(row) - period + 1])


def test_symbols_seen_before_are_marked():
    inputs = torch.tensor([[4, 2, 4, 4, 3, 2]])
    assert Repeated().events(inputs)["seen_before"].tolist() == [[0, 0, 1, 1, 0, 1]]


def test_a_row_that_never_repeats_is_refused():
    with pytest.raises(ValueError, match=r"longest: wanted 8 to 15 steps, got 16 steps"):
        Repeated(length=16, longest=16)
