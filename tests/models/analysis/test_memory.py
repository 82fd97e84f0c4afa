import pytest
import torch
from torch import nn

from models.analysis.memory import accuracy_by_lag, at_lag, reach
from models.tasks import build_task


class ForgetsAfter(nn.Module):
    """Answers the first symbol, unless the question came more than `limit` fillers later."""

    def __init__(self, limit, choices):
        super().__init__()
        self.limit, self.choices = limit, choices

    def answer(self, batch):
        place = batch.counts.float().argmax(1)
        first = batch.inputs[:, 0]
        given = torch.where(place - 1 <= self.limit, first, (first + 1) % self.choices)
        logits = nn.functional.one_hot(given, self.choices).float()
        return logits.unsqueeze(1).expand(-1, batch.inputs.shape[1], -1)


@pytest.mark.parametrize("lags", ["fixed", "mixed"])
def test_accuracy_falls_exactly_where_the_network_forgets(lags):
    task = build_task("remember_first", lag=10, lags=lags, choices=3)
    network = ForgetsAfter(12, 3).train()
    found = accuracy_by_lag(network, task, (3, 12, 13, 40), sequences=20)
    assert found == {3: 1.0, 12: 1.0, 13: 0.0, 40: 0.0}
    assert network.training


def test_reach_ends_at_the_first_lag_that_fails():
    assert reach({1: 1.0, 5: 0.95, 9: 0.4, 20: 0.99}) == 5
    assert reach({4: 0.2}) == 0
    assert reach({20: 1.0, 3: 1.0}) == 20


@pytest.mark.parametrize(
    ("key", "setting"), [("copy_memory", "delay"), ("adding", "length"), ("temporal_order", "length")]
)
def test_each_task_is_stretched_by_its_own_setting(key, setting):
    assert getattr(at_lag(build_task(key), 33), setting) == 33


def test_other_settings_stay_and_symbols_do_not_change():
    task = build_task("remember_first", lag=10, lags="mixed", choices=3, fillers="same")
    there = at_lag(task, 77)
    assert (there.lag, there.lags, there.choices, there.fillers) == (77, "fixed", 3, "same")
    assert there.symbols == task.symbols


def test_tasks_without_a_lag_and_lags_out_of_bounds_are_refused():
    with pytest.raises(ValueError, match=r"wanted a task with a lag.*got 'equal_numbers'"):
        at_lag(build_task("equal_numbers"), 5)
    with pytest.raises(ValueError, match=r"lag: wanted .* from 1 to 200 steps, got 500"):
        at_lag(build_task("remember_first"), 500)
