"""A run's state in plain words."""

from __future__ import annotations

from collections.abc import Mapping

from models.tasks.base import Task


def verdict(task: Task, metrics: Mapping[str, float]) -> str:
    """One sentence on how good a network is, from its latest held-out metrics.

    Compares the task's accuracy with guessing: within a tenth of the way from chance to 1 it is
    still guessing, above 98 % it has solved the task.
    """
    if "accuracy" not in metrics:
        return "Nothing measured yet."
    accuracy, chance = metrics["accuracy"], task.chance
    progress = (accuracy - chance) / max(1 - chance, 1e-9)
    told = f"{accuracy:.0%} right on held-out data, where guessing gets {chance:.0%}"
    if progress < 0.1:
        return f"Still guessing: {told}."
    if accuracy >= 0.98:
        return f"Solved: {told}."
    if progress < 0.6:
        return f"It has found something: {told}."
    return f"Well on its way: {told}."
