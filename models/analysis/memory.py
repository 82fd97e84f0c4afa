"""How far back a network remembers: accuracy against lag."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import torch

from models.networks.base import Network
from models.settings import settings_of
from models.tasks.base import Task


def at_lag(task: Task, lag: int) -> Task:
    """The same task at one fixed lag (its delay or its length, where that is what sets the distance).

    Raises ValueError for a task without one, and for a lag out of bounds.
    """
    setting = task.lag_setting
    if not setting:
        raise ValueError(f"wanted a task with a lag, a delay or a length, got {task.key!r}")
    changes: dict[str, object] = {setting: lag}
    if "lags" in settings_of(task):
        changes["lags"] = "fixed"
    return dataclasses.replace(task, **changes)


def accuracy_by_lag(
    network: Network, task: Task, lags: Sequence[int], *, sequences: int = 256
) -> dict[int, float]:
    """Accuracy on fresh sequences at each lag, lags that training never showed included.

    sequences: how many at each lag; the same ones every time
    Chance is `task.chance` at every lag for tasks with a `lag`; ask `at_lag(task, lag).chance` else.
    """
    was_training = network.training
    network.eval()
    result = {}
    try:
        with torch.no_grad():
            for lag in lags:
                there = at_lag(task, lag)
                batch = there.held_out(sequences)
                result[lag] = there.metrics(network.answer(batch), batch)["accuracy"]
    finally:
        network.train(was_training)
    return result


def reach(accuracies: dict[int, float], wanted: float = 0.9) -> int:
    """The longest lag up to which every measured accuracy is at least `wanted`; 0 where none is."""
    furthest = 0
    for lag in sorted(accuracies):
        if accuracies[lag] < wanted:
            break
        furthest = lag
    return furthest
