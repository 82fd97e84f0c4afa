"""What one update of a recurrent network costs: parameters, operations, measured seconds."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch

from models.experiment import ModelConfig
from models.networks import build_network, parameter_count
from models.networks.cells import Cell
from models.tasks import Task

OURS, TORCH = "ours", "torch"


@dataclass(frozen=True, slots=True)
class Cost:
    """One kind of network at one size."""

    kind: str
    parameters: int
    """Of the whole network."""
    recurrent_parameters: int
    """Of its recurrent layers alone."""
    multiplications: int
    """In the recurrent layers for one step of one sequence, forward."""
    seconds: dict[str, float]
    """Kernel -> shortest time of forward and backward for one batch, without the optimizer."""


def update_costs(
    task: Task, config: ModelConfig, kinds: Sequence[str], *, batch_size: int = 32, rounds: int = 9
) -> list[Cost]:
    """Costs of networks that differ in nothing but their kind.

    The kernels take turns within each round, so that a busy machine slows all of them alike. An LSTM
    runs through torch's kernel alone: ours would be no faster.
    """
    batch = task.sample(batch_size, torch.Generator().manual_seed(0))
    networks, turns = {}, {}
    with torch.random.fork_rng(devices=[]):
        for kind in kinds:
            networks[kind] = build_network(dataclasses.replace(config, kind=kind), task)
            for kernel in (TORCH,) if kind == "lstm" else (OURS, TORCH):
                turns[kind, kernel] = _update(networks[kind], task, batch, kernel)
    taken: dict[tuple[str, str], list[float]] = {turn: [] for turn in turns}
    for _ in range(rounds):
        for turn, update in turns.items():
            taken[turn].append(_seconds(update))
    return [_cost(kind, network, taken) for kind, network in networks.items()]


def _seconds(update: Callable[[], None]) -> float:
    """On one thread, as in training."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        start = time.perf_counter()
        update()
        return time.perf_counter() - start
    finally:
        torch.set_num_threads(threads)


def _update(network, task: Task, batch, kernel: str) -> Callable[[], None]:
    """Forward and backward through one kernel, run once to warm up."""

    def update() -> None:
        for cell in _cells(network):
            if kernel == TORCH:
                cell.own_kernel_pays = lambda inputs: False
            else:
                cell.__dict__.pop("own_kernel_pays", None)
        network.zero_grad(set_to_none=True)
        task.loss(network.answer(batch), batch).backward()

    update()
    return update


def _cells(network) -> list[Cell]:
    return [module for module in network.modules() if isinstance(module, Cell)]


def _cost(kind: str, network, taken: dict[tuple[str, str], list[float]]) -> Cost:
    cells = _cells(network)
    weights = [weight for cell in cells for weight in (cell.weight_ih_l0, cell.weight_hh_l0)]
    return Cost(
        kind,
        parameter_count(network),
        sum(parameter_count(cell) for cell in cells),
        sum(weight.numel() for weight in weights),
        {kernel: min(times) for (owner, kernel), times in taken.items() if owner == kind},
    )
