"""Filling blanks, with networks whose answers are known."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from models.analysis.filling import WORDS, slot_accuracy
from models.tasks.grammar import SLOTS, Grammar


class Says(nn.Module):
    """Answers `right` everywhere with a little of everything else; sees nothing."""

    def __init__(self, task, word):
        super().__init__()
        self.answer = nn.functional.one_hot(torch.tensor(task.symbols.index(word)), len(task.symbols)) * 5.0

    def forward(self, inputs):
        return self.answer.expand(*inputs.shape, -1)


@pytest.mark.parametrize("form", ["masked", "causal"])
@pytest.mark.parametrize("slot", SLOTS)
def test_whoever_always_says_the_same_is_at_chance(form, slot):
    task = Grammar(form=form)
    accuracy = slot_accuracy(Says(task, WORDS[slot][0]), task, slot, n=2000)
    assert accuracy == pytest.approx(SLOTS[slot].chance, abs=0.06)
