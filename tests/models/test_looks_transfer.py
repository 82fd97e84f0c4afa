"""What is seen of transfer, held to weights that were changed by hand."""

import dataclasses

import numpy as np
import pytest
import torch

from models.experiment import Experiment, ModelConfig, TrainConfig
from models.film import task_of
from models.looks_transfer import FirstTask, TransferLook, attention_of, language_look
from models.networks import build_network
from models.transfer_plan import Setup

FIRST = Experiment(
    "review_language", {"texts": 40}, ModelConfig("lstm", hidden=7, embedding=5), TrainConfig(2)
)
SECOND = Experiment("reviews", {"labelled": 8, "every_word": False}, FIRST.model, TrainConfig(2))
PARTS = ("embed.", "layers.0.")


def network_of(experiment):
    torch.manual_seed(3)
    return build_network(experiment.model, task_of(experiment)).eval()


@pytest.fixture
def second():
    return network_of(SECOND), task_of(SECOND)


def look_of(task, first=True):
    weights = network_of(FIRST).state_dict()
    return TransferLook(
        task.encode(task.example()), PARTS, (lambda: FirstTask(FIRST, weights)) if first else None
    )


def test_the_first_moment_has_moved_nowhere_and_later_ones_by_what_was_added(second):
    network, task = second
    look = look_of(task)
    assert not look(network, task)["drift"].any()
    weight = network.embed.weight if hasattr(network, "embed") else network.embedding.weight
    length = weight.detach().norm().item()
    with torch.no_grad():
        weight[2, 1] += 3.0
    moved = look(network, task)["drift"]
    assert moved[0] == pytest.approx(3.0 / length, rel=1e-5)
    assert moved[1] == 0


def test_a_body_that_is_the_first_tasks_own_forgets_nothing_and_a_foreign_one_does():
    weights = network_of(FIRST).state_dict()
    first = FirstTask(FIRST, weights)
    assert first.forgotten(weights) == 0
    head_only = {n: v + 1 if n.startswith("to_logits.") else v for n, v in weights.items()}
    assert first.forgotten(head_only) == 0
    assert first.forgotten({name: 5 * torch.randn_like(value) for name, value in weights.items()}) != 0


def test_shares_of_right_answers_and_shapes(second):
    network, task = second
    arrays = look_of(task)(network, task)
    steps = len(task.encode(task.example()))
    assert arrays["answer"].shape == (steps, 2)
    np.testing.assert_allclose(arrays["answer"].sum(-1), 1, atol=1e-5)
    assert arrays["state"].shape == (steps, 7)
    pool = task.pool()
    with torch.no_grad():
        assert arrays["training"] == task.metrics(network(pool.inputs), pool)["accuracy"]
    assert 0 <= arrays["held_out"] <= 1
    assert "attention" not in arrays


def test_an_arm_without_pre_training_has_nothing_to_forget(second):
    network, task = second
    assert np.isnan(look_of(task, first=False)(network, task)["forgotten"])


def test_attention_of_a_transformer_has_a_row_that_adds_up_to_one_for_every_query():
    model = ModelConfig("transformer", hidden=12, layers=2, heads=3, feed_forward=16)
    experiment = dataclasses.replace(SECOND, model=model)
    task = task_of(experiment)
    probe = task.encode(task.example())
    attention = attention_of(network_of(experiment), probe)["attention"]
    assert attention.shape == (2, 3, len(probe), len(probe))
    np.testing.assert_allclose(attention.sum(-1), 1, atol=1e-5)


def test_a_language_model_is_seen_by_its_units():
    task = task_of(FIRST)
    arrays = language_look(task.encode(task.example()))(network_of(FIRST), task)
    assert arrays["correlation"].shape == (7,)
    assert np.abs(arrays["correlation"]).max() <= 1 + 1e-6


def test_parts_of_the_tests_are_those_of_the_network():
    assert Setup().parts == PARTS
