"""What is seen of an encoder and a decoder at one moment: states, attention, how far answers hold up."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from models.analysis.alignment import agreement, known_alignment
from models.looks import softmax
from models.networks import Network
from models.tasks.base import Batch, Task
from models.tasks.translation import TranslationTask
from models.tasks.translation.base import exact, widened
from models.trace import record

Look = Callable[[Network, Task], Mapping[str, np.ndarray]]
GROUPS, EACH = 6, 16
"""Groups of source lengths, and most sequences in each, on which a network is measured."""
FEWEST = 8
"""A share counted on fewer sequences than this is not shown."""


def encoder_look(source: Tensor) -> Look:
    """The encoder's way through one source (K,), and what it hands over.

    memory (K, unit): hidden states of the top layer, those of the backward reader behind the others
    sentence_vector (unit,): what the decoder starts from
    """

    @torch.no_grad()
    def look(network: Network, task: Task) -> Mapping[str, np.ndarray]:
        memory, sentence, _ = network.encoder(source[None])
        return {"memory": memory[0].numpy().copy(), "sentence_vector": sentence[0].numpy().copy()}

    return look


def alignment_look(source: Tensor, answer: Sequence[int]) -> Look:
    """Where a decoder looks while it is given one answer: the same steps at every moment of training.

    attention (step, K): rows add up to 1
    given (step,): probability of the answer's symbol
    """
    ids = torch.tensor([list(answer)])
    batch = Batch(source[None], ids, torch.ones_like(ids, dtype=torch.bool))

    def look(network: Network, task: Task) -> Mapping[str, np.ndarray]:
        trace = record(network, source[None], names=["attention"], run=lambda: network.answer(batch))
        given = np.take_along_axis(softmax(trace.output[0]), ids.numpy().T, -1)[:, 0]
        return {"attention": trace.sequence("attention").copy(), "given": given}

    return look


@dataclass(frozen=True, slots=True)
class Yardstick:
    """Held-out sequences of all lengths, as evenly as there are any."""

    batch: Batch
    group: np.ndarray
    """(B,) place of each sequence's group of lengths."""
    ranges: tuple[tuple[int, int], ...]
    """Shortest and longest source of each group, in symbols."""


def yardstick(task: TranslationTask, groups: int = GROUPS, each: int = EACH) -> Yardstick:
    """At most `each` held-out sequences of every one of `groups` equally wide ranges of source lengths."""
    drawn = task.held_out(1024)
    lengths = (drawn.inputs != task.padding).sum(1).numpy()
    edges = np.linspace(lengths.min(), lengths.max() + 1, groups + 1)
    group = np.searchsorted(edges, lengths, side="right") - 1
    rows = [np.flatnonzero(group == place)[:each] for place in range(groups)]
    rows = [found for found in rows if len(found)]
    taken = torch.from_numpy(np.concatenate(rows))
    batch = Batch(drawn.inputs[taken], drawn.targets[taken], drawn.counts[taken])
    ranges = tuple((int(lengths[found].min()), int(lengths[found].max())) for found in rows)
    return Yardstick(batch, np.repeat(np.arange(len(rows)), [len(found) for found in rows]), ranges)


@torch.no_grad()
def measure(network: Network, task: TranslationTask, stick: Yardstick) -> dict[str, np.ndarray]:
    """How far a network's answers hold up.

    exact (group,): share of answers without a mistake, running freely, by source length
    forced (place,): share of right symbols at each place of the answer, given the true ones before
    free (place,): the same when the network reads its own symbols; NaN where too few answers are so long
    """
    batch = stick.batch
    free = network(batch.inputs).argmax(-1)
    right = exact(free, batch.targets, task.end).numpy()
    forced = network.answer(batch).argmax(-1) == batch.targets
    width = batch.targets.shape[1]
    free = widened(free, max(width, free.shape[1]), task.end)[:, :width] == batch.targets
    return {
        "exact": np.bincount(stick.group, right) / np.bincount(stick.group),
        "forced": _by_place(forced, batch.counts),
        "free": _by_place(free, batch.counts),
    }


def measure_agreement(network: Network, task: TranslationTask, batch: Batch) -> dict[str, float]:
    """Agreement of attention with the known alignment on a batch: largest, mass, chance.

    Raises ValueError where the batch has no known alignment.
    """
    trace = record(network, batch.inputs, names=["attention"], run=lambda: network.answer(batch))
    lengths = (batch.inputs != task.padding).sum(1).numpy()
    found = agreement(trace["attention"], known_alignment(task, batch), lengths)
    return {"largest": found.largest, "mass": found.mass, "chance": found.chance}


def _by_place(right: Tensor, counts: Tensor) -> np.ndarray:
    """Share of right symbols at each place (B, place) that counts."""
    enough = counts.sum(0).numpy()
    share = (right & counts).sum(0).numpy() / np.maximum(enough, 1)
    return np.where(enough >= min(FEWEST, len(counts)), share, np.nan)


def sentence_agreement(attention: np.ndarray, known: np.ndarray) -> dict[str, float] | None:
    """Agreement on one sentence: largest, mass, chance. None where no alignment is known.

    attention, known: (target, source)
    """
    if not known.any():
        return None
    found = agreement(attention[None], known[None], np.array([known.shape[1]]))
    return {"largest": found.largest, "mass": found.mass, "chance": found.chance}
