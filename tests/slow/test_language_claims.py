"""Each claim of the language pages, over three seeds, with the number it needs."""

from __future__ import annotations

import dataclasses
from functools import cache

import numpy as np
import pytest
import torch

from models.analysis.date_transfer import date_arm, exact_share
from models.analysis.filling import slot_accuracy
from models.analysis.ranking import compare_recommenders
from models.analysis.transfer import accuracies, arm, body_parts, drift, unit_correlations
from models.analysis.vectors import WordSpace, analogy_accuracy, offset_agreement
from models.claims import language as claims
from models.experiment import Experiment
from models.looks_transfer import FirstTask
from models.tasks import build_task
from models.tasks.corpora import PAIRS
from models.tasks.grammar import SLOTS
from models.training.loop import trained

pytestmark = pytest.mark.slow
seeds = pytest.mark.parametrize("seed", [0, 1, 2])
NUMBERS = {"zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"}


def seeded(experiment: Experiment, seed: int) -> Experiment:
    return dataclasses.replace(experiment, train=dataclasses.replace(experiment.train, seed=seed))


@cache
def run(experiment: Experiment):
    """The trained network, its last snapshot and its task."""
    start = run(experiment.start_from)[1].weights if experiment.start_from else None
    network, snapshot = trained(experiment, start)
    return network.eval(), snapshot, build_task(experiment.task, **experiment.task_options)


def space_of(claim, seed) -> WordSpace:
    _, snapshot, task = run(seeded(claim.experiment, seed))
    return WordSpace(task.symbols[1:], snapshot.weights["vectors.weight"][1:].numpy())


@seeds
@pytest.mark.parametrize("claim", [claims.ANALOGIES, claims.ANALOGIES_CBOW], ids=lambda claim: claim.key)
def test_analogies_of_the_small_world(claim, seed):
    space = space_of(claim, seed)
    assert analogy_accuracy(space, PAIRS) >= 0.95
    assert offset_agreement(space, PAIRS) >= 0.8


@seeds
def test_an_axis_from_three_men_to_three_women_sorts_all_others_too(seed):
    space = space_of(claims.ANALOGIES, seed)
    places = space.axis(*(tuple(pair[side] for pair in PAIRS[:3]) for side in (0, 1)))
    men, women = (np.array([places[space.place(pair[side])] for pair in PAIRS[3:]]) for side in (0, 1))
    assert men.max() < 0 < women.min()
    assert "queen" in [word for word, _ in space.neighbours("king", 3)]


@seeds
def test_of_the_help_texts_only_what_the_page_names_is_claimed(seed):
    space = space_of(claims.PYTHON_DOCS, seed)
    for word, friend in (("true", "false"), ("float", "complex")):
        nearest = [near for near, _ in space.neighbours(word, 5)]
        assert friend in nearest, nearest


@seeds
def test_neighbours_of_numbers_are_numbers(seed):
    space = space_of(claims.CHARACTER_NAMES, seed)
    nearest = [word for word, _ in space.neighbours("seven", 5)]
    assert sum(word in NUMBERS for word in nearest) >= 4, nearest
    assert space.neighbours("left", 1)[0][0] == "right"


@seeds
def test_a_bag_of_words_guesses_where_order_decides(seed):
    network, _, task = run(seeded(claims.BAG_FAILS.experiment, seed))
    twins = task.twins(1000)
    with torch.no_grad():
        # both reviews of a pair get the same answer: exactly one of them is right
        assert task.metrics(network(twins.inputs), twins)["accuracy"] == pytest.approx(0.5, abs=0.01)
        tested = task.held_out(2000)
        assert task.metrics(network(tested.inputs), tested)["contrastive_accuracy"] <= 0.55


@seeds
@pytest.mark.parametrize("kind", claims.ORDER_READERS)
def test_networks_that_read_in_order_get_it_right(kind, seed):
    network, _, task = run(seeded(claims.ORDER_READERS[kind].experiment, seed))
    twins = task.twins(600)
    with torch.no_grad():
        accuracy = task.metrics(network(twins.inputs), twins)["accuracy"]
    assert accuracy >= (0.95 if kind == "transformer" else 0.98)


@seeds
def test_the_running_opinion_is_near_the_exact_one(seed):
    network, _, task = run(seeded(claims.RUNNING_OPINION.experiment, seed))
    batch = task.held_out(60)
    with torch.no_grad():
        opinions = network(batch.inputs).softmax(-1)[..., 1].numpy()
    errors = [
        abs(opinions[row, step] - exact)
        for row, ids in enumerate(batch.inputs)
        for step, exact in enumerate(task.opinion(ids[ids != 0]))
    ]
    constant = np.mean([abs(0.5 - e) for ids in batch.inputs for e in task.opinion(ids[ids != 0])])
    assert np.mean(errors) <= 0.06
    assert constant >= 0.15, "half is no good answer, so being near is worth something"


