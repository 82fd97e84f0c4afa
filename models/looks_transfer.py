"""What is seen of transfer at one moment: what moved, what was forgotten, how well it generalises."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import torch
from torch import Tensor

from models.analysis.transfer import drift, unit_correlations
from models.experiment import Experiment
from models.film import task_of
from models.looks import softmax
from models.networks import Network, build_network
from models.tap import taps_of
from models.tasks import Task
from models.trace import record
from models.training.features import last_layer_inputs
from models.training.loop import adopt

Weights = Mapping[str, Tensor]
TESTED = 300
"""Held-out reviews at each moment: a share of right answers is known to about 3 points."""
TEXTS = 64
"""Held-out texts of the first task at each moment."""


class FirstTask:
    """The first task, asked again of a body that has since learned something else."""

    def __init__(self, pretraining: Experiment, weights: Weights) -> None:
        """Put the first task's own last layer back, whose weights are `weights`."""
        self.task = task_of(pretraining)
        with torch.random.fork_rng(devices=[]):
            self.network = build_network(pretraining.model, self.task).eval()
        self.network.load_state_dict(dict(weights))
        self.batch = self.task.held_out(TEXTS)
        self.before = self._loss()

    def forgotten(self, body: Weights) -> float:
        """Nats a word that this body is worse than the one before fine-tuning."""
        adopt(self.network, {n: value for n, value in body.items() if not n.startswith("to_logits.")})
        return self._loss() - self.before

    @torch.no_grad()
    def _loss(self) -> float:
        return self.task.loss(self.network.answer(self.batch), self.batch).item()


class TransferLook:
    """One arm, moment by moment. Its first moment is what the others are compared with.

    `answer` (time, answer) and `state` (time, unit) of the probe; `training` and `held_out`, shares
    of right answers; `drift` (part,), see `models.analysis.transfer.drift`; `forgotten` in nats a
    word, "not a number" for an arm that was never pre-trained; `attention` (layer, head, query, key)
    for a Transformer.
    """

    def __init__(
        self, probe: Tensor, parts: tuple[str, ...], first_task: Callable[[], FirstTask] | None
    ) -> None:
        """probe: (time,) symbols. first_task: asked for at the first moment; None where there was none."""
        self.probe, self.parts, self._first_task = probe, parts, first_task
        self._first: FirstTask | None = None
        self._start: Weights | None = None

    @torch.no_grad()
    def __call__(self, network: Network, task: Task) -> dict[str, np.ndarray]:
        """Look."""
        weights = network.state_dict()
        if self._start is None:
            self._start = {name: value.clone() for name, value in weights.items()}
            self._first = self._first_task() if self._first_task else None
        moved = drift(self._start, weights, self.parts)
        lost = self._first.forgotten(weights) if self._first else np.nan
        arrays = {
            "answer": softmax(network(self.probe[None])[0].numpy()),
            "state": last_layer_inputs(network, self.probe[None])[0].numpy().copy(),
            "training": np.array(_right(network, task, task.pool())),
            "held_out": np.array(_right(network, task, task.held_out(TESTED))),
            "drift": np.array([moved[part] for part in self.parts]),
            "forgotten": np.array(lost),
        }
        return arrays | attention_of(network, self.probe)


def attention_of(network: Network, probe: Tensor) -> dict[str, np.ndarray]:
    """`attention` (layer, head, query, key) on one sequence (time,); nothing where there is none."""
    names = [name for name in taps_of(network) if name.endswith(".attention")]
    if not names:
        return {}
    trace = record(network, probe[None], names=names)
    return {"attention": np.stack([trace.sequence(name) for name in names])}


def language_look(probe: Tensor) -> Callable[[Network, Task], Mapping[str, np.ndarray]]:
    """A language model of reviews that has seen no label.

    `correlation` (unit,) of each unit with a review's feeling, and `state` (time, unit) on the probe.
    """

    @torch.no_grad()
    def look(network: Network, _: Task) -> Mapping[str, np.ndarray]:
        return {
            "correlation": unit_correlations(network).numpy(),
            "state": last_layer_inputs(network, probe[None])[0].numpy().copy(),
        }

    return look


def _right(network: Network, task: Task, batch) -> float:
    return task.metrics(network(batch.inputs), batch)["accuracy"]
