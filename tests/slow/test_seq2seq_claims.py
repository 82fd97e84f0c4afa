"""The bottleneck of one vector, attention that mends it, and where attention looks."""

import dataclasses
from functools import lru_cache

import numpy as np
import pytest
import torch

from models.analysis.alignment import attention_agreement, exact_by_length
from models.analysis.decoder_step import open_step
from models.claims import seq2seq as claims
from models.tasks import build_task
from models.tasks.translation.base import exact
from models.tasks.translation.korean_grammar import NOUNS_IN_KOREAN
from models.tasks.translation.korean_grammar import as_object as korean_object
from models.tasks.translation.korean_grammar import as_subject as korean_subject
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


def untrained(claim, seed):
    """The claim's network before its first update."""
    train = dataclasses.replace(claim.experiment.train, seed=seed)
    return Trainer(dataclasses.replace(claim.experiment, train=train)).network.eval()


def moved_by_hand(network, task, batch):
    """All attention on each other word in turn: three shares.

    Of the objects of a clause: how often the noun attended to is written instead, and that with the
    particle of an object. Of all steps: how often another word does as well as the true one.
    """
    moved, as_object, elsewhere = [], [], []
    for source in batch.inputs:
        source = source[source != task.padding]
        answer, words = task.solve(source), task.decode(source)
        known = task.alignment(source, torch.tensor(answer)).argmax(-1)
        for step in range(0, len(answer) - 1, 3):
            found = open_step(network, source, step, answer)
            written = [task.answers[symbol] for symbol in found.elsewhere]
            right, true = task.answers[answer[step]], words[known[step]]
            elsewhere.append(any(word == right for k, word in enumerate(written) if k != known[step]))
            if true not in NOUNS_IN_KOREAN or right != korean_object(NOUNS_IN_KOREAN[true]):
                continue
            for word, other in zip(words, written, strict=True):
                if word in NOUNS_IN_KOREAN and word != true:
                    noun = NOUNS_IN_KOREAN[word]
                    moved.append(other in (korean_subject(noun), korean_object(noun)))
                    as_object.append(other == korean_object(noun))
    return np.mean(moved), np.mean(as_object), np.mean(elsewhere)


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
    assert task.exact_chance < 0.01
    blurred = attention_agreement(untrained(claims.KOREAN, seed), task, batch)
    assert blurred.mass < 0.2 < 0.75 < found.mass
    moved, as_object, elsewhere = moved_by_hand(network, task, task.held_out(30))
    assert moved >= 0.9
    assert as_object >= 0.9
    assert elsewhere >= 0.2


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
