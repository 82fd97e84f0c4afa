"""What is seen of networks that learn language, held to independent counts."""

import math

import numpy as np
import pytest
import torch

from models.analysis.vectors import WordSpace, align, principal_axes
from models.claims.language import grammar_experiment, review_experiment
from models.experiment import Experiment, ModelConfig
from models.looks_language import (
    SAME_BAG,
    axes_of_sets,
    blank_ids,
    blank_look,
    explained,
    moved,
    opinions_look,
    slots_look,
    template_names,
    templates_look,
    vectors_look,
)
from models.networks import build_network
from models.side_by_side import READERS, readers, ways
from models.tasks import build_task
from models.tasks.corpora import PAIRS
from models.tasks.review_text import NEGATIVE, POSITIVE, VOCABULARY

SENTENCE = ("these", "cats", "near", "the", "river", "sleep", "often")


def network_of(experiment):
    torch.manual_seed(3)
    task = build_task(experiment.task, **experiment.task_options)
    return build_network(experiment.model, task).eval(), task


def test_vectors_leave_padding_out_and_count_analogies():
    network, task = network_of(Experiment("word_neighbours", {}, ModelConfig("word_vectors", embedding=5)))
    seen = vectors_look(PAIRS)(network, task)
    assert np.array_equal(seen["vectors"], network.vectors.weight.detach().numpy()[1:])
    assert 0 <= seen["analogies"] < 0.2
    seen["vectors"][:] = 7
    assert network.vectors.weight.max() < 1, "a look must not share memory with the weights"
    assert set(vectors_look()(network, task)) == {"vectors"}


def test_the_axis_between_two_sets_runs_from_one_mean_to_the_other():
    random = np.random.default_rng(0)
    vectors = random.normal(size=(7, 4))
    space = WordSpace(tuple("abcdefg"), vectors)
    project = axes_of_sets(space, ["a", "b"], ["c"])
    assert np.allclose(project.axes.T @ project.axes, np.eye(2), atol=1e-9)
    low, high = project(vectors[:2]).mean(0), project(vectors[2:3]).mean(0)
    assert high[0] - low[0] == pytest.approx(np.linalg.norm(vectors[2] - vectors[:2].mean(0)))
    assert high[1] == pytest.approx(low[1], abs=1e-9)
    assert low[0] == pytest.approx(-high[0])
    assert (project.explained >= 0).all()
    assert project.explained.sum() <= 1


def test_a_mere_turn_moves_nothing():
    random = np.random.default_rng(1)
    last = random.normal(size=(9, 3))
    turn = np.linalg.qr(random.normal(size=(3, 3)))[0]
    space = WordSpace(tuple("abcdefghi"), last)
    journey = moved(np.stack([last @ turn + 4, last]), axes_of_sets(space, ["a"], ["b"]))
    assert np.allclose(journey[0], journey[1], atol=1e-9)


def test_all_moments_at_once_are_each_moment_alone():
    snapshots = np.random.default_rng(2).normal(size=(3, 8, 5))
    project = principal_axes(snapshots[-1])
    wanted = [project(align(vectors, snapshots[-1])) for vectors in snapshots]
    assert np.allclose(moved(snapshots, project), wanted, atol=1e-9)


class Sees(torch.nn.Module):
    """Goes by the first or the last adjective that it has read."""

    def __init__(self, first):
        super().__init__()
        self.first = first
        self.good, self.bad = (
            torch.tensor([VOCABULARY.index(word) for word in words]) for words in (POSITIVE, NEGATIVE)
        )

    def forward(self, inputs):
        feeling = torch.isin(inputs, self.good).float() - torch.isin(inputs, self.bad).float()
        held = [feeling[:, 0]]
        for now in feeling.T[1:]:
            keeps = (held[-1] != 0) if self.first else (now == 0)
            held.append(torch.where(keeps, held[-1], now))
        values = torch.stack(held, 1)
        return torch.stack([-values, values], -1)


@pytest.mark.parametrize(
    ("first", "wanted"), [(True, [1, 0, 0, 1, 0]), (False, [1, 0, 1, 0, 1])], ids=["first", "last"]
)
def test_one_adjective_is_enough_exactly_where_it_decides(first, wanted):
    task = build_task("reviews")
    right = templates_look()(Sees(first), task)["right"]
    assert template_names(task) == ("plain", "negation", "correction", "exclusion", "but", SAME_BAG)
    assert right[:5].tolist() == wanted
    assert 0.2 < right[5] < 0.8


