"""Gradients through time against finite differences and the exact law; connectivity against its meaning."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch.nn import functional

from models.analysis.gradients import connectivity, gradient_law, gradient_through_time, one_step
from models.experiment import ModelConfig
from models.looks_recurrent import scored_together
from models.networks import build_network
from models.networks.recurrent import RecurrentNetwork
from models.tasks import build_task
from models.tasks.base import Batch
from models.trace import replace
from tests.models.networks.recurrent_reference import Letters, Numbers

torch.set_num_threads(1)


def network_of(seed=0, task=None, **settings):
    torch.manual_seed(seed)
    return RecurrentNetwork(ModelConfig(**settings), task or Letters())


def batch_of(sequences, time, scored, seed=4):
    generator = torch.Generator().manual_seed(seed)
    inputs, targets = torch.randint(5, (2, sequences, time), generator=generator)
    counts = torch.zeros(sequences, time, dtype=torch.bool)
    counts[:, scored] = True
    return Batch(inputs, targets, counts)


@pytest.mark.parametrize("gain", [0.5, 0.9, 1.0, 1.1, 1.5])
def test_a_linear_recurrence_obeys_the_law_to_a_hundred_thousandth(gain):
    network = network_of(kind="rnn", hidden=33, nonlinearity="linear", start="orthogonal", gain=gain)
    batch = batch_of(4, 60, [59])
    sizes = gradient_through_time(network, Letters(), batch)[0]
    distance = np.arange(60)[::-1]
    np.testing.assert_allclose(sizes / sizes[-1], gain**distance, rtol=1e-5)
    np.testing.assert_allclose(gradient_law(gain, 60), gain**distance, rtol=1e-10)


@pytest.mark.parametrize("gain", [0.5, 1.0, 2.0])
def test_a_fresh_linear_network_obeys_the_law_from_its_answer_back(gain):
    """What the page says of an orthogonal start and the initial gain: vanishing, steady, exploding."""
    task = build_task("remember_first", lag=15)
    config = ModelConfig("rnn", hidden=32, nonlinearity="linear", start="orthogonal", gain=gain)
    sizes = gradient_through_time(build_network(config, task), task, scored_together(task)[0])[0]
    np.testing.assert_allclose(sizes / sizes[-1], gain ** np.arange(len(sizes) - 1, -1.0, -1.0), rtol=1e-4)


def test_a_fresh_plain_rnn_hears_little_across_fifteen_steps_and_enough_across_three():
    for seed in range(5):
        torch.manual_seed(seed)
        left = {}
        for lag in (3, 15):
            task = build_task("remember_first", lag=lag)
            network = build_network(ModelConfig("rnn", hidden=32), task)
            sizes = gradient_through_time(network, task, scored_together(task)[0])[0]
            left[lag] = sizes[0] / sizes[-1]
        assert left[15] < 1e-3 < 0.02 < left[3]


def test_a_tanh_shrinks_gradients_below_the_law():
    for seed in range(5):
        linear = np.log(gradient_law(1.0, 60, seed=seed))
        tanh = np.log(gradient_law(1.0, 60, nonlinearity="tanh", seed=seed))
        assert abs(linear[0]) < 1e-9
        assert tanh[0] < -5
        assert np.log(gradient_law(1.5, 60, nonlinearity="tanh", seed=seed))[0] > tanh[0]


def test_a_relu_lets_about_half_of_the_units_through():
    sizes = gradient_law(1.0, 3, nonlinearity="relu", units=160)
    assert sizes[-1] == 1
    assert 0.6 < sizes[-2] < 0.8  # the root of a half


@pytest.mark.parametrize("kind", ["rnn", "lstm", "gru"])
@pytest.mark.parametrize("position", [None, 5])
def test_sizes_equal_finite_differences(kind, position):
    network = network_of(kind=kind, hidden=6, embedding=4, layers=2).double()
    batch = batch_of(2, 9, [5, 7])
    sizes = gradient_through_time(network, Letters(), batch, position=position)
    assert sizes.shape == (2, 9)
    scored = 7 if position is None else position
    assert (sizes[:, scored + 1 :] == 0).all() and (sizes[:, : scored + 1] > 0).all()

    def loss_of_each(layer, step, unit, by):
        def nudge(value):
            nudged = value.clone()
            nudged[:, unit] += by
            return nudged

        with torch.no_grad(), replace(network, f"layers.{layer}.hidden_state", nudge, steps=[step]):
            logits = network(batch.inputs)[:, scored]
        return functional.cross_entropy(logits, batch.targets[:, scored], reduction="none")

    for layer, step in ((0, 2), (0, 5), (1, 3), (1, 5)):
        slopes = [
            (loss_of_each(layer, step, u, 1e-5) - loss_of_each(layer, step, u, -1e-5)) / 2e-5
            for u in range(6)
        ]
        expected = torch.stack(slopes).norm(dim=0).mean().item()
        np.testing.assert_allclose(sizes[layer, step], expected, rtol=1e-5)


def test_what_a_fresh_network_sends_back_over_fifty_steps():
    """Sizes of science page 1.3, at twice their spread: RNN dies first, a forget bias of 3 keeps most."""
    batch = batch_of(16, 51, [50])

    def kept(**settings):
        ratios = []
        for seed in range(5):
            sizes = gradient_through_time(network_of(seed, hidden=32, **settings), Letters(), batch)[0]
            ratios.append(sizes[0] / sizes[-1])
        return np.array(ratios)

    assert (kept(kind="rnn") < 1e-9).all()
    assert (kept(kind="lstm", forget_bias=0.0) < 1e-7).all()
    assert ((kept(kind="lstm", forget_bias=1.0) > 1e-7) & (kept(kind="lstm", forget_bias=1.0) < 1e-2)).all()
    assert (kept(kind="lstm", forget_bias=3.0) > 0.02).all()


def test_the_cell_state_may_be_asked_for_and_a_missing_one_is_named():
    batch = batch_of(2, 6, [5])
    lstm = gradient_through_time(network_of(kind="lstm", hidden=5), Letters(), batch, tap="cell_state")
    assert lstm.shape == (1, 6) and (lstm > 0).all()
    with pytest.raises(ValueError, match="cell_state"):
        gradient_through_time(network_of(kind="gru", hidden=5), Letters(), batch, tap="cell_state")
    with pytest.raises(ValueError, match=r"out of \[5\]; got 2"):
        gradient_through_time(network_of(kind="gru", hidden=5), Letters(), batch, position=2)


def test_the_last_scored_step_may_differ_from_sequence_to_sequence():
    batch = batch_of(3, 6, [1])
    batch.counts[1, 4] = True
    assert one_step(batch).counts.nonzero().tolist() == [[0, 1], [1, 4], [2, 1]]


def test_looking_leaves_the_network_as_it_was():
    network = network_of(kind="gru", hidden=5, dropout=0.5)
    network.train()
    gradient_through_time(network, Letters(), batch_of(2, 6, [5]))
    connectivity(network, torch.tensor([1, 2, 3]), 1)
    assert network.training and not network.explicit
    assert all(parameter.grad is None for parameter in network.parameters())


@pytest.mark.parametrize("kind", ["rnn", "lstm", "gru"])
@pytest.mark.parametrize("bidirectional", [False, True])
def test_an_output_depends_on_earlier_inputs_and_backwards_on_later_ones(kind, bidirectional):
    network = network_of(kind=kind, hidden=6, layers=2, bidirectional=bidirectional)
    sizes = connectivity(network, torch.tensor([0, 4, 2, 2, 1, 3, 0]), 3)
    assert sizes.shape == (7,)
    assert (sizes[:4] > 0).all()
    assert (sizes[4:] > 0).all() if bidirectional else (sizes[4:] == 0).all()


def test_connectivity_equals_finite_differences():
    network = network_of(task=Numbers(), kind="lstm", hidden=5).double()
    inputs = torch.randn(8, 3, dtype=torch.double, generator=torch.Generator().manual_seed(3))
    sizes = connectivity(network, inputs, 6, answer=1)
    slopes = np.zeros((8, 3))
    for step, value in np.ndindex(8, 3):
        nudge = torch.zeros_like(inputs)
        nudge[step, value] = 1e-5
        with torch.no_grad():
            slope = (network((inputs + nudge)[None]) - network((inputs - nudge)[None]))[0, 6, 1] / 2e-5
        slopes[step, value] = slope
    np.testing.assert_allclose(sizes, np.linalg.norm(slopes, axis=1), rtol=1e-6, atol=1e-12)


def test_connectivity_asks_about_the_largest_logit_and_refuses_steps_that_are_not_there():
    network = network_of(kind="gru", hidden=5)
    inputs = torch.tensor([0, 1, 2, 3])
    chosen = network(inputs[None])[0, 2].argmax().item()
    asked = connectivity(network, inputs, 2)
    np.testing.assert_array_equal(asked, connectivity(network, inputs, 2, answer=chosen))
    assert np.abs(asked - connectivity(network, inputs, 2, answer=(chosen + 1) % 5)).max() > 1e-6
    with pytest.raises(IndexError, match="wanted 0 to 3, got 4"):
        connectivity(network, inputs, 4)


def test_connectivity_reads_any_network_with_an_embedding_tap():
    task = build_task("write_keep_clear")
    torch.manual_seed(0)
    network = build_network(ModelConfig(kind="transformer", hidden=8, heads=2), task)
    inputs = task.sample(1, torch.Generator().manual_seed(0)).inputs[0]
    sizes = connectivity(network, inputs, 3)
    assert sizes.shape == inputs.shape
    assert (sizes[:4] > 0).all() and (sizes[4:] == 0).all()


@pytest.mark.parametrize("nonlinearity", ["linear", "tanh", "relu"])
def test_the_law_equals_automatic_differentiation(nonlinearity):
    random = np.random.default_rng(3)
    rotation, _ = np.linalg.qr(random.standard_normal((6, 6)))
    inputs, direction = 0.3 * random.standard_normal((8, 6)), random.standard_normal(6)
    function = {"linear": torch.clone, "tanh": torch.tanh, "relu": torch.relu}[nonlinearity]
    weight, states = torch.tensor(1.4 * rotation, requires_grad=True), [torch.zeros(6, dtype=torch.double)]
    for x in torch.tensor(inputs):
        states.append(function(weight @ states[-1] + x))
    gradients = torch.autograd.grad(states[-1] @ torch.tensor(direction), states[1:])
    sizes = np.array([gradient.norm().item() for gradient in gradients])
    law = gradient_law(1.4, 8, units=6, nonlinearity=nonlinearity, seed=3)
    np.testing.assert_allclose(law, sizes / sizes[-1], rtol=1e-10)
