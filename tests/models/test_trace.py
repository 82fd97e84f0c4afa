"""What record and replace promise, on modules small enough to know every value."""

import numpy as np
import pytest
import torch
from torch import nn

from models.experiment import ModelConfig
from models.networks import build_network
from models.tap import Tap
from models.tasks.base import Batch
from models.tasks.translation import ReverseSequence
from models.trace import record, replace

B, T, K = 3, 5, 4
TASK = ReverseSequence(longest=7, letters=4)


class Steps(nn.Module):
    """Shows 1000 * step + number to a tap, whole or step by step in any order."""

    def __init__(self, axes, order=None):
        super().__init__()
        self.value, self.order = Tap(*axes), order
        shape = [{"batch": B, "time": T, "query": T, "key": K, "head": 2}[axis] for axis in axes]
        numbers = torch.arange(float(np.prod(shape))).reshape(shape)
        self.along = axes.index(self.value.stepping)
        steps = torch.arange(shape[self.along]).reshape(
            [-1 if i == self.along else 1 for i in range(len(axes))]
        )
        self.whole = 1000.0 * steps + numbers

    def forward(self, inputs):
        if self.order is None:
            return self.value(self.whole + 0)
        seen = {step: self.value(self.whole.select(self.along, step), step) for step in self.order}
        return torch.stack([seen[step] for step in sorted(seen)], self.along)


AXES = [("time", "batch", "key"), ("batch", "query", "key"), ("batch", "head", "query", "key")]


@pytest.mark.parametrize("axes", AXES, ids="-".join)
@pytest.mark.parametrize("order", [None, [0, 1, 2, 3, 4], [4, 3, 2, 1, 0], [2, 0, 4, 1, 3]], ids=str)
def test_steps_stand_in_order_of_time_along_the_axis_they_lack(axes, order):
    network = Steps(axes, order)
    trace = record(network, torch.zeros(B, 1))
    assert trace.axes["value"] == axes
    np.testing.assert_array_equal(trace["value"], network.whole)
    np.testing.assert_array_equal(
        trace.sequence("value", 2), network.whole.select(axes.index("batch"), 2).numpy()
    )


def test_a_tap_with_time_and_query_steps_in_time():
    assert Tap("time", "query", "key").stepping == "time"
    assert Tap("batch", "query", "key").stepping == "query"


@pytest.mark.parametrize("axes", AXES, ids="-".join)
@pytest.mark.parametrize("stepwise", [False, True])
def test_a_replacement_reaches_the_chosen_steps_and_units_only(axes, stepwise):
    network = Steps(axes, range(T) if stepwise else None)
    units = "head" if "head" in axes else axes[-1]
    chosen = np.zeros(network.whole.shape, dtype=bool)
    place = [slice(None)] * len(axes)
    place[network.along], place[axes.index(units)] = [1, 3], slice(1, 2)
    chosen[tuple(place)] = True
    with replace(network, "value", lambda value: value * 0 - 1, steps=[1, 3], units=[1]):
        trace = record(network, torch.zeros(B, 1))
    np.testing.assert_array_equal(trace["value"], np.where(chosen, -1, network.whole))
    np.testing.assert_array_equal(trace.output, trace["value"])
    np.testing.assert_array_equal(record(network, torch.zeros(B, 1))["value"], network.whole)


@pytest.mark.parametrize("attention", ["additive", "general"])
def test_free_running_leaves_the_trace_of_being_given_its_own_answer(attention):
    torch.manual_seed(3)
    config = ModelConfig(kind="seq2seq", cell="gru", hidden=6, embedding=5, attention=attention)
    network = build_network(config, TASK).eval()
    inputs = TASK.sample(B, torch.Generator().manual_seed(2)).inputs
    free = record(network, inputs)
    ids = torch.tensor(free.output).argmax(-1)
    own = Batch(inputs, ids, torch.ones_like(ids, dtype=torch.bool))
    given = record(network, inputs, run=lambda: network.answer(own))
    assert free["query"].shape == (B, ids.shape[1], 6)
    for name in ("query", "key", "score", "attention", "context", "logits", "decoder.hidden_state"):
        assert free.axes[name] == given.axes[name]
        np.testing.assert_allclose(free[name], given[name], atol=1e-5)


def test_an_answer_of_one_symbol_has_one_query():
    network = build_network(ModelConfig(kind="seq2seq", hidden=6, attention="dot"), TASK).eval()
    with torch.no_grad():
        network.to_logits.bias[network.end] = 100.0
    trace = record(network, TASK.sample_of_lengths(torch.tensor([2, 5, 3]), torch.Generator()).inputs)
    assert trace["attention"].shape == trace["score"].shape == (3, 1, 5)
    assert trace["query"].shape == (3, 1, 6)
    assert trace["decoder.hidden_state"].shape == (1, 3, 6)


class Shown(nn.Module):
    """Shows its weight and its input to taps."""

    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(2, 3))
        self.kept, self.read = Tap("batch", "unit"), Tap("batch", "unit")

    def forward(self, inputs):
        if inputs.dim() != 2:
            raise RuntimeError("no")
        return self.kept(self.weight) + self.read(inputs)


def test_a_trace_does_not_change_with_the_weights_or_the_inputs():
    network, inputs = Shown(), torch.ones(2, 3)
    trace = record(network, inputs)
    with torch.no_grad():
        network.weight.fill_(7.0)
        inputs.fill_(7.0)
    assert (trace["kept"] == 1).all()
    assert (trace["read"] == 1).all()
    assert (trace.output == 2).all()


@pytest.mark.parametrize("training", [False, True])
def test_recording_and_replacing_leave_no_mark(training):
    network = Shown().train(training)
    record(network, torch.ones(2, 3))
    assert network.training is training
    with pytest.raises(RuntimeError, match="no"):
        record(network, torch.ones(3))
    assert network.training is training
    with pytest.raises(RuntimeError, match="no"), replace(network, "kept", torch.zeros_like):
        network(torch.ones(3))
    assert not (network.kept.listeners or network.kept.replacements or network.kept.replaced)


def test_unknown_taps_are_named():
    with pytest.raises(KeyError, match=r"no tap 'gate'; this network has .*'kept', 'read'"):
        record(Shown(), torch.ones(2, 3), names=["gate"])
    with pytest.raises(KeyError, match="no tap 'gate'"), replace(Shown(), "gate", torch.zeros_like):
        pass
    with pytest.raises(KeyError, match=r"no tap 'kept'; this trace has \['read'\]"):
        record(Shown(), torch.ones(2, 3), names=["read"])["kept"]
