"""How large a network is and how long its training will take, before it starts."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median

from models.experiment import Experiment
from models.networks import build_network, parameter_count
from models.tasks import build_task

SECONDS_PER_OPERATION = 1 / 25e9
"""Small matrix products on one core reach some 25 thousand million operations a second."""
SECONDS_PER_STEP = {"rnn": 25e-6, "lstm": 12e-6, "gru": 45e-6, "seq2seq": 60e-6}
"""Overhead of one dependent step of one layer, forward and backward."""
SECONDS_PER_UPDATE = 1.2e-3
"""What every update costs whatever its size: optimizer, clipping, loss, data."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """What training will take."""

    parameters: int
    seconds: float


def estimate(experiment: Experiment, *, speed: float = 1.0) -> Estimate:
    """Parameters (counted) and seconds of training (estimated) of an experiment.

    speed: measured seconds over estimated ones of earlier runs on this machine (`machine_speed`)
    """
    task = build_task(experiment.task, **experiment.task_options)
    parameters = parameter_count(build_network(experiment.model, task))
    length = task.held_out(1).inputs.shape[1]
    model, config = experiment.model, experiment.train
    operations = 6 * parameters * length * config.batch_size
    dependent = SECONDS_PER_STEP.get(model.kind, 0.0) * length * model.layers
    update = SECONDS_PER_UPDATE + dependent + operations * SECONDS_PER_OPERATION
    return Estimate(parameters, speed * update * config.steps)


def machine_speed(runs: list[tuple[Experiment, int, float]]) -> float:
    """How much slower this machine is than `estimate` believes: the median over earlier runs.

    runs: (experiment, updates done, seconds they took)
    """
    ratios = []
    for experiment, steps, seconds in runs:
        if steps and seconds:
            whole = estimate(experiment).seconds / experiment.train.steps
            ratios.append(seconds / steps / whole)
    return median(ratios) if ratios else 1.0
