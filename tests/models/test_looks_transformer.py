"""Looks at a Transformer: all heads, the lens, and changes held to the weights that make them."""

import numpy as np
import pytest
import torch

from models.experiment import ModelConfig
from models.looks_transformer import HeadChange, effect_of, heads_look, order_look
from models.networks import build_network
from models.tasks import build_task
from models.trace import record


@pytest.fixture
def task():
    return build_task("order", length=7, choices=5)


@pytest.fixture
def network(task):
    torch.manual_seed(2)
    config = ModelConfig("transformer", hidden=12, heads=3, layers=2, feed_forward=10, causal=False)
    return build_network(config, task).eval()


def probe(task):
    return task.held_out(1).inputs[0]


def test_every_head_the_lens_and_the_answer_are_seen(network, task):
    seen = heads_look(probe(task))(network, task)
    assert seen["attention"].shape == (2, 3, 7, 7)
    trace = record(network, probe(task)[None])
    assert np.array_equal(seen["attention"][1], trace["layers.1.attention"][0])
    assert np.allclose(seen["answer"], torch.from_numpy(trace.output[0]).softmax(-1).numpy(), atol=1e-6)
    assert np.array_equal(seen["likeliest"][-1], seen["answer"].argmax(-1))
    assert np.allclose(seen["confidence"][-1], seen["answer"].max(-1), atol=1e-6)
    assert seen["likeliest"].shape == (3, 7)


def test_the_first_layers_heads_are_averaged(network, task):
    seen = order_look(probe(task))(network, task)
    whole = heads_look(probe(task))(network, task)["attention"]
    assert np.allclose(seen["attention"], (whole[0, 0] + whole[0, 1] + whole[0, 2]) / 3)


def test_silencing_heads_is_the_same_as_cutting_their_weights(network, task):
    batch = task.held_out(9)
    change = HeadChange(((0, 2), (1, 0), (0, 1)))
    effect = effect_of(network, task, batch, probe(task), change)
    with torch.no_grad():
        for layer, head in change.silenced:
            network.layers[layer].to_output.weight[:, 4 * head : 4 * head + 4] = 0
    cut = effect_of(network, task, batch, probe(task), HeadChange())
    assert effect.loss == pytest.approx(cut.loss, abs=1e-5)
    assert effect.accuracy == cut.accuracy
    assert np.allclose(effect.answer, cut.answer, atol=1e-5)


def test_keeping_the_strongest_leaves_as_many_as_the_share_says(network, task):
    effect = effect_of(network, task, task.held_out(3), probe(task), HeadChange(share=0.4))
    assert ((effect.attention > 0).sum(-1) == 3).all()  # 0.4 of 7 is 2.8, rounded up
    assert np.allclose(effect.attention.sum(-1), 1, atol=1e-6)
