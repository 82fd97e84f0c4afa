"""Dates of one more language."""

from __future__ import annotations

import pytest
import torch

from models.analysis.date_transfer import DATE_ARMS, date_arm, date_pretraining
from models.networks import build_network
from models.tasks.new_language import NewLanguage
from models.tasks.translation.dates import ReadDates
from models.training.loop import Trainer


def test_the_dates_are_those_of_the_language_written_in_the_larger_alphabet():
    alone, among = ReadDates(languages="fi"), NewLanguage(languages="fi", alphabet="en,fi")
    ones, others = (task.sample(20, torch.Generator().manual_seed(3)) for task in (alone, among))
    assert [alone.read(row) for row in ones.inputs] == [among.read(row) for row in others.inputs]
    assert (ones.targets == others.targets).all()
    assert len(among.symbols) > len(alone.symbols)
    for source, target in zip(others.inputs, others.targets, strict=True):
        assert among.solve(source) == target.tolist()


def test_few_examples_are_few_and_held_out_dates_are_others():
    task = NewLanguage(languages="fi", alphabet="en,fi", examples=5)
    batch = task.sample(300, torch.Generator().manual_seed(0))
    seen = {task.read(row) for row in batch.inputs}
    assert len(seen) == 5
    assert not seen & {task.read(row) for row in task.held_out(200).inputs}
    with pytest.raises(ValueError, match=r"alphabet: .*ko"):
        NewLanguage(languages="ko", alphabet="en,fi")


@pytest.mark.parametrize("name", DATE_ARMS)
def test_every_arm_trains_what_it_says(name):
    pretraining = date_pretraining()
    trainer = Trainer(
        date_arm(name, 8),
        start_weights=build_network(pretraining.model, NewLanguage(**pretraining.task_options)).state_dict(),
    )
    before = {key: value.clone() for key, value in trainer.network.state_dict().items()}
    trainer.update()
    moved = {
        key for key, value in trainer.network.state_dict().items() if not torch.equal(value, before[key])
    }
    parts = {key.split(".")[0] for key in moved}
    if name == "embeddings":
        assert moved == {"encoder.embed.weight"}
    elif name == "encoder":
        assert parts == {"encoder"}
    else:
        assert parts == {"encoder", "decoder", "attend", "join", "to_logits"}


def test_unknown_arms_are_refused():
    with pytest.raises(ValueError, match="arm: wanted one of"):
        date_arm("decoder", 8)
