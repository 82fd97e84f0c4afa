"""What a masked and a causal network put into the same blank."""

from __future__ import annotations

import torch
from torch import nn

from models.tasks.grammar import (
    MANY_DO,
    ONE,
    ONE_DOES,
    SLOTS,
    SOUNDS,
    Grammar,
)

WORDS = {
    "verb": (*ONE_DOES, *MANY_DO),
    "sound": SOUNDS,
    "determiner": ("this", "these"),
    "noun": ONE,
}
"""What may stand in each slot."""
PLURAL = (*MANY_DO, "these")


@torch.no_grad()
def slot_accuracy(network: nn.Module, task: Grammar, slot: str, n: int = 400) -> float:
    """Share of held-out sentences in which the word of a slot agrees with its cue.

    The likeliest of the words that may stand there is taken. For verbs and determiners its number
    must agree (chance 1 in 2), for nouns and sounds it must be the word itself (chance 1 in 8).
    """
    batch = task.slot_batch(slot, n)
    allowed = [task.symbols.index(word) for word in WORDS[slot]]
    guessed = [WORDS[slot][i] for i in network(batch.inputs)[batch.counts][:, allowed].argmax(-1)]
    true = [task.symbols[i] for i in batch.targets[batch.counts]]
    if SLOTS[slot].alternatives == 2:
        guessed, true = [word in PLURAL for word in guessed], [word in PLURAL for word in true]
    return sum(g == t for g, t in zip(guessed, true, strict=True)) / len(true)
