import math

import pytest
import torch
from torch.nn import functional

from models.tasks.copy_memory import CopyMemory


def test_the_letters_come_again_after_the_signal():
    task = CopyMemory(delay=5, copied=3)
    batch = task.sample(40, torch.Generator().manual_seed(1))
    for ids, targets in zip(batch.inputs, batch.targets, strict=True):
        tokens, answers = task.decode(ids), task.decode_answer(targets)
        assert tokens[3:] == ["_"] * 4 + ["!"] + ["_"] * 3
        assert answers == ["_"] * 8 + tokens[:3]


def test_the_published_baseline_is_what_blanks_and_then_guessing_costs():
    task = CopyMemory(delay=30)
    batch = task.sample(500, torch.Generator().manual_seed(1))
    logits = torch.full((*batch.targets.shape, 9), -50.0)
    logits[:, :-10, 8] = 50
    logits[:, -10:, :8] = 0
    cost = functional.cross_entropy(logits.flatten(0, 1), batch.targets.flatten()).item()
    assert task.guessing_loss == pytest.approx(10 * math.log(8) / 50)
    assert cost == pytest.approx(task.guessing_loss, rel=1e-4)


def test_accuracy_counts_the_copied_letters_alone():
    task = CopyMemory(delay=30)
    batch = task.sample(50, torch.Generator().manual_seed(1))
    only_blanks = functional.one_hot(torch.full_like(batch.targets, 8), 9).float()
    assert task.metrics(only_blanks, batch)["accuracy"] == 0


def test_events_part_the_sequence_into_letters_wait_and_answer():
    task = CopyMemory(delay=3, copied=2)
    events = task.events(task.encode("a b _ _ ! _ _").unsqueeze(0))
    assert events["letter"][0].tolist() == [1, 1, 0, 0, 0, 0, 0]
    assert events["wait"][0].tolist() == [0, 0, 1, 1, 0, 0, 0]
    assert events["answer"][0].tolist() == [0, 0, 0, 0, 1, 1, 1]