@seeds
def test_gpt_guesses_where_the_cue_is_right_and_bert_is_certain(seed):
    for claim in (claims.GPT, claims.BERT):
        network, _, task = run(seeded(claim.experiment, seed))
        for slot, place in SLOTS.items():
            accuracy = slot_accuracy(network, task, slot)
            if task.form == "masked" or place.cue == "left":
                assert accuracy >= 0.97, (task.form, slot)
            else:
                assert accuracy == pytest.approx(place.chance, abs=0.08), (task.form, slot)


def arm_accuracy(name: str, labelled: int, seed: int, draw: int, ask: str = "feeling") -> float:
    pretraining = seeded(claims.PRETRAINING, seed)
    experiment = arm(name, labelled, pretraining=pretraining, ask=ask, draw=draw, seed=seed)
    network, _, _ = run(experiment)
    return accuracies(network, experiment)["held out"]


@seeds
def test_a_language_model_grows_a_sentiment_unit(seed):
    network, _, _ = run(seeded(claims.SENTIMENT_UNIT.experiment, seed))
    assert unit_correlations(network).abs().max() >= 0.85


@seeds
def test_sixteen_labels_are_enough_for_a_frozen_body_and_nothing_from_scratch(seed):
    assert arm_accuracy("frozen", 16, seed, draw=10) >= 0.95
    assert arm_accuracy("scratch", 16, seed, draw=10) < 0.6
    assert arm_accuracy("random frozen", 16, seed, draw=10) < 0.6


@seeds
def test_from_scratch_sixteen_labels_are_learnt_by_heart(seed):
    pretraining = seeded(claims.PRETRAINING, seed)
    experiment = arm("scratch", 16, pretraining=pretraining, draw=10, seed=seed)
    found = accuracies(run(experiment)[0], experiment)
    assert found["training"] >= 0.95 and found["gap"] >= 0.35, found


@seeds
def test_freezing_beats_training_everything_with_few_labels_only(seed):
    frozen, full, scratch = (
        {labelled: arm_accuracy(name, labelled, seed, 10) for labelled in (16, 256, 1024)}
        for name in ("frozen", "full", "scratch")
    )
    assert frozen[16] >= full[16] + 0.1
    assert abs(frozen[256] - full[256]) <= 0.03
    assert full[256] >= scratch[256] + 0.1
    assert max(frozen[1024], full[1024]) - scratch[1024] <= 0.05


@seeds
def test_gradual_unfreezing_beats_plain_full_fine_tuning(seed):
    gradual, full = (
        np.mean([arm_accuracy(name, 16, seed, draw) for draw in (10, 11)]) for name in ("gradual", "full")
    )
    assert gradual >= full + 0.02
    assert full > 0.6


@seeds
def test_a_frozen_body_stays_at_chance_where_pre_training_had_no_reason(seed):
    assert arm_accuracy("frozen", 256, seed, 10, "noun_group") <= 0.6
    assert arm_accuracy("scratch", 256, seed, 10, "noun_group") >= 0.95


@seeds
def test_what_is_frozen_stays_bit_for_bit_and_forgets_nothing(seed):
    pretraining = seeded(claims.PRETRAINING, seed)
    before = run(pretraining)[1].weights
    after = {
        name: run(arm(name, 16, pretraining=pretraining, draw=10, seed=seed))[1].weights
        for name in ("frozen", "full")
    }
    body = [name for name in before if not name.startswith("to_logits")]
    assert all(torch.equal(before[name], after["frozen"][name]) for name in body)
    assert set(drift(before, after["frozen"], body_parts(pretraining.model)).values()) == {0}
    first = FirstTask(pretraining, before)
    assert first.forgotten(after["frozen"]) == 0
    assert first.forgotten(after["full"]) > 0.1


@seeds
@pytest.mark.parametrize("kind", claims.RECOMMENDERS)
def test_memory_of_the_session_beats_the_last_click(kind, seed):
    network, _, task = run(seeded(claims.RECOMMENDERS[kind].experiment, seed))
    found = compare_recommenders(network, task)
    recalls = {name: ranking.recall(5) for name, ranking in found.items()}
    assert recalls[kind] >= recalls["first-order Markov"] + 0.02, recalls
    assert recalls["first-order Markov"] >= recalls["popularity"] + 0.05
    assert recalls[kind] <= recalls["best possible"] + 0.02
    assert found[kind].mean_reciprocal_rank > found["first-order Markov"].mean_reciprocal_rank


@seeds
def test_a_ninth_language_needs_few_examples_after_eight(seed):
    shares = {name: exact_share(*_date_run(name, seed)) for name in ("scratch", "full", "encoder")}
    assert shares["scratch"] <= 0.2, shares
    assert shares["full"] >= shares["scratch"] + 0.3, shares
    assert shares["encoder"] >= shares["scratch"] + 0.3, shares


def _date_run(name: str, seed: int):
    experiment = date_arm(name, 32, seed=seed)
    return run(experiment)[0], experiment
