"""Arms, drift, forgetting, cost; and features that are computed once."""

from __future__ import annotations

import dataclasses

import pytest
import torch

from models.analysis.transfer import (
    ARMS,
    arm,
    body_parts,
    by_hand,
    cost,
    drift,
    unit_correlations,
)
from models.experiment import Experiment, ModelConfig, TrainConfig
from models.looks_transfer import FirstTask
from models.networks import build_network
from models.tasks import build_task
from models.training import features
from models.training.features import FrozenFeatures, can_be_kept, last_layer_inputs
from models.training.loop import Trainer

SMALL = Experiment(
    "review_language",
    {"texts": 50},
    ModelConfig(kind="lstm", hidden=9, embedding=6, layers=2),
    TrainConfig(steps=2, batch_size=8),
)


@pytest.fixture(scope="module")
def pretrained():
    trainer = Trainer(SMALL)
    trainer.update()
    return trainer.snapshot().weights


def _run(experiment, weights, updates):
    trainer = Trainer(experiment, start_weights=weights if experiment.start_from else None)
    for _ in range(updates):
        trainer.update()
    return trainer


@pytest.mark.parametrize("name", ARMS)
def test_every_arm_moves_what_it_says_and_nothing_else(name, pretrained):
    experiment = arm(name, 8, pretraining=SMALL, updates=20)
    trainer = _run(experiment, pretrained, 20)
    start = Trainer(experiment, start_weights=pretrained if experiment.start_from else None)
    moved = drift(start.network.state_dict(), trainer.network.state_dict(), body_parts(SMALL.model))
    assert list(moved) == ["embed.", "layers.0.", "layers.1."]
    for part, distance in moved.items():
        assert (distance == 0) == (name in ("frozen", "random frozen")), part
    if name in ("full", "frozen", "gradual"):
        fresh = start.network.state_dict()
        assert all((fresh[key] == pretrained[key]).all() for key in fresh if not key.startswith("to_logits"))


def test_frozen_layers_are_equal_bit_for_bit(pretrained):
    after = _run(arm("frozen", 8, pretraining=SMALL), pretrained, 5).network.state_dict()
    for name, value in after.items():
        if not name.startswith("to_logits"):
            assert torch.equal(value, pretrained[name]), name


def test_gradual_unfreezing_goes_from_the_top_down(pretrained):
    experiment = arm("gradual", 8, pretraining=SMALL, updates=30)
    assert experiment.train.unfreeze_every == 8
    for updates, expected in ((7, []), (12, ["layers.1."]), (20, ["layers.0.", "layers.1."])):
        after = _run(experiment, pretrained, updates).network.state_dict()
        moved = drift(pretrained, after, body_parts(SMALL.model))
        assert [part for part, distance in moved.items() if distance] == expected


def test_layers_are_chosen_by_hand(pretrained):
    experiment = by_hand(arm("gradual", 8, pretraining=SMALL), ["layers.0."])
    moved = drift(pretrained, _run(experiment, pretrained, 3).network.state_dict(), body_parts(SMALL.model))
    assert [part for part, distance in moved.items() if not distance] == ["layers.0."]
    with pytest.raises(ValueError, match="arm: wanted one of"):
        arm("halfway", 8)


@pytest.mark.parametrize("kind", ["rnn", "lstm", "gru", "transformer", "bag_of_words"])
def test_kept_features_give_the_run_that_computing_them_every_time_gives(kind, monkeypatch):
    model = ModelConfig(kind=kind, hidden=8, embedding=6, heads=2, layers=1 + (kind == "transformer"))
    experiment = arm("random frozen", 12, pretraining=dataclasses.replace(SMALL, model=model))
    quick = _run(experiment, None, 6)
    assert quick._features is not None
    monkeypatch.setattr(features, "MOST_NUMBERS", 0)
    slow = _run(experiment, None, 6)
    assert slow._features is None
    for name, value in quick.network.state_dict().items():
        torch.testing.assert_close(value, slow.network.state_dict()[name], rtol=1e-5, atol=1e-6)


def test_a_run_taken_up_again_is_the_same_bit_for_bit(pretrained):
    experiment = arm("frozen", 12, pretraining=SMALL)
    whole = _run(experiment, pretrained, 6)
    half = _run(experiment, pretrained, 3)
    rest = Trainer(experiment, half.state)
    for _ in range(3):
        rest.update()
    for name, value in whole.network.state_dict().items():
        assert torch.equal(value, rest.network.state_dict()[name]), name


def test_features_are_kept_only_where_nothing_below_the_head_changes():
    task = build_task("reviews", labelled=8)
    network = build_network(ModelConfig(kind="gru", hidden=5), task)
    assert not can_be_kept(network, task)
    for name, parameter in network.named_parameters():
        parameter.requires_grad_(name.startswith("to_logits."))
    assert can_be_kept(network, task)
    assert not can_be_kept(network, build_task("review_language", texts=10))
    rows = torch.tensor([5, 0, 7])
    kept = FrozenFeatures(network, task).logits(rows)
    torch.testing.assert_close(kept, network(task.pool().inputs[rows]))
    network.config = dataclasses.replace(network.config, dropout=0.2)
    assert not can_be_kept(network, task)


def test_an_untouched_body_forgets_nothing_and_a_broken_one_does(pretrained):
    head = {f"to_logits.{part}": torch.zeros(2) for part in ("weight", "bias")}
    first = FirstTask(SMALL, pretrained)
    assert first.forgotten(pretrained | head) == 0
    assert first.forgotten({name: value + 1.0 for name, value in pretrained.items()} | head) > 0.01


def test_drift_by_hand():
    before = {"embed.weight": torch.tensor([3.0, 4.0]), "layers.0.w": torch.ones(2)}
    after = {"embed.weight": torch.tensor([3.0, 5.0]), "layers.0.w": torch.ones(2)}
    assert drift(before, after, ["embed.", "layers.0."]) == {"embed.": pytest.approx(0.2), "layers.0.": 0}
    with pytest.raises(ValueError, match=r"'layers\.1\.'"):
        drift(before, after, ["layers.1."])


def test_costs_count_what_is_trained(pretrained):
    full, frozen = (cost(arm(n, 8, pretraining=SMALL), pretrained, 2) for n in ("full", "frozen"))
    assert frozen.trainable == 9 * 2 + 2
    assert full.bytes - frozen.bytes == 3 * 4 * (full.trainable - frozen.trainable)


def test_unit_correlations_agree_with_numpy():
    import numpy as np

    torch.manual_seed(0)
    network = build_network(SMALL.model, build_task("review_language", texts=10))
    task = build_task("reviews", every_word=False)
    batch = task.held_out(600)
    states = last_layer_inputs(network, batch.inputs)[batch.counts].detach().numpy()
    expected = [np.corrcoef(unit, batch.targets[:, 0])[0, 1] for unit in states.T]
    np.testing.assert_allclose(unit_correlations(network), expected, atol=1e-4)
