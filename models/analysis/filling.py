"""What a masked and a causal network put into the same blank."""

from __future__ import annotations

import torch
from torch import nn

from models.tasks import grammar
from models.tasks.grammar import END, MASK, PADDING, SLOTS, START, Grammar


@torch.no_grad()
def slot_accuracy(network: nn.Module, task: Grammar, slot: str, n: int = 400) -> float:
    """Share of held-out sentences in which the word of a slot agrees with its cue.

    For verbs and determiners the number must agree (chance 1 in 2), for nouns and sounds the word
    itself (chance 1 in 8).
    """
    batch = task.slot_batch(slot, n)
    logits = network(batch.inputs)[batch.counts]
    true = batch.targets[batch.counts]
    guessed = logits.argmax(-1)
    if SLOTS[slot].alternatives > 2:
        return (guessed == true).float().mean().item()
    number = torch.tensor([_number(symbol) for symbol in task.symbols])
    return (number[guessed] == number[true]).float().mean().item()


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


def _number(word: str) -> int:
    """0 singular, 1 plural, 2 neither."""
    if word in (*grammar.ONE, *grammar.ONE_DOES, "this"):
        return 0
    return 1 if word in (*grammar.MANY, *grammar.MANY_DO, "these") else 2
