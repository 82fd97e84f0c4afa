"""Interventions do what `replace` does, together, and leave the network alone afterwards."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from models.analysis.interventions import ACTIONS, Intervention, compare, outcome, reset_at
from models.experiment import ModelConfig
from models.networks.recurrent import RecurrentNetwork
from models.tasks.base import Batch
from models.trace import record
from tests.models.networks.recurrent_reference import Letters

torch.set_num_threads(1)


def network_of(kind="lstm", **settings):
    torch.manual_seed(2)
    return RecurrentNetwork(ModelConfig(kind=kind, hidden=7, embedding=5, **settings), Letters())


def batch_of(sequences=4, time=9):
    inputs, targets = torch.randint(5, (2, sequences, time), generator=torch.Generator().manual_seed(3))
    return Batch(inputs, targets, torch.ones(sequences, time, dtype=torch.bool))


@pytest.mark.parametrize("action", ACTIONS)
def test_each_action_changes_the_tap_as_its_name_says(action):
    shut = Intervention("layers.0.forget_gate", action, steps=(3, 4), units=(1, 6))
    comparison = compare(network_of(), Letters(), batch_of(), [shut])
    before, after = (side.trace["layers.0.forget_gate"] for side in (comparison.before, comparison.after))
    expected = {
        "zero": 0.0,
        "one": 1.0,
        "half": 0.5,
        "negate": -before[3][:, [1, 6]],
        "mean": before[3][:, [1, 6]].mean(axis=0),
    }
    np.testing.assert_allclose(after[3][:, [1, 6]], np.broadcast_to(expected[action], (4, 2)), atol=1e-6)
    others = [0, 2, 3, 4, 5]
    np.testing.assert_allclose(after[3][:, others], before[3][:, others], atol=1e-6)
    np.testing.assert_allclose(after[:3], before[:3], atol=1e-6)
    assert np.abs(comparison.after.logits[:, 3:] - comparison.before.logits[:, 3:]).max() > 1e-4


def test_the_network_is_as_before_afterwards():
    network, batch = network_of(), batch_of()
    before = record(network, batch.inputs).output
    comparison = compare(network, Letters(), batch, [Intervention("layers.0.input_gate", "zero")])
    np.testing.assert_array_equal(comparison.before.logits, before)
    np.testing.assert_array_equal(record(network, batch.inputs).output, before)
    assert comparison.before.metrics == Letters().metrics(torch.from_numpy(before), batch)
    assert comparison.after.metrics["loss"] != comparison.before.metrics["loss"]


def test_an_lstm_with_its_input_gate_shut_knows_nothing_of_its_input():
    logits = outcome(
        network_of(), Letters(), batch_of(), [Intervention("layers.0.input_gate", "zero")]
    ).logits
    np.testing.assert_allclose(logits, np.broadcast_to(logits[0, 0], logits.shape), atol=1e-6)


@pytest.mark.parametrize("kind", ["rnn", "lstm", "gru"])
def test_after_a_reset_the_network_begins_anew(kind):
    network, batch = network_of(kind, layers=2), batch_of()
    after = outcome(network, Letters(), batch, reset_at(network, 4))
    rest = Batch(batch.inputs[:, 5:], batch.targets[:, 5:], batch.counts[:, 5:])
    np.testing.assert_allclose(after.logits[:, 5:], outcome(network, Letters(), rest).logits, atol=1e-5)
    unbroken = outcome(network, Letters(), batch)
    np.testing.assert_allclose(after.logits[:, :4], unbroken.logits[:, :4], atol=1e-5)
    assert np.abs(after.logits[:, 5:] - unbroken.logits[:, 5:]).max() > 1e-4


def test_several_interventions_hold_together():
    network, batch = network_of("gru"), batch_of()
    both = [Intervention("layers.0.update_gate", "zero"), Intervention("layers.0.reset_gate", "one")]
    trace = outcome(network, Letters(), batch, both).trace
    assert (trace["layers.0.update_gate"] == 0).all() and (trace["layers.0.reset_gate"] == 1).all()
    np.testing.assert_allclose(trace["layers.0.hidden_state"], trace["layers.0.candidate"], atol=1e-6)


def test_unknown_actions_and_taps_are_refused_by_name():
    with pytest.raises(ValueError, match="wanted one of zero, one, half, negate, mean, got 'explode'"):
        Intervention("layers.0.forget_gate", "explode")
    with pytest.raises(KeyError, match=r"no tap 'layers\.0\.forget_gate'; this network has"):
        outcome(network_of("gru"), Letters(), batch_of(), [Intervention("layers.0.forget_gate", "zero")])
