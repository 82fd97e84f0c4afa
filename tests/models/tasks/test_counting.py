import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional

from models.tasks.counting import Brackets, EqualNumbers


@settings(deadline=None, max_examples=40)
@given(st.integers(2, 9), st.integers(0, 10**6))
def test_equal_numbers_are_equal_and_scored_after_the_first_b(most, seed):
    task = EqualNumbers(most=most)
    batch = task.sample(7, torch.Generator().manual_seed(seed))
    for ids, targets, counts in zip(batch.inputs, batch.targets, batch.counts, strict=True):
        tokens = task.decode(ids)
        n = tokens.count("a")
        assert tokens == (["<"] + ["a"] * n + ["b"] * n + [">"] * 2 * most)[: 2 * most + 1]
        scored = task.decode_answer(targets[counts])
        assert scored == ["b"] * (n - 1) + [">"]
        assert counts.nonzero()[:, 0].tolist() == list(range(n + 1, 2 * n + 1))


def test_reach_is_the_last_number_before_the_first_mistake():
    task = EqualNumbers()

    def counts_to_seven(inputs):
        """Right for 1..7, then one b too few."""
        a, b = (inputs == 1).cumsum(1), (inputs == 2).cumsum(1)
        end = (b >= a.clamp(max=7)) & (b > 0)
        return functional.one_hot(torch.where(end, 3, 2), 4).float()

    assert task.reach(counts_to_seven, most=20) == 7
    assert task.reach(lambda inputs: functional.one_hot(_next(inputs), 4).float(), most=20) == 20
    assert task.reach(lambda inputs: torch.zeros(*inputs.shape, 4), most=20) == 0


def _next(inputs):
    a, b = (inputs == 1).cumsum(1), (inputs == 2).cumsum(1)
    return torch.where(a == b, 3, 2)


def test_the_count_is_what_is_still_owed():
    task = EqualNumbers()
    events = task.events(task.encode("< a a a b b").unsqueeze(0))
    assert events["count"][0].tolist() == [0, 1, 2, 3, 2, 1]


@settings(deadline=None, max_examples=40)
@given(st.integers(2, 9), st.integers(8, 40), st.integers(0, 10**6))
def test_brackets_stay_within_bounds_and_are_scored_where_one_can_follow(deepest, length, seed):
    task = Brackets(length=length, depth=deepest)
    batch = task.sample(6, torch.Generator().manual_seed(seed))
    steps = 1 - 2 * torch.cat((batch.inputs[:, :1], batch.targets), 1)
    depth = steps.cumsum(1)
    assert depth.min() >= 0 and depth.max() <= deepest
    now = depth[:, :-1]
    assert torch.equal(batch.counts, (now == 0) | (now == deepest))
    assert torch.equal(task.events(batch.inputs)["depth"], now.float())


def test_unforced_brackets_are_equally_likely():
    task = Brackets(length=41, depth=5)
    batch = task.sample(3000, torch.Generator().manual_seed(3))
    assert batch.targets[~batch.counts].float().mean().item() == pytest.approx(0.5, abs=0.01)


def test_impossible_brackets_are_refused():
    with pytest.raises(ValueError, match="wanted depths from 0 to 6, got -1"):
        Brackets().encode("())")
    with pytest.raises(ValueError, match="wanted depths from 0 to 6, got 1 to 7"):
        Brackets().encode("(((((((")
