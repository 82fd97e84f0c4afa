"""Training as a generator: whoever iterates decides when to keep, pause or stop.

The loop knows nothing of processes, stores or pages.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from contextlib import nullcontext
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from models.experiment import Experiment
from models.networks import build_network
from models.networks.base import Network
from models.tasks import build_task
from models.tasks.base import Batch
from models.training.features import FrozenFeatures, can_be_kept
from models.training.freezing import Frozen
from models.training.noise import Noise
from models.training.optimizers import build_optimizer, schedule

EVALUATED = 96
"""Held-out sequences per evaluation."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A moment of training: the metrics on held-out data and a copy of the weights."""

    step: int
    metrics: dict[str, float]
    weights: dict[str, Tensor]
    sample: str = ""
    """What the network writes of its own, for tasks that can be written."""


def snapshot_steps(steps: int, kept: int = 100) -> list[int]:
    """The steps at which a run of `steps` updates is kept: 0, denser early, at most about `kept`.

    Fixed by the experiment alone, so equal experiments keep equal snapshots.
    """
    count = min(steps, kept)
    return sorted({round(steps * (i / count) ** 1.5) for i in range(count + 1)})


class Trainer:
    """One run in progress: `update` it, take a `snapshot`, or freeze it into a `state` and go on later.

    Data, initial weights and order come from the experiment's seed through generators of its own,
    so pausing, resuming and stepping change nothing in the result.
    """

    def __init__(
        self,
        experiment: Experiment,
        state: Mapping[str, Tensor] | None = None,
        start_weights: Mapping[str, Tensor] | None = None,
    ) -> None:
        """Build task, network and optimizer.

        state: what `state` gave, to go on from there
        start_weights: final weights of `experiment.start_from`; parameters with the same name and
        shape begin with these. Raises ValueError where the experiment needs them and they are missing
        """
        self.experiment, self.config = experiment, experiment.train
        self.task = build_task(experiment.task, **experiment.task_options)
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(self.config.seed)
            self.network: Network = build_network(experiment.model, self.task)
            self.noise = Noise(torch.get_rng_state())
        if experiment.start_from and start_weights is None and state is None:
            raise ValueError("start_from: wanted the weights of the run to start from, got none")
        if start_weights:
            adopt(self.network, start_weights)
        self.generator = torch.Generator().manual_seed(self.config.seed + 1)
        self.optimizer = build_optimizer(self.network, self.config)
        self.step = 0
        self.learning_rate = self.config.learning_rate
        self.loss = math.nan
        self.gradient_norm = math.nan
        self._features: FrozenFeatures | None = None
        self._keeps_features = False
        self._frozen = Frozen(self.network, self.config)
        self._evaluation: Batch = self.task.held_out(EVALUATED)
        if state:
            self._restore(state)
        self._freeze()

    def update(self) -> float:
        """One update of the weights; the loss on its batch."""
        if not self.network.training:
            self.network.train()
        for group in self.optimizer.param_groups:
            group["lr"] = self.learning_rate * schedule(self.config, self.step)
        if self.config.unfreeze_every:
            self._freeze()
        batch = self.task.sample(self.config.batch_size, self.generator)
        self.optimizer.zero_grad(set_to_none=True)
        with self.noise if self.experiment.model.dropout else nullcontext():
            logits = self._answer(batch)
        loss = self.task.loss(logits, batch)
        loss.backward()
        self.gradient_norm = self._clip()
        self.optimizer.step()
        self.step += 1
        self.loss = loss.item()
        return self.loss

    def evaluate(self) -> dict[str, float]:
        """The task's metrics on held-out data, and the last batch's loss and gradient norm."""
        self.network.eval()
        with torch.no_grad():
            metrics = self.task.evaluate(self.network, self._evaluation)
        if not math.isnan(self.loss):
            metrics |= {"training_loss": self.loss, "gradient_norm": self.gradient_norm}
        return metrics

    def snapshot(self) -> Snapshot:
        """The present moment, to be kept."""
        metrics = self.evaluate()
        sample = self.task.write(self.network) if self.task.writes else ""
        weights = {name: value.detach().clone() for name, value in self.network.state_dict().items()}
        return Snapshot(self.step, metrics, weights, sample)

    def finished(self, snapshot: Snapshot | None = None) -> bool:
        """Whether all updates are done, or held-out accuracy has reached the mark to stop at."""
        reached = snapshot and 0 < self.config.stop_at <= snapshot.metrics.get("accuracy", 0.0)
        return self.step >= self.config.steps or bool(reached)

    @property
    def state(self) -> dict[str, Tensor]:
        """All it takes to go on exactly here: weights, optimizer, generators, step, learning rate."""
        state = {f"weights.{k}": v.detach().clone() for k, v in self.network.state_dict().items()}
        for place, values in self.optimizer.state_dict()["state"].items():
            for name, value in values.items():
                state[f"optimizer.{place}.{name}"] = torch.as_tensor(value).clone()
        return state | {
            "generator": self.generator.get_state(),
            "noise": self.noise.state.clone(),
            "progress": torch.tensor(
                [self.step, self.learning_rate, self.loss, self.gradient_norm], dtype=torch.float64
            ),
        }

    def _restore(self, state: Mapping[str, Tensor]) -> None:
        weights = {k.removeprefix("weights."): v for k, v in state.items() if k.startswith("weights.")}
        self.network.load_state_dict(weights)
        kept = self.optimizer.state_dict()
        for name, value in state.items():
            if name.startswith("optimizer."):
                _, place, field = name.split(".", 2)
                kept["state"].setdefault(int(place), {})[field] = value.clone()
        self.optimizer.load_state_dict(kept)
        self.generator.set_state(state["generator"])
        self.noise.state = state["noise"].clone()
        step, self.learning_rate, self.loss, self.gradient_norm = state["progress"].tolist()
        self.step = int(step)

    def _clip(self) -> float:
        parameters = [p for p in self.network.parameters() if p.grad is not None]
        limit = self.config.clip or math.inf
        return nn.utils.clip_grad_norm_(parameters, limit).item()

    def _answer(self, batch: Batch) -> Tensor:
        """Logits for a batch; from kept features where everything below the last layer is frozen."""
        if batch.rows is None or not self._keeps_features:
            return self.network.answer(
                batch, teacher_forcing=self.config.teacher_forcing, generator=self.generator
            )
        self._features = self._features or FrozenFeatures(self.network, self.task)
        return self._features.logits(batch.rows)

    def _freeze(self) -> None:
        """Keep the parts that are frozen at this step out of the gradient."""
        if self._frozen.apply(self.network, self.step):
            self._features = None
            self._keeps_features = can_be_kept(self.network, self.task)


