"""Recurrent networks: fused, explicit, torch.nn and textbook numpy all say the same."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn

from models.experiment import ModelConfig
from models.networks.recurrent import RecurrentNetwork
from models.trace import explicit, listening, record, replace
from tests.models.networks.recurrent_reference import RUN, Letters, Numbers, weights_of

torch.set_num_threads(1)
KINDS = ("rnn", "lstm", "gru")


def network_of(kind, task=None, scale=2.0, **settings):
    """A network with weights twice as large as at the start: gates as far from 1/2 as trained ones."""
    torch.manual_seed(3)
    network = RecurrentNetwork(ModelConfig(kind=kind, hidden=7, embedding=5, **settings), task or Letters())
    with torch.no_grad():
        for parameter in network.layers.parameters():
            parameter.mul_(scale)
    return network


def letters(batch=3, time=11):
    return torch.randint(5, (batch, time), generator=torch.Generator().manual_seed(1))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("layers, bidirectional", [(1, False), (3, False), (2, True)])
def test_fused_step_by_step_and_all_at_once_agree(kind, layers, bidirectional):
    network = network_of(kind, layers=layers, bidirectional=bidirectional)
    fused = network(letters())
    with explicit(network):
        stepwise = network(letters())
        with torch.no_grad():
            whole = network(letters())
    torch.testing.assert_close(stepwise, fused, atol=1e-5, rtol=0)
    torch.testing.assert_close(whole, fused, atol=1e-5, rtol=0)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("layers, bidirectional", [(1, False), (3, True)])
@pytest.mark.parametrize("with_gradients", [True, False])
def test_equals_torch_nn_with_the_same_weights(kind, layers, bidirectional, with_gradients):
    network = network_of(kind, layers=layers, bidirectional=bidirectional)
    theirs = getattr(nn, kind.upper())(5, 7, layers, bidirectional=bidirectional, batch_first=True)
    weights = {}
    for number, layer in enumerate(network.layers):
        for name, value in layer.named_parameters():
            direction = "_reverse" if name.startswith("backward.") else ""
            weights[name.removeprefix("backward.").replace("_l0", f"_l{number}{direction}")] = value
    theirs.load_state_dict(weights)
    with torch.set_grad_enabled(with_gradients):
        expected = network.to_logits(theirs(network.embed(letters()))[0])
        torch.testing.assert_close(network(letters()), expected, atol=1e-5, rtol=0)


@pytest.mark.parametrize("nonlinearity", ["tanh", "relu", "linear"])
def test_plain_recurrence_with_each_nonlinearity_equals_numpy(nonlinearity):
    network = network_of("rnn", scale=1.0, nonlinearity=nonlinearity)
    function = {"tanh": np.tanh, "relu": lambda x: np.maximum(x, 0), "linear": lambda x: x}[nonlinearity]
    embedded = network.embed(letters()).detach().double().numpy()
    expected = RUN["rnn"](weights_of(network.layers[0]), embedded[1], function=function)["hidden_state"]
    with listening(network, ["layers.0.hidden_state"]) as kept:
        network(letters())
    stepwise = torch.stack(kept["layers.0.hidden_state"])[:, 1].detach().numpy()
    whole = record(network, letters())["layers.0.hidden_state"][:, 1]
    np.testing.assert_allclose(stepwise, expected, atol=1e-5)
    np.testing.assert_allclose(whole, expected, atol=1e-5)
    logits = expected @ network.to_logits.weight.detach().numpy().T + network.to_logits.bias.detach().numpy()
    np.testing.assert_allclose(network(letters())[1].detach(), logits, atol=1e-5)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("bidirectional", [False, True])
def test_recorded_gates_equal_numpy(kind, bidirectional):
    network = network_of(kind, bidirectional=bidirectional)
    trace = record(network, letters(), Letters().decode)
    layer = network.layers[0]
    for sequence in range(3):
        embedded = trace.sequence("embedding", sequence)
        for name, values in RUN[kind](weights_of(layer), embedded).items():
            np.testing.assert_allclose(trace.sequence(f"layers.0.{name}", sequence), values, atol=1e-5)
        if bidirectional:
            for name, values in RUN[kind](weights_of(layer.backward), embedded[::-1]).items():
                seen = trace.sequence(f"layers.0.backward.{name}", sequence)
                np.testing.assert_allclose(seen, values[::-1], atol=1e-5)
    assert trace.tokens[0] == Letters().decode(letters()[0])


@pytest.mark.parametrize("kind", KINDS)
def test_every_array_of_a_trace_is_time_by_batch_by_unit(kind):
    network = network_of(kind, layers=2, bidirectional=True)
    trace = record(network, letters(batch=3, time=11))
    for name, array in trace.arrays.items():
        assert trace.axes[name] == ("time", "batch", "unit")
        assert array.shape == (11, 3, 5 if name in ("embedding", "logits") else 7), name
    names = {"lstm": 6, "gru": 4, "rnn": 1}
    assert len(trace.arrays) == 2 + 2 * 2 * names[kind]
    np.testing.assert_allclose(trace["logits"].swapaxes(0, 1), trace.output)


CHANGES = {
    "shut": (torch.zeros_like, np.zeros_like, None, None),
    "held open": (torch.ones_like, np.ones_like, None, None),
    "shut at two steps": (torch.zeros_like, np.zeros_like, [2, 5], None),
    "one unit shut": (torch.zeros_like, np.zeros_like, None, [4]),
    "two units open at one step": (torch.ones_like, np.ones_like, [3], [0, 6]),
}


def in_numpy(tap, function, steps, units):
    """The same change for the reference."""

    def change(name, step, value):
        if name != tap or (steps is not None and step not in steps):
            return value
        here = np.isin(np.arange(len(value)), units) if units is not None else np.ones(len(value), bool)
        return np.where(here, function(value), value)

    return change


@pytest.mark.parametrize("how", CHANGES)
@pytest.mark.parametrize(
    "kind, tap",
    [
        ("lstm", "forget_gate"),
        ("lstm", "cell_state"),
        ("lstm", "hidden_state"),
        ("gru", "update_gate"),
        ("gru", "reset_gate"),
        ("gru", "hidden_state"),
        ("rnn", "hidden_state"),
    ],
)
def test_a_replaced_value_changes_what_follows_as_in_numpy(kind, tap, how):
    ours, theirs, steps, units = CHANGES[how]
    network = network_of(kind)
    with replace(network, f"layers.0.{tap}", ours, steps=steps, units=units):
        trace = record(network, letters())
    change = in_numpy(tap, theirs, steps, units)
    expected = RUN[kind](weights_of(network.layers[0]), trace.sequence("embedding", 2), change)
    for name, values in expected.items():
        np.testing.assert_allclose(trace.sequence(f"layers.0.{name}", 2), values, atol=1e-5)
    untouched = record(network, letters())
    assert np.abs(untouched.output - trace.output).max() > 1e-3


def test_replacing_in_the_backward_direction_counts_steps_as_the_reader_does():
    network = network_of("gru", bidirectional=True)
    with replace(network, "layers.0.backward.hidden_state", torch.zeros_like, steps=[9]):
        trace = record(network, letters())
    change = in_numpy("hidden_state", np.zeros_like, [1], None)
    backward = network.layers[0].backward
    expected = RUN["gru"](weights_of(backward), trace.sequence("embedding", 0)[::-1], change)["hidden_state"]
    seen = trace.sequence("layers.0.backward.hidden_state", 0)
    np.testing.assert_allclose(seen, expected[::-1], atol=1e-5)


def test_numbers_go_straight_into_the_first_layer():
    network = network_of("lstm", Numbers())
    values = torch.randn(4, 6, 3, generator=torch.Generator().manual_seed(0))
    assert network(values).shape == (4, 6, 2)
    np.testing.assert_allclose(record(network, values)["embedding"], values.transpose(0, 1))
    assert not any("embed" in name for name, _ in network.named_parameters())


def test_a_state_carried_over_continues_the_sequence():
    for kind in KINDS:
        cell = network_of(kind).layers[0]
        inputs = torch.randn(9, 2, 5, generator=torch.Generator().manual_seed(0))
        together, last = cell(inputs)
        first, state = cell(inputs[:4])
        second, end = cell(inputs[4:], state)
        torch.testing.assert_close(torch.cat([first, second]), together, atol=1e-5, rtol=0)
        torch.testing.assert_close(end, last, atol=1e-5, rtol=0)


@pytest.mark.parametrize("forget_bias", [-1.0, 0.0, 3.0])
def test_the_forget_gate_starts_with_its_bias(forget_bias):
    layer = RecurrentNetwork(ModelConfig(kind="lstm", hidden=9, forget_bias=forget_bias), Letters()).layers[0]
    total = (layer.bias_ih_l0 + layer.bias_hh_l0).detach()
    assert torch.equal(total[9:18], torch.full((9,), forget_bias))
    others = torch.cat([total[:9], total[18:]])
    assert others.std() > 0.1 and others.abs().max() <= 2 / 3


@pytest.mark.parametrize("kind", KINDS)
def test_a_recurrence_starts_as_asked(kind):
    def recurrent(start, gain):
        config = ModelConfig(kind=kind, hidden=6, start=start, gain=gain)
        return RecurrentNetwork(config, Letters()).layers[0]

    for block in recurrent("identity", 0.5).weight_hh_l0.detach().chunk(recurrent("default", 1).blocks):
        assert torch.equal(block, 0.5 * torch.eye(6))
    for block in recurrent("orthogonal", 1.3).weight_hh_l0.detach().chunk(recurrent("default", 1).blocks):
        torch.testing.assert_close(block @ block.T, 1.69 * torch.eye(6), atol=1e-5, rtol=0)
    bound = 6**-0.5
    assert 0.8 * bound < recurrent("default", 1.0).weight_hh_l0.abs().max() <= bound
    assert 1.6 * bound < recurrent("default", 2.0).weight_hh_l0.abs().max() <= 2 * bound


def test_identity_start_is_an_irnn():
    config = ModelConfig(kind="rnn", hidden=40, nonlinearity="relu", start="identity")
    layer = RecurrentNetwork(config, Letters()).layers[0]
    assert not layer.bias_ih_l0.any() and not layer.bias_hh_l0.any()
    assert 0.04 < layer.weight_ih_l0.std() < 0.06


def test_dropout_only_while_training():
    network = network_of("gru", dropout=0.5)
    network.train()
    assert not torch.equal(network(letters()), network(letters()))
    network.eval()
    assert torch.equal(network(letters()), network(letters()))


def test_another_kind_is_refused():
    with pytest.raises(ValueError, match="wanted rnn, lstm or gru, got 'transformer'"):
        RecurrentNetwork(ModelConfig(kind="transformer"), Letters())


def test_a_trace_does_not_change_with_its_inputs():
    network = network_of("gru", Numbers())
    values = torch.randn(2, 4, 3, generator=torch.Generator().manual_seed(0))
    trace = record(network, values)
    before = {name: array.copy() for name, array in trace.arrays.items()}
    values.zero_()
    for name, array in trace.arrays.items():
        np.testing.assert_array_equal(array, before[name])
