"""Supervised pre-training: dates of eight languages, then a ninth with few examples."""

from __future__ import annotations

import torch

from models.experiment import Experiment, ModelConfig, TrainConfig
from models.networks.base import Network
from models.tasks import build_task
from models.tasks.new_language import EIGHT
from models.tasks.translation.base import exact

MODEL = ModelConfig("seq2seq", cell="lstm", hidden=64, embedding=32, bidirectional=True, attention="general")


def date_pretraining(newcomer: str = "fi", *, seed: int = 0) -> Experiment:
    """Read dates of eight languages; the alphabet already has room for the newcomer's characters."""
    train = TrainConfig(400, learning_rate=1e-2, schedule="one_cycle", seed=seed)
    return Experiment("new_language", {"alphabet": f"{EIGHT},{newcomer}"}, MODEL, train)


DATE_ARMS = {
    "scratch": "",
    "full": "",
    "encoder": "decoder.,attend.,join.,to_logits.",
    "embeddings": "encoder.layers.,decoder.,attend.,join.,to_logits.",
}
"""What each arm freezes: nothing, nothing, the decoder with its attention, all but source embeddings."""


def date_arm(
    name: str, examples: int, *, newcomer: str = "fi", updates: int = 300, seed: int = 0
) -> Experiment:
    """The fine-tuning experiment of one arm on `examples` dates of the newcomer (0: all there are).

    scratch begins with random weights, the others with those of `date_pretraining`. Raises
    ValueError for an unknown arm.
    """
    if name not in DATE_ARMS:
        raise ValueError(f"arm: wanted one of {', '.join(DATE_ARMS)}, got {name!r}")
    settings = {"alphabet": f"{EIGHT},{newcomer}", "languages": newcomer, "examples": examples}
    rate = 5e-3 if name == "scratch" else 2e-3
    train = TrainConfig(updates, 32, learning_rate=rate, frozen=DATE_ARMS[name], seed=seed)
    start = None if name == "scratch" else date_pretraining(newcomer, seed=seed)
    return Experiment("new_language", settings, MODEL, train, start)


@torch.no_grad()
def exact_share(network: Network, experiment: Experiment, n: int = 200) -> float:
    """Share of `n` held-out dates of the experiment's languages read without a mistake; guessing gets 0."""
    task = build_task(experiment.task, **experiment.task_options)
    network.eval()
    batch = task.held_out(n)
    return exact(network(batch.inputs).argmax(-1), batch.targets, task.end).float().mean().item()
