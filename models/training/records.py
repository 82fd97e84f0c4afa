"""What the store hands out, and what it says when it cannot."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from safetensors.torch import load, save
from torch import Tensor

from models.experiment import Experiment

GOING = ("queued", "running")
"""Statuses of runs that train or will by themselves."""
RESUMABLE = ("paused", "stopped", "failed")
"""Statuses from which a person may go on."""
WISHES = ("pause", "resume", "step", "stop", "learning_rate")


@dataclass(frozen=True, slots=True)
class Run:
    """An experiment and how far it has come, as the store has it at one moment."""

    id: str
    experiment: Experiment
    status: str
    """queued, running, paused, finished, stopped or failed."""
    reason: str
    """Why it failed or was paused, in words for the person; empty where there is nothing to say."""
    step: int
    """Updates done."""
    steps: int
    """Updates asked for."""
    place: int
    """0 when it is not waiting; 1 for the next in the queue."""
    changes: tuple[tuple[int, str, float], ...]
    """What a person changed while it trained: step, name, new value."""
    created: float
    """Seconds since 1970."""
    seconds: float
    """Time spent training."""
    visitor: str = ""

    @property
    def going(self) -> bool:
        """Whether it trains or will by itself."""
        return self.status in GOING


@dataclass(frozen=True, slots=True)
class Wish:
    """What a person asked of a run: one of `WISHES`, with a value where it takes one."""

    kind: str
    value: float | None = None


class UnknownRun(LookupError):
    """The store has no such run, or no such moment of it."""


class UnknownText(KeyError):
    """The store has no such text."""

    def __str__(self) -> str:
        """The message as it is; KeyError would quote it."""
        return str(self.args[0])


class StoreFault(RuntimeError):
    """The store cannot do what was asked; the message is for the page and names no path."""


def packed(tensors: Mapping[str, Tensor]) -> bytes:
    """Tensors as safetensors bytes."""
    return save({name: value.contiguous() for name, value in tensors.items()})


def unpacked(content: bytes) -> dict[str, Tensor]:
    """The tensors that `packed` wrote."""
    return load(content)
