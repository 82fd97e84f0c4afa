"""What a page claims, and the experiment that shows it."""

from __future__ import annotations

from dataclasses import dataclass

from models.experiment import Experiment


@dataclass(frozen=True, slots=True)
class Claim:
    """A sentence of a page, with the experiment that pages start from and slow tests run.

    What the page promises is therefore what the test holds.
    """

    key: str
    sentence: str
    """What a person will see, in one plain sentence."""
    experiment: Experiment
    chance: float
    """What guessing gets: accuracy from 0 to 1, or the loss where the task has no accuracy."""
    source: str
    """The paper it goes back to; empty where it is a demonstration of our own."""
    updates: tuple[int, int]
    """Fewest and most updates that the seeds took when it was measured."""
    seconds: float
    """Longest run when it was measured: seconds of one core of the machine named in `MEASURED_ON`."""


MEASURED_ON = "one of 2 AMD EPYC vCPUs, torch 2.13 on one thread"
