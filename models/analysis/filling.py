"""What a masked and a causal network put into the same blank."""

from __future__ import annotations

import torch
from torch import nn

from models.tasks.grammar import (
    END,
    MANY_DO,
    MASK,
    ONE,
    ONE_DOES,
    PADDING,
    SLOTS,
    SOUNDS,
    START,
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


@torch.no_grad()
def fill_blank(network: nn.Module, task: Grammar, text: str, most: int = 8) -> list[tuple[str, float]]:
    """The likeliest words for the blank `___` of a sentence, with their probabilities, best first.

    A masked network reads the whole sentence; a causal one only what stands before the blank.
    Raises ValueError where the sentence does not have exactly one blank.
    """
    text = text.lower().replace("___", MASK)
    words = text.split()
    if words.count(MASK) != 1:
        raise ValueError(f"wanted one blank, written ___, got {words.count(MASK)}")
    place = words.index(MASK) + 1
    ids = task.encode(text)
    if task.form == "causal":
        ids, place = ids[:place], place - 1
    probabilities = network(ids[None])[0, place].softmax(-1)
    for symbol in (PADDING, START, MASK, END):
        probabilities[task.symbols.index(symbol)] = 0
    best = (probabilities / probabilities.sum()).topk(most)
    return [(task.symbols[i], p) for i, p in zip(best.indices.tolist(), best.values.tolist(), strict=True)]
