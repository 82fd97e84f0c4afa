"""The claims of the Transformer's pages, each over three seeds."""

from functools import cache

import numpy as np
import pytest
import torch

from models.analysis.circuits import wave_shares, weight_size
from models.analysis.extrapolation import bits_by_length
from models.analysis.heads import scores_of_heads, silenced
from models.analysis.shuffling import noticed
from models.claims import transformer as claims
from models.experiment import Experiment, ModelConfig, TrainConfig
from models.tasks.order import Order
from models.trace import record
from models.training.loop import Trainer

pytestmark = pytest.mark.slow
SEEDS = (0, 1, 2)


def trained_for(experiment, steps=None):
    """The trainer after all updates of an experiment, or after fewer."""
    trainer = Trainer(experiment)
    while trainer.step < (steps or trainer.config.steps):
        trainer.update()
    return trainer


def run(claim, seed, *, until=None, every=25):
    """Train as the claim says, at most until held-out accuracy reaches `until`; trainer and last metrics."""
    trainer = Trainer(claims.with_seed(claim.experiment, seed))
    metrics = {}
    while trainer.step < trainer.config.steps:
        trainer.update()
        if trainer.step % every == 0:
            metrics = trainer.evaluate()
            if until and metrics["accuracy"] >= until:
                break
    print(f"{claim.key}, seed {seed}: {trainer.step} updates, {metrics}")
    return trainer, metrics


@pytest.mark.parametrize("seed", SEEDS)
def test_without_positions_it_cannot_reverse(seed):
    _, metrics = run(claims.NO_POSITIONS, seed)
    assert abs(metrics["accuracy"] - Order().without_order) < 0.04


@pytest.mark.parametrize(
    "claim", [claims.SINUSOIDAL, claims.LEARNED, claims.ROTARY_SHIFTS], ids=lambda c: c.key
)
@pytest.mark.parametrize("seed", SEEDS)
def test_positions_give_order(claim, seed):
    _, metrics = run(claim, seed, until=0.95, every=10)
    assert metrics["accuracy"] >= 0.95


@pytest.mark.parametrize("seed", SEEDS)
def test_rotary_does_not_reverse_in_one_layer(seed):
    _, metrics = run(claims.ROTARY_DOES_NOT_REVERSE, seed)
    assert metrics["accuracy"] < 0.6


@pytest.mark.parametrize("positions", ["alibi", "relative"])
@pytest.mark.parametrize("seed", SEEDS)
def test_a_bias_by_distance_does_not_reverse_in_one_layer(positions, seed):
    trainer = trained_for(claims.order_experiment(positions, seed=seed))
    assert trainer.evaluate()["accuracy"] < 0.4
    assert noticed(trainer.network, trainer.task.held_out(256).inputs).changed > 0.25


@pytest.mark.parametrize("seed", SEEDS)
def test_counting_needs_no_positions(seed):
    trainer = trained_for(claims.order_experiment("none", "count", seed=seed))
    assert trainer.evaluate()["accuracy"] > 0.8 > 2 * trainer.task.chance


@pytest.mark.parametrize("seed", SEEDS)
def test_only_without_positions_nobody_notices_that_the_row_was_shuffled(seed):
    for positions in ("none", "sinusoidal", "learned", "rotary"):
        trainer = trained_for(claims.order_experiment(positions, seed=seed), steps=60)
        found = noticed(trainer.network, trainer.task.held_out(256).inputs)
        print(positions, found)
        assert found.changed > 0.25 if positions != "none" else found.changed == 0 and found.distance < 1e-5


@cache
def bits(positions, seed):
    """Bits a character at 48, at 96 and at 288 characters of context."""
    trainer = trained_for(claims.characters_experiment(positions, seed=seed))
    result = bits_by_length(trainer.network, trainer.task.parts()[1], (48, 96, 288))
    print(result)
    return result.bits


def test_the_claims_are_of_the_experiments_measured_here():
    assert claims.ALIBI_EXTRAPOLATES.experiment == claims.characters_experiment("alibi")
    assert claims.SINUSOIDAL_BREAKS.experiment == claims.characters_experiment("sinusoidal")


@pytest.mark.parametrize("seed", SEEDS)
def test_alibi_stays_flat_beyond_the_training_length(seed):
    near, far, farthest = bits("alibi", seed)
    assert near < 3.6  # it has learned: the characters' frequencies alone leave about 4.7 bits
    assert far < 1.1 * near
    assert 0.9 * near < farthest < 1.1 * near


