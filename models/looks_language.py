"""What the pages on words, reviews and pre-training see of a network at one moment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache

import numpy as np
import torch
from torch import Tensor

from models.analysis.attribution import METHODS, attributions
from models.analysis.filling import slot_accuracy
from models.analysis.vectors import Projection, WordSpace, analogy_accuracy, principal_axes
from models.film import Look
from models.looks import softmax
from models.networks import Network
from models.tasks import Batch, Task
from models.tasks.grammar import END, MASK, PADDING, SLOTS, START, Grammar
from models.tasks.labelled import last_word_right
from models.tasks.review_text import CONTRASTIVE, TEMPLATES
from models.tasks.reviews import Reviews
from models.trace import record

SAME_BAG = "same bag"
"""Pairs of reviews with the same words and opposite feelings."""
PER_TEMPLATE = 80


def seen_words(task: Task) -> tuple[str, ...]:
    """The words that `vectors_look` gives vectors of, the most frequent first."""
    return task.symbols[1:]


def vectors_look(pairs: Sequence[tuple[str, str]] = ()) -> Look:
    """`vectors` (word, unit) of `seen_words`; with pairs, `analogies`: the share of theirs that are right."""

    def look(network: Network, task: Task) -> Mapping[str, np.ndarray]:
        words = seen_words(task)
        vectors = network.vectors.weight.detach()[1 : 1 + len(words)].numpy().copy()
        seen = {"vectors": vectors}
        if pairs:
            seen["analogies"] = np.array(analogy_accuracy(WordSpace(words, vectors), pairs))
        return seen

    return look


def axes_of_sets(space: WordSpace, low: Sequence[str], high: Sequence[str]) -> Projection:
    """Two fixed axes: from the mean of one set of words to that of the other, and across.

    The second is the main direction of what the first leaves over.
    """
    start, end = (space.vectors[[space.place(word) for word in words]].mean(0) for words in (low, high))
    line = (end - start) / max(np.linalg.norm(end - start), 1e-12)
    centred = space.vectors - space.vectors.mean(0)
    across = principal_axes(centred - np.outer(centred @ line, line), 1).axes[:, 0]
    axes = np.stack([line, across], axis=1)
    variance = (centred @ axes).var(0) / max(centred.var(0).sum(), 1e-12)
    return Projection((start + end) / 2, axes, variance)


def moved(snapshots: np.ndarray, project: Projection) -> np.ndarray:
    """Coordinates (moment, word, axis) of (moment, word, unit), each moment turned onto the last one.

    The same as `models.analysis.vectors.align` moment by moment, all at once: a page does it at every tick.
    """
    last = snapshots[-1]
    centred = snapshots - snapshots.mean(1, keepdims=True)
    left, _, right = np.linalg.svd(centred.swapaxes(1, 2) @ (last - last.mean(0)))
    turned_axes = left @ (right @ project.axes)
    return centred @ turned_axes + project(last.mean(0))


def template_names(task: Reviews) -> tuple[str, ...]:
    """What `templates_look` measures: each template of the task, and pairs with the same bag of words."""
    return (*task.used_templates, SAME_BAG)


def templates_look() -> Look:
    """`right` (template,): the share of held-out reviews of each template that are judged right."""

    @torch.no_grad()
    def look(network: Network, task: Reviews) -> Mapping[str, np.ndarray]:
        batch, counts = _by_template(task)
        right = last_word_right(network(batch.inputs), batch).float().split(counts)
        return {"right": torch.stack([part.mean() for part in right]).numpy()}

    return look


@cache
def _by_template(task: Reviews) -> tuple[Batch, tuple[int, ...]]:
    """Held-out reviews in the order of `template_names`, and how many of each; made once."""
    drawn = task.reviews(PER_TEMPLATE * len(TEMPLATES), seed=-2)
    own = [[review for review in drawn if review.template == name] for name in task.used_templates]
    parts = [*(task.batch(reviews) for reviews in own), task.twins(2 * PER_TEMPLATE)]
    joined = (torch.cat([getattr(part, name) for part in parts]) for name in ("inputs", "targets", "counts"))
    return Batch(*joined), tuple(len(part) for part in parts)


def is_contrastive(template: str) -> bool:
    """Whether a bag of words cannot know."""
    return template in (*CONTRASTIVE, SAME_BAG)


def opinions_look(sequences: Sequence[Tensor]) -> Look:
    """`opinion 0`, `opinion 1`, ... (time, answer): probabilities after each word of each sequence."""

    @torch.no_grad()
    def look(network: Network, task: Task) -> Mapping[str, np.ndarray]:
        return {
            f"opinion {place}": softmax(network(ids[None])[0].numpy()) for place, ids in enumerate(sequences)
        }

    return look


def explained(network: Network, ids: Tensor, answer: int) -> np.ndarray:
    """What each of METHODS says of each step, (method, time)."""
    found = attributions(network, ids, answer)
    return np.stack([found[name] for name in METHODS])


def blank_ids(task: Grammar, words: Sequence[str], place: int) -> Tensor:
    """A whole sentence (time,) from start to end; a masked network finds the word at `place` hidden."""
    shown = [MASK if task.form == "masked" and i == place else word for i, word in enumerate(words)]
    return torch.tensor([task.symbols.index(word) for word in (START, *shown, END)])


def blank_look(words: Sequence[str], place: int) -> Look:
    """What a network puts into the place of one word, and where each position looks.

    `fill` (symbol,): probabilities, no sign that is not a word among them
    `attention` (layer, head, query, key): "not a number" where a query may not see a key
    """

    def look(network: Network, task: Grammar) -> Mapping[str, np.ndarray]:
        ids = blank_ids(task, words, place)
        trace = record(network, ids[None])
        causal = task.form == "causal"
        fill = softmax(trace.output[0, place if causal else place + 1])
        fill[[task.symbols.index(sign) for sign in (PADDING, START, MASK, END)]] = 0
        attention = np.stack(
            [trace.sequence(f"layers.{layer}.attention") for layer in range(network.config.layers)]
        )
        if causal:
            hidden = np.triu(np.ones(attention.shape[-2:], bool), 1)
            attention = np.where(hidden, np.nan, attention)
        return {"fill": fill / fill.sum(), "attention": attention}

    return look


def slots_look(n: int = 80) -> Look:
    """`right` (slot,): how often the word of each of SLOTS agrees with its cue."""

    def look(network: Network, task: Grammar) -> Mapping[str, np.ndarray]:
        return {"right": np.array([slot_accuracy(network, task, slot, n) for slot in SLOTS])}

    return look
