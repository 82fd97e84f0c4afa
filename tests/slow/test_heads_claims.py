"""The claims of the page on self-attention heads, over three seeds."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
import torch

from models.analysis.heads import only_strongest, silenced
from models.analysis.lens import logit_lens
from models.claims import heads as claims
from models.claims.transformer import with_seed
from models.film import task_of
from models.trace import record
from models.training.loop import trained

pytestmark = pytest.mark.slow
SEEDS = (0, 1, 2)


@cache
def network_of(seed):
    return trained(with_seed(claims.MIRROR.experiment, seed))[0]


def answers(network, batch):
    """Whether each place is right: (batch, time)."""
    with torch.no_grad():
        return (network(batch.inputs).argmax(-1) == batch.targets).numpy()


def accuracy(network, task, batch, heads=(), layer=0):
    with silenced(network, layer, *heads), torch.no_grad():
        return task.evaluate(network, batch)["accuracy"]


@pytest.fixture
def task():
    return task_of(claims.MIRROR.experiment)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_first_layer_looks_at_the_mirrored_place_and_the_second_is_not_needed(seed, task):
    trace = record(network_of(seed), task.held_out(128).inputs)
    mirror = [
        np.flip(trace[f"layers.{layer}.attention"], 3).diagonal(axis1=2, axis2=3).mean((0, 2))
        for layer in (0, 1)
    ]
    print(mirror)
    assert mirror[0].min() > 0.5
    assert mirror[1].max() < 0.2
    left = accuracy(network_of(seed), task, task.held_out(128), range(4), layer=1)
    print(left)
    assert left > 0.9


@pytest.mark.parametrize("seed", SEEDS)
def test_no_head_is_needed_but_all_of_them_are(seed, task):
    assert claims.REDUNDANT.experiment == claims.MIRROR.experiment
    network, batch = network_of(seed), task.held_out(256)
    without = [accuracy(network, task, batch, (head,)) for head in range(4)]
    none = accuracy(network, task, batch, range(4))
    print(without, none)
    assert min(without) > 0.7
    assert none < 0.3


@pytest.mark.parametrize("seed", SEEDS)
def test_the_answer_is_there_after_the_first_layer(seed, task):
    batch = task.held_out(128)
    read = logit_lens(network_of(seed), batch.inputs).answer == batch.targets.numpy()
    print(read.mean((1, 2)))
    assert read[0].mean() < 0.15
    assert read[1].mean() > 0.95


@pytest.mark.parametrize("seed", SEEDS)
def test_a_tenth_of_the_attention_is_enough(seed, task):
    network, batch = network_of(seed), task.held_out(128)
    with only_strongest(network, 0.1), torch.no_grad():
        assert task.evaluate(network, batch)["accuracy"] > 0.97


@pytest.mark.parametrize("seed", SEEDS)
def test_who_must_not_look_ahead_reverses_only_the_second_half(seed, task):
    base = with_seed(claims.MIRROR.experiment, seed)
    network = trained(replace(base, model=replace(base.model, causal=True)))[0]
    right = answers(network, task.held_out(128)).mean(0)
    print(right)
    assert right[:8].mean() < 0.2
    assert right[8:].mean() > 0.95


@pytest.mark.parametrize("seed", SEEDS)
def test_heads_that_count_look_at_equal_symbols_and_not_at_the_mirrored_place(seed):
    experiment = replace(with_seed(claims.MIRROR.experiment, seed), task_settings={"rule": "count"})
    network, counting = trained(experiment)[0], task_of(experiment)
    batch = counting.held_out(128)
    assert answers(network, batch).mean() > 0.7 > counting.chance
    equal = (batch.inputs[:, :, None] == batch.inputs[:, None, :]).numpy()
    trace = record(network, batch.inputs)
    maps = [trace[f"layers.{layer}.attention"] for layer in (0, 1)]
    to_equal = (maps[0] * equal[:, None]).sum(-1).mean((0, 2))
    mirror = [np.flip(one, 3).diagonal(axis1=2, axis2=3).mean((0, 2)) for one in maps]
    print(to_equal, equal.mean(), mirror)
    assert to_equal.max() > 1.5 * equal.mean()
    assert np.max(mirror) < 0.1
