"""Does attention look where the answer comes from, and how far do answers hold up as sources grow?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch

from models.networks.seq2seq import Seq2SeqNetwork
from models.tasks.base import Batch
from models.tasks.translation import TranslationTask
from models.tasks.translation.base import exact
from models.trace import record


@dataclass(frozen=True, slots=True)
class Agreement:
    """How well attention agrees with the known alignment, over the target steps that have one."""

    largest: float
    """Share of steps whose largest weight lies on a true source symbol, from 0 to 1."""
    mass: float
    """Mean share of the attention that lies on true source symbols, from 0 to 1."""
    chance: float
    """Both, expected for attention spread evenly over the source."""
    steps: int
    """Target steps that have a known alignment."""


def agreement(attention: np.ndarray, known: np.ndarray, lengths: np.ndarray) -> Agreement:
    """Compare attention with the known alignment.

    attention, known: (batch, query, key), rows of the first adding up to 1, the second 0 or 1
    lengths: (batch,) source symbols without padding
    Raises ValueError for different shapes, or where nothing is known at any step.
    """
    if attention.shape != known.shape:
        raise ValueError(f"known: wanted the attention's shape {attention.shape}, got {known.shape}")
    steps = known.any(-1)
    if not steps.any():
        raise ValueError("known: wanted at least one target step with a known source, got none")
    largest = np.take_along_axis(known, attention.argmax(-1)[..., None], -1)[..., 0]
    mass = (attention * known).sum(-1)
    even = known.sum(-1) / lengths[:, None]
    return Agreement(
        float(largest[steps].mean()), float(mass[steps].mean()), float(even[steps].mean()), int(steps.sum())
    )


def known_alignment(task: TranslationTask, batch: Batch) -> np.ndarray:
    """The true alignment of every pair of a batch: (batch, target, source), 0 or 1."""
    pairs = zip(batch.inputs, batch.targets, strict=True)
    return np.stack([task.alignment(source, target) for source, target in pairs])


def attention_agreement(network: Seq2SeqNetwork, task: TranslationTask, batch: Batch) -> Agreement:
    """Agreement of a network's attention with the known alignment, while it is given the true answers.

    Raises ValueError for a network without attention.
    """
    if network.attend is None:
        raise ValueError("network: wanted one with attention, got one without")
    trace = record(network, batch.inputs, names=["attention"], run=lambda: network.answer(batch))
    lengths = (batch.inputs != task.padding).sum(1).numpy()
    return agreement(trace["attention"], known_alignment(task, batch), lengths)


@dataclass(frozen=True, slots=True)
class ByLength:
    """Answers without a single wrong symbol, by the length of the source."""

    lengths: np.ndarray
    """(group,) middle of each group of source lengths, in symbols."""
    exact: np.ndarray
    """(group,) share from 0 to 1."""
    counts: np.ndarray
    """(group,) sequences that the share was counted on."""


@torch.no_grad()
def exact_by_length(
    network: Seq2SeqNetwork, task: TranslationTask, batch: Batch, *, together: int = 1
) -> ByLength:
    """How many of a batch the network, running freely, answers exactly, by source length.

    together: how many lengths next to one another make one group
    """
    was_training = network.training
    network.eval()
    right = exact(network(batch.inputs).argmax(-1), batch.targets, task.end).numpy()
    network.train(was_training)
    groups = ((batch.inputs != task.padding).sum(1).numpy() - 1) // together
    found, places, counts = np.unique(groups, return_inverse=True, return_counts=True)
    middle = found * together + (together + 1) / 2
    return ByLength(middle, np.bincount(places, right) / counts, counts)
