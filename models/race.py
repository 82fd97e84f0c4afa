"""A fair race: networks of several kinds on the same task, equal in parameters or in units."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass

from models.experiment import Experiment, ModelConfig
from models.networks.sizes import count_parameters, match_parameters
from models.tasks import Task, build_task

KINDS = ("rnn", "lstm", "gru", "transformer")
NAMES = {"rnn": "RNN", "lstm": "LSTM", "gru": "GRU", "transformer": "Transformer"}
EQUAL = ("parameters", "units")


@dataclass(frozen=True, slots=True)
class Runner:
    """One network of one kind with one seed."""

    kind: str
    seed: int
    parameters: int
    experiment: Experiment

    @property
    def name(self) -> str:
        """What it is called on every picture: kind and seed."""
        return f"{NAMES[self.kind]} · seed {self.seed}"


def entrants(reference: Experiment, kinds: Sequence[str], held: str, seeds: int) -> list[Runner]:
    """Who takes part: every kind with every seed, seed by seed.

    reference: task, training, and the LSTM against which the others are measured
    held: `parameters` (every network comes as near to the LSTM's count as its width allows) or `units`
    Data are the same for all networks of one seed: they are drawn from the seed alone.
    """
    task = build_task(reference.task, **reference.task_options)
    models = {kind: sized(reference.model, kind, task, held) for kind in kinds}
    counts = {kind: count_parameters(model, task) for kind, model in models.items()}
    return [
        Runner(kind, seed, counts[kind], _experiment(reference, models[kind], seed))
        for seed in range(seeds)
        for kind in kinds
    ]


def sized(lstm: ModelConfig, kind: str, task: Task, held: str) -> ModelConfig:
    """The configuration of another kind that equals an LSTM in parameters or in units.

    A Transformer's units are rounded up to an even number for each head.
    Raises ValueError for anything else to be held equal.
    """
    if held not in EQUAL:
        raise ValueError(f"held: wanted one of {', '.join(EQUAL)}, got {held!r}")
    if kind == "lstm":
        return lstm
    if held == "parameters":
        hidden = match_parameters(kind, task, count_parameters(lstm, task), like=lstm)
    else:
        step = 2 * lstm.heads if kind == "transformer" else 1
        hidden = -(-lstm.hidden // step) * step
    return dataclasses.replace(lstm, kind=kind, hidden=hidden)


def _experiment(reference: Experiment, model: ModelConfig, seed: int) -> Experiment:
    train = dataclasses.replace(reference.train, seed=seed)
    return dataclasses.replace(reference, model=model, train=train)
