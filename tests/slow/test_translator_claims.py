"""What the Transformer's first page claims: attention alone translates, order comes from positions."""

from dataclasses import replace

import pytest

from models.analysis.alignment import agreement, known_alignment
from models.claims.transformer import TRANSLATOR, with_seed
from models.trace import record
from models.training.loop import Trainer

pytestmark = pytest.mark.slow
SEEDS = (0, 1, 2)
HELD_OUT = 64


def trained(experiment):
    trainer = Trainer(experiment)
    while trainer.step < trainer.config.steps:
        trainer.update()
    return trainer


def best_head(trainer):
    """The head that looks back whose largest weight lies on a true source word most often."""
    batch = trainer.task.held_out(HELD_OUT)
    names = [f"decoder.layers.{n}.cross.attention" for n in range(trainer.network.config.layers)]
    trace = record(trainer.network, batch.inputs, names=names, run=lambda: trainer.network.answer(batch))
    known = known_alignment(trainer.task, batch)
    lengths = (batch.inputs != trainer.task.padding).sum(1).numpy()
    found = [agreement(trace[name][:, head], known, lengths) for name in names for head in range(4)]
    return max(found, key=lambda one: one.largest)


@pytest.mark.parametrize("seed", SEEDS)
def test_attention_alone_translates_and_some_head_finds_the_source_word(seed):
    trainer = trained(with_seed(TRANSLATOR.experiment, seed))
    metrics = trainer.evaluate()
    best = best_head(trainer)
    print(f"seed {seed}: {metrics}, best head {best}")
    assert metrics["exact"] >= 0.95
    assert best.largest > 0.5 > 2 * best.chance


@pytest.mark.parametrize("seed", SEEDS)
def test_without_positions_it_cannot_put_the_words_in_order(seed):
    experiment = with_seed(TRANSLATOR.experiment, seed)
    trainer = trained(replace(experiment, model=replace(experiment.model, positions="none")))
    metrics = trainer.evaluate()
    print(f"seed {seed}: {metrics}")
    assert metrics["exact"] < 0.2
