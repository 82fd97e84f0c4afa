"""The claims of the Transformer's pages, each over three seeds."""

import numpy as np
import pytest
import torch

from models.analysis.circuits import wave_shares
from models.analysis.extrapolation import bits_by_length
from models.analysis.heads import scores_of_heads
from models.claims import transformer as claims
from models.tasks.order import Order
from models.trace import record
from models.training.loop import Trainer

pytestmark = pytest.mark.slow
SEEDS = (0, 1, 2)


@pytest.fixture(autouse=True)
def one_thread():
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


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


def bits(claim, seed):
    """Bits a character at 48, at 96 and at 288 characters of context."""
    trainer, _ = run(claim, seed, every=300)
    result = bits_by_length(trainer.network, trainer.task.parts()[1], (48, 96, 288))
    print(result)
    return result.bits


@pytest.mark.parametrize("seed", SEEDS)
def test_alibi_stays_flat_beyond_the_training_length(seed):
    near, far, farthest = bits(claims.ALIBI_EXTRAPOLATES, seed)
    assert near < 3.6  # it has learned: the characters' frequencies alone leave about 4.7 bits
    assert far < 1.1 * near
    assert 0.9 * near < farthest < 1.1 * near


@pytest.mark.parametrize("seed", SEEDS)
def test_sinusoidal_breaks_beyond_the_training_length(seed):
    near, far, farthest = bits(claims.SINUSOIDAL_BREAKS, seed)
    assert near < 3.6
    assert far > 1.25 * near
    assert farthest > 1.25 * near


@pytest.mark.parametrize("seed", SEEDS)
def test_an_induction_head_forms_in_two_layers(seed):
    trainer, metrics = run(claims.INDUCTION, seed, until=0.9)
    assert metrics["accuracy"] >= 0.9
    batch = trainer.task.held_out(100)
    previous, induction = scores_of_heads(record(trainer.network, batch.inputs), trainer.task.periods(batch))
    print(previous, induction)
    assert induction[1].max() > 0.4
    assert previous[0].max() > 0.2


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


@pytest.mark.parametrize("seed", SEEDS)
def test_without_weight_decay_nothing_is_understood(seed):
    trainer, metrics = run(claims.NO_GROKKING, seed, every=100)
    assert six_waves(trainer) < 0.36
    assert metrics["training_accuracy"] == 1
    assert metrics["accuracy"] < 0.05
