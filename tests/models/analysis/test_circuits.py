"""Circuits: stripes by hand, waves by Parseval, sums by counting, looks by what they must add up to."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from models.analysis.circuits import first_reached, induction_stripe, right_sums, wave_shares, weight_size
from models.analysis.heads import induction_scores
from models.claims.transformer import grokking_experiment, induction_experiment
from models.experiment import ModelConfig
from models.film import task_of
from models.looks_circuits import grokking_look, induction_look
from models.networks import build_network
from models.tasks.modular import ModularAddition


def test_the_stripe_stands_just_after_each_earlier_place():
    assert induction_stripe([4, 7, 4, 9, 4, 7]).tolist() == [[2, 1], [4, 1], [4, 3], [5, 2]]
    assert induction_stripe([1, 2, 3]).shape == (0, 2)


@given(st.lists(st.integers(0, 4), min_size=2, max_size=5, unique=True), st.integers(2, 3))
def test_a_head_that_looks_only_at_the_newest_of_the_stripe_has_an_induction_score_of_one(period, copies):
    row = period * copies
    attention = np.zeros((1, 1, len(row), len(row)))
    for query, key in induction_stripe(row):
        attention[0, 0, query] = 0
        attention[0, 0, query, key] = 1
    assert np.allclose(induction_scores(attention, np.array([len(period)])), 1)


@pytest.mark.parametrize("size", [11, 12])
@pytest.mark.parametrize("frequency", [1, 3, 5])
def test_a_wave_is_all_its_own_frequency(size, frequency):
    angles = 2 * np.pi * frequency * np.arange(size) / size
    table = np.outer(np.cos(angles), [2.0, 0.5, 1.0]) + np.outer(np.sin(angles), [0.0, 1.0, 3.0]) + 4
    assert np.allclose(wave_shares(table), np.eye(size // 2)[frequency - 1])


@pytest.mark.parametrize("size", [9, 10])
def test_the_shares_are_those_of_the_variance(size):
    table = np.random.default_rng(3).normal(size=(size, 4))
    table -= table.mean(0)
    waves = wave_shares(table)
    for frequency, share in enumerate(waves, start=1):
        angles = 2 * np.pi * frequency * np.arange(size) / size
        basis, _ = np.linalg.qr(np.stack([np.cos(angles), np.sin(angles)], 1))
        if frequency * 2 == size:
            basis = basis[:, :1]
        assert np.isclose(share, ((basis.T @ table) ** 2).sum() / (table**2).sum())
    assert np.isclose(waves.sum(), 1)


def test_the_map_of_sums_is_the_probability_of_each_right_one():
    task = ModularAddition(modulus=5)
    network = build_network(ModelConfig(kind="mlp", embedding=3, hidden=7), task).eval()
    found = right_sums(network, task)
    assert found.shape == (5, 5)
    for first, second in ((0, 0), (4, 3), (1, 4)):
        with torch.no_grad():
            answers = network(torch.tensor([[first, second]]))[0, 1].softmax(0)
        assert np.isclose(found[first, second], answers[(first + second) % 5].item(), atol=1e-6)


def test_the_size_of_weights_is_their_root_mean_square():
    network = build_network(ModelConfig(kind="mlp", embedding=3, hidden=7), ModularAddition(modulus=5))
    every = np.concatenate([weight.detach().numpy().ravel() for weight in network.parameters()])
    assert np.isclose(weight_size(network), np.sqrt(np.mean(every**2)), rtol=1e-5)


def test_the_first_step_that_reaches_a_level():
    assert first_reached([0, 3, 9, 12], [0.1, 0.5, 0.4, 0.9], 0.5) == 3
    assert first_reached([0, 3], [0.1, 0.2], 0.5) is None


def test_the_induction_look_sees_every_head_and_the_next_symbol():
    experiment = induction_experiment(2)
    task = task_of(experiment)
    network = build_network(experiment.model, task).eval()
    probe = torch.tensor([3, 1, 4, 1, 5, 3, 1])
    seen = induction_look(probe)(network, task)
    assert seen["attention"].shape == (2, 2, 7, 7)
    assert np.allclose(seen["attention"].sum(-1), 1, atol=1e-5)
    with torch.no_grad():
        answers = network(probe[None])[0].softmax(-1)
    assert np.allclose(seen["right"], [answers[step, probe[step + 1]].item() for step in range(6)], atol=1e-5)
    assert seen["previous"].shape == seen["induction"].shape == (2, 2)
    assert (seen["previous"] > 0).all() and (seen["induction"] < 1).all()


def test_the_grokking_look_sees_sums_waves_and_weights():
    experiment = grokking_experiment(1.0)
    task = task_of(experiment)
    seen = grokking_look(build_network(experiment.model, task).eval(), task)
    assert {name: array.shape for name, array in seen.items()} == {
        "sums": (47, 47),
        "waves": (23,),
        "weight_size": (),
    }
