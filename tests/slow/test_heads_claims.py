"""The claims of the page on self-attention heads, over three seeds."""

from functools import cache

import numpy as np
import pytest
import torch

from models.analysis.heads import silenced
from models.claims import heads as claims
from models.claims.transformer import with_seed
from models.film import task_of
from models.trace import record
from models.training.loop import trained

pytestmark = pytest.mark.slow
SEEDS = (0, 1, 2)


@pytest.fixture(autouse=True)
def one_thread():
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@cache
def network_of(seed):
    return trained(with_seed(claims.MIRROR.experiment, seed))[0]


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
