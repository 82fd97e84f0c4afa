"""Filling blanks, with networks whose answers are known."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from models.analysis.filling import WORDS, fill_blank, slot_accuracy
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


@pytest.mark.parametrize("form", ["masked", "causal"])
def test_a_blank_is_filled_by_words_and_never_by_marks(form):
    task = Grammar(form=form)
    guesses = fill_blank(Says(task, "<pad>"), task, "these cats ___ the river", most=3)
    assert len(guesses) == 3 and not {word for word, _ in guesses} & {"<pad>", "<s>", "</s>", "<mask>"}
    assert fill_blank(Says(task, "near"), task, "these cats ___ the river")[0][0] == "near"
    with pytest.raises(ValueError, match="one blank, written ___, got 0"):
        fill_blank(Says(task, "near"), task, "these cats near the river")


def test_a_causal_network_is_shown_only_what_stands_before_the_blank():
    task = Grammar()
    seen = []

    class Watches(Says):
        def forward(self, inputs):
            seen.append(task.decode(inputs[0]))
            return super().forward(inputs)

    fill_blank(Watches(task, "near"), task, "these cats ___ the river")
    assert seen == [["<s>", "these", "cats"]]