@pytest.mark.parametrize("seed", SEEDS)
def test_sinusoidal_breaks_beyond_the_training_length(seed):
    near, far, farthest = bits("sinusoidal", seed)
    assert near < 3.6
    assert far > 1.25 * near
    assert farthest > 1.25 * near


@pytest.mark.parametrize("positions", ["learned", "rotary", "relative"])
@pytest.mark.parametrize("seed", SEEDS)
def test_no_other_encoding_reads_six_times_as_far(positions, seed):
    near, _, farthest = bits(positions, seed)
    assert near < 3.6
    assert farthest > 1.25 * near


@pytest.mark.parametrize("seed", SEEDS)
def test_without_positions_nothing_breaks_but_alibi_is_better(seed):
    without = bits("none", seed)
    alibi = bits("alibi", seed)
    assert max(without) < 1.15 * without[0]
    assert all(ours + 0.2 < theirs for ours, theirs in zip(alibi, without, strict=True))


@pytest.mark.parametrize("seed", SEEDS)
def test_an_induction_head_forms_in_two_layers(seed):
    trainer, metrics = run(claims.INDUCTION, seed, until=0.9)
    assert metrics["accuracy"] >= 0.9
    batch = trainer.task.held_out(100)
    previous, induction = scores_of_heads(record(trainer.network, batch.inputs), trainer.task.periods(batch))
    print(previous, induction)
    assert induction[1].max() > 0.4
    assert previous[0].max() > 0.2
    with silenced(trainer.network, 0, 0, 1), torch.no_grad():
        assert trainer.task.evaluate(trainer.network, batch)["accuracy"] < 0.4


@pytest.mark.parametrize("seed", SEEDS)
def test_before_the_rise_two_layers_are_no_better_than_one(seed):
    early = [trained_for(claims.induction_experiment(n, seed=seed), 60).evaluate() for n in (1, 2)]
    print(early)
    assert max(metrics["accuracy"] for metrics in early) < 0.3


@pytest.mark.parametrize("seed", SEEDS)
def test_one_layer_forms_no_induction_head(seed):
    trainer, metrics = run(claims.NO_INDUCTION, seed)
    assert metrics["accuracy"] < 0.4
    batch = trainer.task.held_out(100)
    _, induction = scores_of_heads(record(trainer.network, batch.inputs), trainer.task.periods(batch))
    assert induction.max() < 0.3


def six_waves(trainer):
    """The share of the six strongest of 23 frequencies in the embedding; even ones would have 0.26."""
    return np.sort(wave_shares(trainer.network.embed.weight.detach().numpy()))[-6:].sum()


@pytest.mark.parametrize("seed", SEEDS)
def test_weight_decay_turns_knowing_by_heart_into_understanding(seed):
    trainer = Trainer(claims.with_seed(claims.GROKKING.experiment, seed))
    for _ in range(100):
        trainer.update()
    early = trainer.evaluate()
    assert early["training_accuracy"] == 1
    assert early["accuracy"] < 0.1
    trainer, metrics = run(claims.GROKKING, seed, until=0.95)
    assert metrics["accuracy"] >= 0.95
    assert six_waves(trainer) > 0.45
    assert weight_size(trainer.network) < 0.34


@pytest.mark.parametrize("seed", SEEDS)
def test_without_weight_decay_nothing_is_understood(seed):
    trainer, metrics = run(claims.NO_GROKKING, seed, every=100)
    assert six_waves(trainer) < 0.36
    assert weight_size(trainer.network) > 1.5 * 0.34
    assert metrics["training_accuracy"] == 1
    assert metrics["accuracy"] < 0.05


@pytest.mark.parametrize("seed", SEEDS)
def test_an_encoder_decoder_learns_to_write_a_row_backwards(seed):
    model = ModelConfig("transformer", hidden=32, heads=4, layers=1, feed_forward=64)
    train = TrainConfig(steps=300, batch_size=32, learning_rate=3e-3, warmup=30, seed=seed)
    trainer = trained_for(Experiment("reverse_sequence", {}, model, train))
    metrics = trainer.evaluate()
    print(metrics)
    assert metrics["accuracy"] > 0.5 > 3 * trainer.task.chance
