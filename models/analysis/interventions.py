"""Change something inside a trained network and see what it does to the answers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from models.settings import shortened
from models.tap import taps_of
from models.tasks.base import Batch, Task
from models.trace import Trace, record, replace


def _mean(axes: tuple[str, ...]) -> Callable[[Tensor], Tensor]:
    """Each place's mean over the batch; the same value for every sequence."""

    def mean(value: Tensor) -> Tensor:
        without_time = value.dim() < len(axes)
        names = [axis for axis in axes if axis != "time"] if without_time else list(axes)
        return value.mean(dim=names.index("batch"), keepdim=True).expand_as(value)

    return mean


ACTIONS: dict[str, Callable[[tuple[str, ...]], Callable[[Tensor], Tensor]]] = {
    "zero": lambda _: torch.zeros_like,
    "one": lambda _: torch.ones_like,
    "half": lambda _: lambda value: torch.full_like(value, 0.5),
    "negate": lambda _: torch.neg,
    "mean": _mean,
}
"""What may be done to a value: a gate is shut with `zero` and held open with `one`, a unit is silenced and a
state is reset with `zero`; `mean` takes away what a place knows of its own sequence."""


@dataclass(frozen=True, slots=True)
class Intervention:
    """One change inside a network: which tap, what is done to it, and where."""

    tap: str
    """Public name, for example `layers.0.forget_gate`."""
    action: str
    """One of `ACTIONS`."""
    steps: tuple[int, ...] | None = None
    """Only at these time steps; None at all."""
    units: tuple[int, ...] | None = None
    """Only these places of the tap's last axis (heads, where it has heads); None all."""

    def __post_init__(self) -> None:
        """Refuse an unknown action."""
        if self.action not in ACTIONS:
            raise ValueError(f"action: wanted one of {', '.join(ACTIONS)}, got {shortened(self.action)}")

    def applied(self, network: nn.Module):
        """A context in which the network runs with this change.

        Raises KeyError for a tap that the network lacks.
        """
        taps = taps_of(network)
        if self.tap not in taps:
            raise KeyError(f"no tap {self.tap!r}; this network has {sorted(taps)}")
        function = ACTIONS[self.action](taps[self.tap].axes)
        return replace(network, self.tap, function, steps=self.steps, units=self.units)


@dataclass(frozen=True, slots=True)
class Outcome:
    """A network's answers to a batch, how good they are, and what went on inside."""

    logits: np.ndarray
    """(batch, target time, answer)."""
    metrics: dict[str, float]
    """The task's own, `accuracy` among them for tasks that choose symbols."""
    trace: Trace


@dataclass(frozen=True, slots=True)
class Comparison:
    """The same batch without and with the interventions."""

    before: Outcome
    after: Outcome


def outcome(
    network: nn.Module, task: Task, batch: Batch, interventions: Sequence[Intervention] = ()
) -> Outcome:
    """Answers, metrics and trace of one batch while all interventions hold at once."""
    with ExitStack() as stack:
        for intervention in interventions:
            stack.enter_context(intervention.applied(network))
        trace = record(network, batch.inputs, task.decode, run=lambda: network.answer(batch))
    return Outcome(trace.output, task.metrics(torch.from_numpy(trace.output), batch), trace)


def compare(
    network: nn.Module, task: Task, batch: Batch, interventions: Sequence[Intervention]
) -> Comparison:
    """The network before and after the interventions; the network itself is left as it was."""
    return Comparison(outcome(network, task, batch), outcome(network, task, batch, interventions))


def reset_at(network: nn.Module, *steps: int) -> list[Intervention]:
    """Interventions that empty every recurrent state at these steps: the network begins anew after them."""
    states = [name for name in taps_of(network) if name.split(".")[-1] in ("hidden_state", "cell_state")]
    return [Intervention(name, "zero", steps=steps) for name in states]
