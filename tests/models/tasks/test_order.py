import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from models.tasks.order import Order


def rows(task, n=5, seed=0):
    return task.sample(n, torch.Generator().manual_seed(seed))


@given(length=st.integers(2, 17), choices=st.integers(2, 26), seed=st.integers(0, 1000))
def test_every_rule_by_hand(length, choices, seed):
    for rule in ("reverse", "shift", "count"):
        task = Order(rule=rule, length=length, choices=choices)
        batch = rows(task, 3, seed)
        assert batch.counts.all()
        for given_row, answer in zip(batch.inputs, batch.targets, strict=True):
            letters, said = task.decode(given_row), task.decode_answer(answer)
            wanted = {
                "reverse": letters[::-1],
                "shift": letters[:1] + letters[:-1],
                "count": [str(letters.count(letter)) for letter in letters],
            }[rule]
            assert said == wanted


@pytest.mark.parametrize("rule", ["reverse", "count"])
def test_the_stated_chance_is_what_the_best_constant_answer_gets(rule):
    task = Order(rule=rule, length=9, choices=5)
    targets = rows(task, 4000).targets
    best = torch.bincount(targets.flatten()).max().item() / targets.numel()
    assert abs(best - task.chance) < 0.02


def test_without_order_one_is_right_at_22_percent_of_the_places():
    # The mean of the largest of 12 multinomial counts of 16, over 16, with other draws.
    counts = torch.distributions.Multinomial(16, torch.ones(12)).sample((20_000,))
    assert abs(counts.max(1).values.mean().item() / 16 - Order().without_order) < 0.005
    assert 0.21 < Order().without_order < 0.23
    assert Order(rule="count").without_order == 1


def test_the_held_out_rows_are_the_same_every_time():
    assert torch.equal(Order().held_out(4).inputs, Order().held_out(4).inputs)
