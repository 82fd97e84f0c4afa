"""Transfer learning as an experiment: the arms, what each costs, what moved and what was forgotten."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from models.experiment import Experiment, ModelConfig, TrainConfig
from models.networks import build_network
from models.networks.base import Network, parameter_count
from models.tasks import build_task
from models.tasks.base import Task
from models.training.features import last_layer_inputs
from models.training.loop import Trainer

PRETRAINING = Experiment(
    "review_language",
    {},
    ModelConfig(kind="lstm", hidden=64, embedding=32, forget_bias=0.0),
    TrainConfig(steps=1000, batch_size=64, learning_rate=2e-2, optimizer="adamw", schedule="one_cycle"),
)
"""A language model of unlabelled reviews.

A slower schedule, or a forget gate that begins open, often misses the feeling in as many updates.
"""
ARMS = ("scratch", "full", "gradual", "frozen", "random frozen")
_RATES = {"scratch": 5e-3, "full": 5e-3, "gradual": 3e-2, "frozen": 5e-2, "random frozen": 5e-2}
UPDATES = 200


def arm(
    name: str,
    labelled: int,
    *,
    pretraining: Experiment = PRETRAINING,
    ask: str = "feeling",
    draw: int = 0,
    updates: int = UPDATES,
    seed: int = 0,
) -> Experiment:
    """The fine-tuning experiment of one arm on `labelled` reviews.

    scratch: random weights, all trained. full: pre-trained, all trained. frozen: pre-trained, only
    the new last layer trained. gradual: frozen at first, then one more part at a time from the top,
    the embeddings for the last fifth, at a falling learning rate (after Howard & Ruder 2018).
    random frozen: a body that never learned anything, to see what freezing gives by itself.
    Raises ValueError for an unknown arm.
    """
    if name not in ARMS:
        raise ValueError(f"arm: wanted one of {', '.join(ARMS)}, got {name!r}")
    parts = body_parts(pretraining.model)
    held = name in ("frozen", "random frozen", "gradual")
    train = TrainConfig(
        steps=updates,
        batch_size=32,
        learning_rate=_RATES[name],
        schedule="one_cycle" if name == "gradual" else "constant",
        frozen=",".join(parts) if held else "",
        unfreeze_every=max(1, round(0.8 * updates / len(parts))) if name == "gradual" else 0,
        seed=seed,
    )
    start = None if name in ("scratch", "random frozen") else pretraining
    settings = {"labelled": labelled, "every_word": False, "draw": draw, "ask": ask}
    return Experiment("reviews", settings, pretraining.model, train, start)


def by_hand(experiment: Experiment, frozen: Sequence[str]) -> Experiment:
    """The same experiment with exactly these parts frozen from beginning to end."""
    train = dataclasses.replace(experiment.train, frozen=",".join(frozen), unfreeze_every=0)
    return dataclasses.replace(experiment, train=train)


def body_parts(model: ModelConfig, task: Task | None = None) -> tuple[str, ...]:
    """Beginnings of the parameter names of what can be switched, from the embeddings up, without the head.

    Each name is one part for `TrainConfig.frozen`. task: reviews, unless another one is given
    """
    task = build_task("reviews", labelled=4) if task is None else task
    with torch.random.fork_rng(devices=[]):
        names = [name for name, _ in build_network(model, task).named_parameters()]
    parts: dict[str, None] = {}
    for name in names:
        pieces = name.split(".")[:-1]
        depth = pieces.index("layers") + 2 if "layers" in pieces else len(pieces)
        part = ".".join(pieces[:depth])
        parts.setdefault(f"{part}.", None)
    return tuple(part for part in parts if part != "to_logits.")


def drift(
    before: Mapping[str, Tensor], after: Mapping[str, Tensor], parts: Sequence[str]
) -> dict[str, float]:
    """How far the weights of each part moved, as a share of their length before; 0 for a frozen part.

    Raises ValueError for a part of which the two have no weight in common.
    """
    moved = {}
    for part in parts:
        names = [n for n in before if n.startswith(part) and n in after and before[n].shape == after[n].shape]
        if not names:
            raise ValueError(f"part: wanted the beginning of a weight's name that both have, got {part!r}")
        distance = torch.cat([(after[n] - before[n]).flatten() for n in names]).norm()
        length = torch.cat([before[n].flatten() for n in names]).norm()
        moved[part] = (distance / length.clamp(min=1e-12)).item()
    return moved


@dataclass(frozen=True, slots=True)
class Cost:
    """What one arm takes."""

    trainable: int
    """Parameters that training changes (at its end, where parts are thawed on the way)."""
    bytes: int
    """Memory of the weights, and of gradients and optimizer averages of those that are trained."""
    seconds_per_update: float
    """The best of several updates on this machine, now."""


def cost(
    experiment: Experiment, start_weights: Mapping[str, Tensor] | None = None, updates: int = 12
) -> Cost:
    """Measure an arm by a few updates of its first phase."""
    trainer = Trainer(experiment, start_weights=start_weights)
    times = []
    for _ in range(updates):
        start = time.perf_counter()
        trainer.update()
        times.append(time.perf_counter() - start)
    everything = parameter_count(trainer.network)
    trainable = (
        everything if experiment.train.unfreeze_every else parameter_count(trainer.network, trainable=True)
    )
    averages = 0 if experiment.train.optimizer == "sgd" else 2
    return Cost(trainable, 4 * (everything + (1 + averages) * trainable), min(times))


@torch.no_grad()
def accuracies(network: Network, experiment: Experiment) -> dict[str, float]:
    """Accuracy on the reviews learnt from and on held-out ones, and the gap between them."""
    task = build_task(experiment.task, **experiment.task_options)
    network.eval()
    learnt = task.metrics(network(task.pool().inputs), task.pool())["accuracy"]
    held_out = task.held_out(1000)
    fresh = task.metrics(network(held_out.inputs), held_out)["accuracy"]
    return {"training": learnt, "held out": fresh, "gap": learnt - fresh}


@torch.no_grad()
def unit_correlations(network: Network) -> Tensor:
    """Correlation (unit,) of each unit's state after a review's last word with the review's feeling.

    In a language model that never saw a label, one of them comes near 1 or -1 (Radford et al. 2017).
    """
    task = build_task("reviews", every_word=False)
    batch = task.held_out(600)
    network.eval()
    states = last_layer_inputs(network, batch.inputs)[batch.counts]
    feelings = batch.targets[batch.counts].to(states.dtype)
    states, feelings = states - states.mean(0), feelings - feelings.mean()
    return feelings @ states / (states.norm(dim=0) * feelings.norm()).clamp(min=1e-12)
