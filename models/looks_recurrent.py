"""What is seen of a recurrent network at one moment, beside what `models.looks` sees of any."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from models.analysis.gradients import gradient_through_time
from models.analysis.interventions import Intervention
from models.analysis.units import Plane, best_unit, correlations, principal_plane, read_out
from models.film import Look
from models.looks import held_out_states, sequence_look, softmax
from models.networks import Network
from models.tasks import Batch, Task

OTHER = "other."
"""Stands before the arrays of a second sequence."""


def two_orders_look(first: Tensor, second: Tensor) -> Look:
    """What a network does with two sequences: the first's arrays by name, the second's behind `other.`."""
    looks = sequence_look(first), sequence_look(second)

    def look(network: Network, task: Task) -> Mapping[str, np.ndarray]:
        here, there = (part(network, task) for part in looks)
        return {**here, **{OTHER + name: values for name, values in there.items()}}

    return look


def answer_look(inputs: Tensor) -> Look:
    """Only what any network answers to one sequence (time,): `answer` (time, answer), probabilities."""

    @torch.no_grad()
    def look(network: Network, task: Task) -> Mapping[str, np.ndarray]:
        logits = network(inputs[None])[0].numpy()
        return {"answer": logits if task.answer_width == 1 else softmax(logits)}

    return look


def gradient_look(batch: Batch) -> Look:
    """`gradient` (layer, time): the size of dLoss_T / dh_t, of sequences that are scored at one step T."""

    def look(network: Network, task: Task) -> Mapping[str, np.ndarray]:
        return {"gradient": gradient_through_time(network, task, batch)}

    return look


def scored_together(task: Task, n: int = 16) -> tuple[Batch, int]:
    """Held-out sequences that are all scored last at the same step, cut off after it, and that step."""
    batch = task.held_out(256)
    steps = torch.arange(batch.counts.shape[1])
    last = torch.where(batch.counts, steps, -1).amax(1)
    step = int(last[last >= 0].mode().values)
    rows = (last == step).nonzero().flatten()[:n]
    cut = (rows, slice(step + 1))
    return Batch(batch.inputs[cut], batch.targets[cut], batch.counts[cut]), step


def another_order(task: Task, probe: Tensor) -> str:
    """The same tokens in another order, as a person would type them.

    A good and a bad word of a review change places; elsewhere all between the first and the last token
    is reversed, or shuffled where the task allows no such sequence. Where every order is the same or
    forbidden, the sequence itself.
    """
    original = probe.tolist()
    for candidate in _orders(task, probe):
        text = _typed(task, torch.tensor(candidate))
        if candidate != original and _readable(task, text):
            return text
    return _typed(task, probe)


def same_tokens(first: Tensor, second: Tensor) -> bool:
    """Whether two sequences differ in nothing but order."""
    return sorted(first.tolist()) == sorted(second.tolist())


def _orders(task: Task, probe: Tensor):
    ids = probe.tolist()
    tracks = task.events(probe[None])
    if {"good word", "bad word"} <= tracks.keys():
        good, bad = (tracks[name][0].nonzero().flatten().tolist() for name in ("good word", "bad word"))
        if good and bad:
            swapped = ids.copy()
            swapped[good[0]], swapped[bad[0]] = ids[bad[0]], ids[good[0]]
            yield swapped
    yield [*ids[:1], *ids[-2:0:-1], *ids[-1:]]
    generator = torch.Generator().manual_seed(3)
    for _ in range(100):
        yield probe[torch.randperm(len(ids), generator=generator)].tolist()


def _typed(task: Task, ids: Tensor) -> str:
    if task.writes:
        return task.text_from(ids)
    tokens = task.decode(ids)
    return " ".join(token for token in tokens if token != "<s>")


def _readable(task: Task, text: str) -> bool:
    try:
        task.encode(text)
    except ValueError:
        return False
    return True


def plane_of(states: Sequence[np.ndarray], axes: int = 3) -> tuple[Plane, list[np.ndarray]]:
    """Axes fixed from the last moment of training, and each sequence's states in them.

    states: for each sequence (moment, time, unit). Where training has exploded into infinity, the last
    moment before decides.
    Returns the axes and, for each sequence, (moment, time + 1, axis): the empty state first.
    """
    sound = np.logical_and.reduce([np.isfinite(values).all(axis=(1, 2)) for values in states])
    last = int(np.flatnonzero(sound)[-1]) if sound.any() else 0
    seen = np.concatenate([values[last] for values in states])
    plane = principal_plane(np.nan_to_num(seen, posinf=0, neginf=0), axes)
    started = [np.concatenate([np.zeros_like(values[:, :1]), values], axis=1) for values in states]
    return plane, [plane.project(values) for values in started]


@dataclass(frozen=True, slots=True)
class Follower:
    """The unit that follows an event best."""

    event: str
    unit: int
    r: float
    """Pearson's r over held-out sequences, signed."""
    together: float
    """r of a linear read-out of all units together, on sequences that it was not fitted to."""


def followers(network: Network, task: Task, tap: str) -> dict[str, Follower]:
    """For every event of the task the unit that follows it best, on 64 held-out sequences."""
    states, events = held_out_states(network, task, tap)
    found = correlations(states, events)
    return {
        event: Follower(event, *best_unit(found, event), read_out(states, track))
        for event, track in events.items()
    }


def under(
    network: Network, task: Task, inputs: Tensor, interventions: Sequence[Intervention] = ()
) -> Mapping[str, np.ndarray]:
    """What `sequence_look` sees of one sequence while all interventions hold."""
    with ExitStack() as stack:
        for intervention in interventions:
            stack.enter_context(intervention.applied(network))
        return sequence_look(inputs)(network, task)
