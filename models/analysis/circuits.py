"""Circuits that a small network forms: where an induction head looks, which waves an embedding holds."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch

from models.networks import Network
from models.tasks.modular import ModularAddition


def induction_stripe(symbols: Sequence[int]) -> np.ndarray:
    """Where induction heads look: pairs (n, 2) of query and key, a key just after each earlier place.

    symbols: (T,) numbers. Olsson et al. 2022: [A] [B] ... [A] looks at [B].
    """
    row = np.asarray(symbols)
    queries, earlier = np.nonzero(np.tril(row[:, None] == row[None, :], -1))
    return np.stack([queries, earlier + 1], axis=1)


def wave_shares(table: np.ndarray) -> np.ndarray:
    """Share (p // 2,) of an embedding's variance over its p rows in each frequency 1 ... p // 2.

    table: (p, width). A frequency of k turns k times round the clock while the number goes from 0 to p.
    The shares sum to 1 (Parseval). Nanda et al. 2023 found a few frequencies in networks that add.
    """
    size = len(table)
    power = (np.abs(np.fft.rfft(table, axis=0)) ** 2).sum(1)[1:]
    twice = np.full(len(power), 2.0)
    if size % 2 == 0:
        twice[-1] = 1.0
    power = twice * power
    return power / power.sum()


@torch.no_grad()
def right_sums(network: Network, task: ModularAddition) -> np.ndarray:
    """The probability (p, p) that the network gives the right sum of each pair: first number, second."""
    numbers = torch.arange(task.modulus)
    batch = task.asked(torch.cartesian_prod(numbers, numbers))
    answers = network(batch.inputs)[:, 1].softmax(-1)
    right = answers.gather(1, batch.targets[:, 1:])
    return right.view(task.modulus, task.modulus).numpy()


def weight_size(network: Network) -> float:
    """The root mean square of all weights."""
    weights = torch.cat([weight.detach().flatten() for weight in network.parameters()])
    return weights.square().mean().sqrt().item()


def first_reached(steps: Sequence[int], values: Sequence[float], level: float) -> int | None:
    """The first step at which a curve is at least at a level; None where it never is."""
    return next((step for step, value in zip(steps, values, strict=True) if value >= level), None)
