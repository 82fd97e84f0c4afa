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
    if "recall_at_5" in metrics and hasattr(task, "popularity"):
        return _recommender(task, metrics["recall_at_5"])
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


def _recommender(task: Task, recall: float) -> str:
    """Nobody can foresee every click, so a recommender is held against offering what is most popular."""
    popular = task.popularity().sort(descending=True).values[:5].sum().item()
    told = f"{recall:.0%} of the next clicks are among its best five, where the five most popular get"
    told = f"{told} {popular:.0%}"
    if recall <= popular + 0.02:
        return f"No better than popularity: {told}."
    return f"It knows its visitors: {told}."