def train(experiment: Experiment, start_weights: Mapping[str, Tensor] | None = None) -> Iterator[Snapshot]:
    """Train from fresh weights to the end, yielding the snapshots at `snapshot_steps`."""
    trainer = Trainer(experiment, start_weights=start_weights)
    snapshot = trainer.snapshot()
    yield snapshot
    kept = set(snapshot_steps(experiment.train.steps, experiment.train.kept))
    while not trainer.finished(snapshot):
        trainer.update()
        if trainer.step in kept:
            snapshot = trainer.snapshot()
            yield snapshot


def trained(
    experiment: Experiment, start_weights: Mapping[str, Tensor] | None = None
) -> tuple[Network, Snapshot]:
    """Train to the end without keeping the moments between: the network and its last snapshot.

    The end is that of `train`, so the final weights are the same.
    """
    trainer = Trainer(experiment, start_weights=start_weights)
    kept = (
        set(snapshot_steps(experiment.train.steps, experiment.train.kept))
        if experiment.train.stop_at
        else set()
    )
    snapshot = trainer.snapshot() if kept else None
    while not trainer.finished(snapshot):
        trainer.update()
        snapshot = trainer.snapshot() if trainer.step in kept else None
    return trainer.network, snapshot or trainer.snapshot()


def adopt(network: nn.Module, weights: Mapping[str, Tensor]) -> list[str]:
    """Copy every weight whose name and shape the network shares; the names that were copied."""
    own = network.state_dict()
    shared = [name for name in own if name in weights and weights[name].shape == own[name].shape]
    network.load_state_dict({name: weights[name] for name in shared}, strict=False)
    return shared
