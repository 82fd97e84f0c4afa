import pytest
import torch

from models.tasks.remember_first import RememberFirst


def batch_of(task, n=200):
    return task.sample(n, torch.Generator().manual_seed(5))


@pytest.mark.parametrize("fillers", ["other", "same"])
@pytest.mark.parametrize("lags", ["fixed", "mixed"])
def test_the_answer_is_the_first_symbol_at_the_question(lags, fillers):
    task = RememberFirst(lag=9, lags=lags, choices=5, fillers=fillers)
    batch = batch_of(task)
    assert torch.equal(batch.targets[batch.counts], batch.inputs[:, 0])
    assert (batch.counts.sum(1) == 1).all()
    for ids, counts in zip(batch.inputs, batch.counts, strict=True):
        tokens, place = task.decode(ids), int(counts.nonzero())
        assert tokens[place] == "?" and tokens.count("?") == 1
        assert set(tokens[place + 1 :]) <= {"."}
        between = set(tokens[1:place])
        assert between <= (set("abcde") if fillers == "same" else set("klmnopqrstuvwxyz"))


def test_lags_are_fixed_or_cover_everything_up_to_the_largest():
    fixed, mixed = (RememberFirst(lag=6, lags=lags) for lags in ("fixed", "mixed"))
    assert set((batch_of(fixed).counts.nonzero()[:, 1] - 1).tolist()) == {6}
    assert set((batch_of(mixed, 400).counts.nonzero()[:, 1] - 1).tolist()) == set(range(1, 7))


def test_padding_is_the_symbol_after_the_question():
    task = RememberFirst(lag=6, lags="mixed", choices=3)
    assert task.symbols[task.padding] == "."


def test_events_name_the_symbol_that_is_to_be_remembered():
    task = RememberFirst(lag=4)
    ids = task.encode("c k l m n ?").unsqueeze(0)
    events = {name: track[0].tolist() for name, track in task.events(ids).items()}
    assert events["store"] == [1, 0, 0, 0, 0, 0]
    assert events["hold"] == [0, 1, 1, 1, 1, 0]
    assert events["question"] == [0, 0, 0, 0, 0, 1]
    assert events["first is c"] == [1] * 6
    assert events["first is a"] == [0] * 6


def test_a_lag_out_of_bounds_is_refused():
    with pytest.raises(ValueError, match="lag: wanted a whole number from 1 to 200 steps, got 201"):
        RememberFirst(lag=201)
