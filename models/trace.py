"""Look into a network (`record`) and change what happens inside it (`replace`), by tap name."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial

import numpy as np
import torch
from torch import Tensor, nn

from models.tap import Tap, taps_of


@dataclass(frozen=True, slots=True)
class Trace:
    """What a network computed on one batch: plain numpy, by tap name. torch ends here."""

    arrays: dict[str, np.ndarray]
    axes: dict[str, tuple[str, ...]]
    """Names of each array's axes, for example ("time", "batch", "unit")."""
    output: np.ndarray
    """The network's logits."""
    tokens: list[list[str]] = field(default_factory=list)
    """What a person reads, one list per sequence of the batch."""

    def __getitem__(self, name: str) -> np.ndarray:
        """The array of one tap."""
        if name not in self.arrays:
            raise KeyError(f"no tap {name!r}; this trace has {sorted(self.arrays)}")
        return self.arrays[name]

    def __contains__(self, name: str) -> bool:
        """Whether the tap was recorded."""
        return name in self.arrays

    def sequence(self, name: str, index: int = 0) -> np.ndarray:
        """One tap's values for one sequence of the batch: its batch axis is gone."""
        return np.take(self[name], index, axis=self.axes[name].index("batch"))


@contextmanager
def explicit(network: nn.Module) -> Iterator[None]:
    """Run a network equation by equation, through its taps, instead of fused."""
    modules = [module for module in network.modules() if hasattr(module, "explicit")]
    before = [module.explicit for module in modules]
    for module in modules:
        module.explicit = True
    try:
        yield
    finally:
        for module, value in zip(modules, before, strict=True):
            module.explicit = value


@contextmanager
def listening(network: nn.Module, names: Sequence[str] | None = None) -> Iterator[dict[str, list[Tensor]]]:
    """Collect what passes each tap, as tensors that still carry their gradients.

    Steps stand in order of time, also where a network reads from the end.
    """
    taps = taps_of(network)
    for name in names or ():
        if name not in taps:
            raise KeyError(f"no tap {name!r}; this network has {sorted(taps)}")
    kept: dict[str, list[Tensor]] = {}
    steps: dict[str, list[int]] = {}
    chosen = {name: taps[name] for name in (names or taps)}

    def keep(value: Tensor, step: int | None, name: str) -> None:
        seen = steps.setdefault(name, [])
        place = len(seen) if step is None else bisect_right(seen, step)
        seen.insert(place, place if step is None else step)
        kept.setdefault(name, []).insert(place, value)

    for name, tap in chosen.items():
        tap.listeners.append(partial(keep, name=name))
    try:
        with explicit(network):
            yield kept
    finally:
        for tap in chosen.values():
            tap.listeners.pop()


def record(
    network: nn.Module,
    inputs: Tensor,
    decode: Callable[[Tensor], list[str]] | None = None,
    *,
    names: Sequence[str] | None = None,
    run: Callable[[], Tensor] | None = None,
) -> Trace:
    """Run the network explicitly on `inputs` and keep what passes its taps.

    inputs: (batch, time) symbols or (batch, time, value) numbers
    decode: one sequence of `inputs` -> the tokens that a person reads
    names: only these taps; all by default. Raises KeyError for a name that the network lacks
    run: called instead of `network(inputs)`, where a network needs more than its inputs
    """
    was_training = network.training
    network.eval()
    try:
        with torch.no_grad(), listening(network, names) as kept:
            output = run() if run else network(inputs)
    finally:
        network.train(was_training)
    taps = taps_of(network)
    lasting = {t.untyped_storage().data_ptr() for t in (*network.parameters(), *network.buffers(), inputs)}
    arrays = {name: _joined(values, taps[name], lasting) for name, values in kept.items()}
    axes = {name: taps[name].axes for name in kept}
    tokens = [decode(row) for row in inputs] if decode else []
    return Trace(arrays, axes, output.numpy().copy(), tokens)


def _joined(values: list[Tensor], tap: Tap, lasting: set[int]) -> np.ndarray:
    """One array from what a tap saw: as it came, or its steps stacked along the axis they lack.

    lasting: where tensors lie that may change later (weights, inputs): only those need a copy. Copying
    everything doubles the memory, and fresh pages cost more than the forward pass.
    """
    if len(values) > 1 or values[0].dim() < len(tap.axes):
        return torch.stack(values, tap.axes.index(tap.stepping)).detach().numpy()
    array = values[0].detach().numpy()
    return array.copy() if values[0].untyped_storage().data_ptr() in lasting else array


@contextmanager
def replace(
    network: nn.Module,
    name: str,
    function: Callable[[Tensor], Tensor],
    *,
    steps: Sequence[int] | None = None,
    units: Sequence[int] | None = None,
) -> Iterator[None]:
    """Let `function` change what passes one tap: shut a gate, silence a head, flatten attention.

    steps: only at these time steps (taps with a time axis) or queries (taps with a query axis only)
    units: only these places of the tap's last axis; for taps with a head axis, these heads
    The network runs explicitly meanwhile. Raises KeyError for an unknown tap.
    """
    taps = taps_of(network)
    if name not in taps:
        raise KeyError(f"no tap {name!r}; this network has {sorted(taps)}")
    tap = taps[name]

    def change(value: Tensor, step: int | None) -> Tensor:
        axes = tap.axes if step is None else tuple(axis for axis in tap.axes if axis != tap.stepping)
        if steps is not None and step is not None and step not in steps:
            return value
        here = torch.ones(value.shape, dtype=torch.bool)
        if steps is not None and step is None:
            here = here & _only(value, axes.index(tap.stepping), steps)
        if units is not None:
            here = here & _only(value, axes.index("head") if "head" in axes else len(axes) - 1, units)
        return torch.where(here, function(value), value)

    tap.replacements.append(change)
    try:
        with explicit(network):
            yield
    finally:
        tap.replacements.remove(change)


def _only(value: Tensor, axis: int, places: Sequence[int]) -> Tensor:
    """True at the given places of one axis, shaped to broadcast against `value`."""
    chosen = torch.zeros(value.shape[axis], dtype=torch.bool)
    chosen[list(places)] = True
    shape = [1] * value.dim()
    shape[axis] = -1
    return chosen.view(shape)
