"""Fair sizes: as many parameters for one kind of network as another has."""

from __future__ import annotations

import dataclasses
from bisect import bisect_left

import torch

from models.experiment import ModelConfig
from models.networks.base import parameter_count
from models.networks.build import build_network
from models.settings import settings_of
from models.tasks.base import Task


def match_parameters(kind: str, task: Task, target_count: int, *, like: ModelConfig | None = None) -> int:
    """Hidden units with which a network of that kind comes nearest to `target_count` parameters.

    like: the other settings (layers, embedding width, heads ...); defaults where it is left out.
    Gives the smallest or the largest size allowed where the target lies beyond; `count_parameters`
    says how near it came.
    """
    like = like or ModelConfig()
    sizes = _sizes(kind, like)
    place = bisect_left(sizes, target_count, key=lambda size: _count(kind, task, size, like))
    nearest = sizes[max(place - 1, 0) : place + 1]
    return min(nearest, key=lambda size: abs(_count(kind, task, size, like) - target_count))


def count_parameters(config: ModelConfig, task: Task) -> int:
    """Parameters of the network that a configuration describes; the random generator is left alone."""
    with torch.random.fork_rng(devices=[]):
        return parameter_count(build_network(config, task))


def _sizes(kind: str, like: ModelConfig) -> range:
    """Hidden units that the settings allow: for a Transformer, an even number for each head."""
    step = 2 * like.heads if kind == "transformer" else 1
    return range(step, int(settings_of(like)["hidden"].high) + 1, step)


def _count(kind: str, task: Task, hidden: int, like: ModelConfig) -> int:
    return count_parameters(dataclasses.replace(like, kind=kind, hidden=hidden), task)
