"""What hidden units do: their correlation with known events, and their path in the main plane."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

NAMED_FROM = 0.5
"""Smallest |r| at which a unit is named after an event."""


def correlations(states: np.ndarray, events: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Pearson's r of every unit with every event track, over all steps of all sequences.

    states: (time, batch, unit)
    events: name -> (batch, time), as `task.events` gives them
    Returns name -> (unit,), from -1 to 1; 0 where a unit or a track never changes.
    Raises ValueError for a track of another shape.
    """
    time, batch, units = states.shape
    values = _standardised(np.asarray(states, np.float64).reshape(time * batch, units))
    result = {}
    for name, track in events.items():
        track = np.asarray(track, np.float64)
        if track.shape != (batch, time):
            raise ValueError(f"{name}: wanted a track (batch, time) = {(batch, time)}, got {track.shape}")
        result[name] = _standardised(track.T.reshape(-1, 1))[:, 0] @ values / (time * batch)
    return result


def _standardised(columns: np.ndarray) -> np.ndarray:
    """Columns with mean 0 and standard deviation 1; all zeros where a column never changes."""
    centred = columns - columns.mean(0)
    spread = centred.std(0)
    constant = spread <= 1e-9 * np.maximum(np.abs(columns).max(0, initial=0), 1e-30)
    return np.where(constant, 0.0, centred / np.where(constant, 1.0, spread))


@dataclass(frozen=True, slots=True)
class Order:
    """Units sorted by what they do."""

    units: np.ndarray
    """(unit,) unit numbers in their new order."""
    names: tuple[str, ...]
    """What each follows, in the new order; empty where it follows nothing clearly."""
    strength: np.ndarray
    """(unit,) r with that event, signed, in the new order."""


def order_units(found: Mapping[str, np.ndarray], units: int | None = None) -> Order:
    """Sort units by the event that each follows best, events in their given order, strongest first.

    found: what `correlations` gave
    units: number of units, needed only where there are no events: the order then stays
    """
    if not found:
        count = units or 0
        return Order(np.arange(count), ("",) * count, np.zeros(count))
    names = list(found)
    table = np.stack([found[name] for name in names])
    best = np.abs(table).argmax(0)
    strength = np.take_along_axis(table, best[None], 0)[0]
    group = np.where(np.abs(strength) >= NAMED_FROM, best, len(names))
    order = np.lexsort((-np.abs(strength), group))
    labels = tuple(names[group[unit]] if group[unit] < len(names) else "" for unit in order)
    return Order(order, labels, strength[order])


def best_unit(found: Mapping[str, np.ndarray], event: str) -> tuple[int, float]:
    """The unit that follows an event best, and its r, signed.

    Raises KeyError for an event without a track.
    """
    if event not in found:
        raise KeyError(f"no event {event!r}; there are {sorted(found)}")
    unit = int(np.abs(found[event]).argmax())
    return unit, float(found[event][unit])


def read_out(states: np.ndarray, track: np.ndarray) -> float:
    """How well all units together tell an event: r of a linear read-out with the track, from -1 to 1.

    states: (time, batch, unit)
    track: (batch, time)
    The weights are fitted by least squares (with a ridge of 1) on the first half of the sequences and
    judged on the others. Raises ValueError for fewer than two sequences.
    """
    sequences = states.shape[1]
    if sequences < 2:
        raise ValueError(f"wanted at least 2 sequences, to fit on some and judge on others; got {sequences}")
    values = np.moveaxis(np.asarray(states, np.float64), 0, 1)
    values = np.concatenate((values, np.ones((*values.shape[:2], 1))), axis=2)
    half = sequences // 2
    fitted, judged = (part.reshape(-1, values.shape[2]) for part in (values[:half], values[half:]))
    normal = fitted.T @ fitted + np.eye(values.shape[2])
    weights = np.linalg.solve(normal, fitted.T @ np.asarray(track[:half], np.float64).reshape(-1))
    answers = (judged @ weights)[:, None]
    wanted = np.asarray(track[half:], np.float64).reshape(-1, 1)
    return float(_standardised(answers)[:, 0] @ _standardised(wanted)[:, 0] / len(wanted))


@dataclass(frozen=True, slots=True)
class Plane:
    """Fixed axes to look at hidden states from: the same for every moment of training."""

    mean: np.ndarray
    """(unit,)"""
    directions: np.ndarray
    """(axis, unit) orthonormal, main direction first."""
    share: np.ndarray
    """(axis,) share of the variance that each axis shows, from 0 to 1."""

    def project(self, states: np.ndarray) -> np.ndarray:
        """Coordinates (..., axis) of states (..., unit)."""
        return (states - self.mean) @ self.directions.T


def principal_plane(states: np.ndarray, axes: int = 2) -> Plane:
    """The main directions of hidden states, usually those at the end of training (PCA).

    states: (..., unit); all other axes are taken together
    axes: how many directions; with fewer units or steps the missing ones are zero
    Signs are fixed (the largest part of each direction is positive), so equal states give equal axes.
    """
    rows = np.asarray(states, np.float64).reshape(-1, states.shape[-1])
    mean = rows.mean(0)
    _, lengths, right = np.linalg.svd(rows - mean, full_matrices=False)
    directions = np.zeros((axes, rows.shape[1]))
    share = np.zeros(axes)
    kept = min(axes, len(right))
    largest = np.abs(right[:kept]).argmax(1)
    signs = np.where(right[np.arange(kept), largest] < 0, -1.0, 1.0)
    directions[:kept] = right[:kept] * signs[:, None]
    total = float((lengths**2).sum())
    share[:kept] = lengths[:kept] ** 2 / total if total > 0 else 0.0
    return Plane(mean, directions, share)
