"""The bottleneck of one vector, attention that mends it, and where attention looks."""

import dataclasses
from functools import lru_cache

import numpy as np
import pytest
import torch

from models.analysis.alignment import attention_agreement, exact_by_length
from models.claims import seq2seq as claims
from models.tasks import build_task
from models.tasks.translation.base import exact
from models.training.loop import Trainer

pytestmark = pytest.mark.slow
seeds = pytest.mark.parametrize("seed", [0, 1, 2])
GENERATOR = 99
"""Seed of the sequences that are looked at here; training never draws with it."""


@lru_cache(maxsize=1)
def trained(claim, seed):
    """The claim's network after all its updates, and its task."""
    experiment = claim.experiment
    trainer = Trainer(dataclasses.replace(experiment, train=dataclasses.replace(experiment.train, seed=seed)))
    while trainer.step < experiment.train.steps:
        trainer.update()
    trainer.network.eval()
    return trainer.network, build_task(experiment.task, **experiment.task_options)


@torch.no_grad()
def exact_share(network, task, batch):
    """Share of answers without a mistake, the network running freely."""
    return exact(network(batch.inputs).argmax(-1), batch.targets, task.end).float().mean().item()


def fresh(task, draw):
    """What `draw` makes with a generator of this file's own."""
    return draw(torch.Generator().manual_seed(GENERATOR))


@seeds
def test_english_becomes_korean_and_attention_finds_the_word(seed):
    network, task = trained(claims.KOREAN, seed)
    batch = task.held_out(800)
    assert exact_share(network, task, batch) >= 0.98
    found = attention_agreement(network, task, batch)
    assert found.largest >= 0.95
    assert found.chance < 0.15


@seeds
def test_one_vector_is_not_enough_for_long_sentences(seed):
    network, task = trained(claims.KOREAN_ONE_VECTOR, seed)
    batch = task.held_out(800)
    assert exact_share(network, task, batch) < 0.4
    found = exact_by_length(network, task, batch, together=12)
    assert found.exact[0] > found.exact[1] + 0.3
    assert np.all(found.exact[2:] <= found.exact[1] + 0.02)


@seeds
def test_dates_of_sixteen_languages_are_read(seed):
    network, task = trained(claims.DATES, seed)
    batch = task.held_out(1000)
    assert exact_share(network, task, batch) >= 0.99


@seeds
def test_reversal_hits_a_wall_without_attention(seed):
    network, task = trained(claims.REVERSAL_WALL, seed)
    assert (
        exact_share(network, task, fresh(task, lambda g: task.sample_of_lengths(torch.full((300,), 15), g)))
        < 0.2
    )
    assert (
        exact_share(network, task, fresh(task, lambda g: task.sample_of_lengths(torch.full((300,), 4), g)))
        > 0.8
    )


@seeds
def test_reversal_is_mended_by_attention(seed):
    network, task = trained(claims.REVERSAL_MENDED, seed)
    batch = fresh(task, lambda g: task.sample_of_lengths(torch.full((300,), 15), g))
    assert exact_share(network, task, batch) >= 0.85


@pytest.mark.parametrize("seed", range(5))
def test_the_supporting_fact_is_found_among_six(seed):
    network, task = trained(claims.FACTS, seed)
    batch = fresh(task, lambda g: task.sample_of_facts(torch.full((400,), 6), g))
    assert exact_share(network, task, batch) >= 0.98
    found = attention_agreement(network, task, batch)
    assert found.largest >= 0.95
    assert found.chance < 0.2
