"""Looks at recurrent networks: what two orders do, one scored step, units that follow, changes."""

import numpy as np
import pytest
import torch

from models.analysis.interventions import Intervention
from models.experiment import ModelConfig
from models.looks import sequence_look, softmax
from models.looks_recurrent import (
    another_order,
    answer_look,
    followers,
    gradient_look,
    plane_of,
    same_tokens,
    scored_together,
    two_orders_look,
    under,
)
from models.networks import build_network
from models.tasks import build_task


def network_for(task, kind="gru", **settings):
    torch.manual_seed(3)
    return build_network(ModelConfig(kind, hidden=5, embedding=3, **settings), task).eval()


@pytest.mark.parametrize("key", ["reviews", "remember_first", "brackets", "write_keep_clear", "characters"])
def test_another_order_has_the_same_tokens_and_can_be_read(key):
    task = build_task(key)
    probe = task.encode(task.example())
    other = task.encode(another_order(task, probe))
    assert same_tokens(probe, other)
    assert not torch.equal(probe, other)


def test_in_a_review_the_good_and_the_bad_word_change_places():
    task = build_task("reviews")
    text = another_order(task, task.encode("the film was not bad , it was great ."))
    assert text == "the film was not great , it was bad ."


def test_where_no_other_order_is_allowed_the_sequence_stays():
    task = build_task("brackets")
    assert another_order(task, task.encode("()")) == "( )"


def test_two_orders_are_seen_side_by_side():
    task = build_task("remember_first", lag=3)
    network = network_for(task)
    first, second = task.encode("a k l m ?"), task.encode("b k ?")
    seen = two_orders_look(first, second)(network, task)
    assert np.array_equal(seen["answer"], sequence_look(first)(network, task)["answer"])
    assert np.array_equal(seen["other.answer"], sequence_look(second)(network, task)["answer"])
    assert seen["other.layers.0.hidden_state"].shape == (3, 5)


@pytest.mark.parametrize("kind", ["rnn", "transformer"])
def test_the_answer_alone_is_what_the_network_says(kind):
    task = build_task("remember_first", lag=3)
    network = network_for(task, "transformer", heads=1) if kind == "transformer" else network_for(task, kind)
    probe = task.encode("a k l m ?")
    with torch.no_grad():
        expected = softmax(network(probe[None])[0].numpy())
    assert np.allclose(answer_look(probe)(network, task)["answer"], expected, atol=1e-6)


@pytest.mark.parametrize("key", ["reviews", "equal_numbers", "remember_first"])
def test_all_sequences_of_a_gradient_are_scored_last_at_one_step(key):
    task = build_task(key)
    batch, step = scored_together(task, 7)
    assert 0 < len(batch) <= 7
    assert batch.counts[:, step].all()
    assert batch.inputs.shape[1] == batch.counts.shape[1] == step + 1
    sizes = gradient_look(batch)(network_for(task, layers=2), task)["gradient"]
    assert sizes.shape == (2, step + 1)
    assert (sizes > 0).all()


def test_axes_come_from_the_last_moment_and_serve_all():
    rng = np.random.default_rng(0)
    first, second = rng.standard_normal((3, 6, 5)), rng.standard_normal((3, 4, 5))
    plane, ways = plane_of([first, second], 2)
    assert [way.shape for way in ways] == [(3, 7, 2), (3, 5, 2)]
    rows = np.concatenate([first[-1], second[-1]])
    largest = np.linalg.eigh(np.cov(rows.T))[1][:, -1]
    assert abs(plane.directions[0] @ largest) == pytest.approx(1)
    assert np.allclose(ways[0][0, 1:], (first[0] - rows.mean(0)) @ plane.directions.T)
    assert np.allclose(ways[1][:, 0], -rows.mean(0) @ plane.directions.T)


def test_axes_survive_an_explosion():
    states = np.random.default_rng(1).standard_normal((3, 6, 5))
    exploded = np.concatenate([states, np.full((1, 6, 5), np.nan)])
    assert np.array_equal(plane_of([exploded])[0].directions, plane_of([states])[0].directions)
    assert np.isnan(plane_of([exploded])[1][0][-1, 1:]).all()


def test_the_follower_of_an_event_is_the_unit_with_the_largest_correlation():
    task = build_task("brackets", length=20)
    network = network_for(task)
    found = followers(network, task, "layers.0.hidden_state")["depth"]
    batch = task.held_out(64)
    depth = task.events(batch.inputs)["depth"].numpy().ravel()
    with torch.no_grad():
        states = network.layers[0](network.embed(batch.inputs.t()))[0].permute(1, 0, 2).reshape(-1, 5).numpy()
    r = [np.corrcoef(states[:, unit], depth)[0, 1] for unit in range(5)]
    assert found.unit == int(np.abs(r).argmax())
    assert found.r == pytest.approx(r[found.unit], abs=1e-5)


def test_a_change_holds_while_looking_and_is_gone_afterwards():
    task = build_task("write_keep_clear")
    network = network_for(task)
    probe = task.encode("=a b a ?")
    before = under(network, task, probe)
    open_gate = Intervention("layers.0.update_gate", "one")
    changed = under(network, task, probe, [open_gate])
    assert np.abs(changed["layers.0.hidden_state"]).max() == 0  # z = 1 keeps the empty state for ever
    assert np.abs(before["layers.0.hidden_state"]).max() > 0
    assert np.array_equal(under(network, task, probe)["answer"], before["answer"])
