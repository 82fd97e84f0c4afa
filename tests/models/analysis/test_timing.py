"""Costs of recurrent networks: counts against formulas, both kernels on equal gradients; no times."""

import pytest
import torch

from models.analysis import timing
from models.analysis.timing import OURS, TORCH, update_costs
from models.experiment import CELLS, ModelConfig
from models.networks import build_network
from models.tasks import build_task

TASK = build_task("remember_first", lag=4)
CONFIG = ModelConfig("gru", hidden=7, embedding=5)


def test_counts_obey_the_formulas():
    for cost, blocks in zip(
        update_costs(TASK, CONFIG, CELLS, batch_size=3, rounds=1), (1, 4, 3), strict=True
    ):
        assert cost.recurrent_parameters == blocks * 7 * (5 + 7 + 2)
        assert cost.multiplications == blocks * 7 * (5 + 7)
        rest = 5 * len(TASK.symbols) + 8 * len(TASK.answers)
        assert cost.parameters == cost.recurrent_parameters + rest


def test_an_lstm_runs_through_torch_alone_and_the_others_through_both():
    costs = {cost.kind: cost for cost in update_costs(TASK, CONFIG, CELLS, batch_size=3, rounds=2)}
    assert set(costs["lstm"].seconds) == {TORCH}
    assert set(costs["gru"].seconds) == set(costs["rnn"].seconds) == {OURS, TORCH}
    assert all(seconds > 0 for cost in costs.values() for seconds in cost.seconds.values())


@pytest.mark.parametrize("kind", ["rnn", "gru"])
def test_each_kernel_is_the_one_that_runs(kind, monkeypatch):
    calls = []
    name = "rnn_tanh" if kind == "rnn" else "gru"
    original = getattr(torch, name)
    monkeypatch.setattr(torch, name, lambda *args: calls.append(name) or original(*args))
    network = build_network(ModelConfig(kind, hidden=7, embedding=5), TASK)
    batch = TASK.sample(3, torch.Generator().manual_seed(0))
    timing._update(network, TASK, batch, TORCH)
    theirs = [parameter.grad.clone() for parameter in network.parameters()]
    assert calls == [name]
    timing._update(network, TASK, batch, OURS)
    assert calls == [name]
    for mine, other in zip(network.parameters(), theirs, strict=True):
        torch.testing.assert_close(mine.grad, other, atol=1e-5, rtol=1e-5)
