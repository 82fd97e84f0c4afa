"""Places in a network worth looking at, by name."""

from __future__ import annotations

from collections.abc import Callable

from torch import Tensor, nn

Listener = Callable[[Tensor, int | None], None]
Replacement = Callable[[Tensor, int | None], Tensor]


class Tap(nn.Module):
    """Passes its input through unchanged; `record` and `replace` listen here.

    axes: names of the axes of what is recorded, for example ("time", "batch", "unit"). A recurrent
    network that computes step by step calls the tap once a step with the step's number and a value
    without the time axis (without the query axis, where there is no time axis); one that has the
    whole sequence at hand calls it once, without a step.
    """

    def __init__(self, *axes: str) -> None:
        """Name the axes."""
        super().__init__()
        self.axes = axes
        self.listeners: list[Listener] = []
        self.replacements: list[Replacement] = []

    def forward(self, value: Tensor, step: int | None = None) -> Tensor:
        """The value, or what the replacements make of it; listeners are shown the result."""
        for replacement in self.replacements:
            value = replacement(value, step)
        for listener in self.listeners:
            listener(value, step)
        return value

    @property
    def stepping(self) -> str:
        """The axis that a network computing step by step leaves out: time, or a decoder's query."""
        return "time" if "time" in self.axes else "query"

    @property
    def replaced(self) -> bool:
        """Whether something changes the value here: then later steps depend on it."""
        return bool(self.replacements)


def taps_of(network: nn.Module) -> dict[str, Tap]:
    """All taps of a network by their public names, for example `layers.0.forget_gate`."""
    return {name: module for name, module in network.named_modules() if isinstance(module, Tap)}