def test_opinions_are_the_probabilities_of_each_sequence():
    network, task = network_of(review_experiment("gru"))
    sequences = task.encode("the film was great ."), task.encode("not bad .")
    seen = opinions_look(sequences)(network, task)
    for place, ids in enumerate(sequences):
        with torch.no_grad():
            wanted = network(ids[None])[0].softmax(-1).numpy()
        assert np.allclose(seen[f"opinion {place}"], wanted, atol=1e-6)


def test_two_orders_look_alike_to_a_bag_of_words_at_the_end():
    network, task = network_of(review_experiment("bag_of_words"))
    sequences = (task.encode("the film was not bad , it was great ."),
                 task.encode("the film was not great , it was bad ."))  # fmt: skip
    seen = opinions_look(sequences)(network, task)
    assert np.allclose(seen["opinion 0"][-1], seen["opinion 1"][-1], atol=1e-6)
    assert not np.allclose(seen["opinion 0"][5], seen["opinion 1"][5], atol=1e-3)


@pytest.mark.parametrize("kind", READERS)
def test_every_kind_of_reader_can_be_explained(kind):
    network, task = network_of(review_experiment(kind))
    ids = task.encode("the film was not bad .")
    values = explained(network, ids, 1)
    assert values.shape == (3, len(ids))
    assert np.isfinite(values).all()
    opposite = explained(network, ids, 0)
    assert np.allclose(values, -opposite, atol=1e-4), (
        "two answers: what speaks for one speaks against the other"
    )


@pytest.mark.parametrize("place", [0, 3, 6])
def test_a_causal_network_fills_from_the_left_alone_and_sees_a_triangle(place):
    network, task = network_of(grammar_experiment("causal"))
    seen = blank_look(SENTENCE, place)(network, task)
    changed = list(SENTENCE)
    changed[place:] = ["bridge"] * (len(SENTENCE) - place)
    other = blank_look(changed, place)(network, task)
    assert np.allclose(seen["fill"], other["fill"], atol=1e-6)
    steps = len(SENTENCE) + 2
    assert seen["attention"].shape == (2, 4, steps, steps)
    hidden = np.isnan(seen["attention"])
    assert np.array_equal(hidden[0, 0], np.triu(np.ones((steps, steps), bool), 1))
    assert np.allclose(np.nansum(seen["attention"], -1), 1, atol=1e-5)


@pytest.mark.parametrize("place", [0, 5])
def test_a_masked_network_fills_from_both_sides_and_never_sees_the_word(place):
    network, task = network_of(grammar_experiment("masked"))
    seen = blank_look(SENTENCE, place)(network, task)
    hidden = list(SENTENCE)
    hidden[place] = "bridge"
    assert np.allclose(seen["fill"], blank_look(hidden, place)(network, task)["fill"], atol=1e-6)
    behind = list(SENTENCE)
    behind[6] = "slowly"
    assert not np.allclose(seen["fill"], blank_look(behind, place)(network, task)["fill"], atol=1e-5)
    assert not np.isnan(seen["attention"]).any()
    assert seen["fill"].sum() == pytest.approx(1, abs=1e-5)
    assert (seen["fill"][:4] == 0).all()
    ids = blank_ids(task, SENTENCE, place)
    assert task.decode(ids)[place + 1] == "<mask>"
    with torch.no_grad():
        wanted = network(ids[None])[0, place + 1, 4:].softmax(-1)
    assert np.allclose(seen["fill"][4:], wanted, atol=1e-5)


def test_slots_are_measured_one_by_one():
    network, task = network_of(grammar_experiment("masked"))
    right = slots_look(40)(network, task)["right"]
    assert right.shape == (4,)
    assert ((right >= 0) & (right <= 1)).all()


def test_readers_are_the_claims_and_follow_the_reference():
    experiments = readers(review_experiment("gru"))
    assert {name: experiments[name] for name in READERS.values()} == {
        name: review_experiment(kind) for kind, name in READERS.items()
    }
    reference = Experiment("reviews", {"labelled": 50}, train=review_experiment("gru").train)
    one = readers(reference, ["transformer"])["Transformer"]
    assert one.task_options == {"labelled": 50}
    assert one.model.kind == "transformer"


def test_two_ways_differ_in_form_and_sight_alone():
    causal, masked = ways(grammar_experiment("masked")).values()
    assert (causal, masked) == (grammar_experiment("causal"), grammar_experiment("masked"))
    assert causal.model.causal
    assert not masked.model.causal
    assert math.isclose(causal.train.steps * 2, masked.train.steps)
