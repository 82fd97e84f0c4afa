"""Looks into a network at one moment: the arrays that pages draw, by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import torch
from torch import Tensor

from models.networks import Network
from models.tasks import Task
from models.trace import record


def sequence_look(inputs: Tensor) -> Callable[[Network, Task], Mapping[str, np.ndarray]]:
    """What a network does with one sequence.

    inputs: (time,) symbols or (time, value) numbers
    Gives every tap with a time axis as (time, unit) by its name, and `answer` (time, answer): the
    probabilities of the answers, or the answer itself where the task asks for a number.
    """

    def look(network: Network, task: Task) -> Mapping[str, np.ndarray]:
        trace = record(network, inputs[None])
        arrays = {name: trace.sequence(name) for name in trace.arrays if "time" in trace.axes[name]}
        output = trace.output[0]
        return arrays | {"answer": output if task.answer_width == 1 else softmax(output)}

    return look


def softmax(logits: np.ndarray) -> np.ndarray:
    """Probabilities along the last axis."""
    weights = np.exp(logits - logits.max(-1, keepdims=True))
    return weights / weights.sum(-1, keepdims=True)


@torch.no_grad()
def held_out_states(
    network: Network, task: Task, tap: str, n: int = 64
) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """One tap over held-out sequences, (time, batch, unit), and the task's events, each (batch, time)."""
    batch = task.held_out(n)
    values = record(network, batch.inputs, names=[tap])[tap]
    events = {name: track.numpy() for name, track in task.events(batch.inputs).items()}
    return values, events


def random_probe(task: Task) -> str:
    """A sequence of the task as a person would type it, another at every call."""
    generator = torch.Generator()
    generator.seed()
    drawn = task.sample(1, generator, held_out=True).inputs[0]
    return task.text_from(drawn) if task.writes else " ".join(task.decode(drawn))
