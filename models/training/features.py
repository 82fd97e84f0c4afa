"""What a body that no longer learns makes of each training sequence: computed once, then only looked up."""

from __future__ import annotations

import torch
from torch import Tensor

from models.networks.base import Network
from models.tasks.base import Task

MOST_NUMBERS = 16_000_000
"""Kept features, in numbers of 4 bytes: beyond this, every update computes its own."""
_CHUNK = 256


class FrozenFeatures:
    """The last layer's inputs for every sequence of a task's finite training data.

    They are computed in fixed pieces of the whole data, so a run that was interrupted finds the
    same numbers, bit for bit, as one that was not.
    """

    def __init__(self, network: Network, task: Task) -> None:
        """Run the whole training data through the body once."""
        self.network = network
        inputs = task.pool().inputs
        with torch.no_grad():
            pieces = [last_layer_inputs(network, piece) for piece in inputs.split(_CHUNK)]
        self.kept = torch.cat(pieces)

    def logits(self, rows: Tensor) -> Tensor:
        """Logits (batch, time, answer) for these places of the training data."""
        return self.network.to_logits(self.kept[rows])


def can_be_kept(network: Network, task: Task) -> bool:
    """Whether only the last layer learns, from finite data, with nothing random below it."""
    pool = task.pool()
    if pool is None or network.config.dropout or not hasattr(network, "to_logits"):
        return False
    if type(network).answer is not Network.answer:
        return False
    if pool.inputs.numel() * network.to_logits.in_features > MOST_NUMBERS:
        return False
    learning = (name for name, parameter in network.named_parameters() if parameter.requires_grad)
    return all(name.startswith("to_logits.") for name in learning)


def last_layer_inputs(network: Network, inputs: Tensor) -> Tensor:
    """What the layer `to_logits` is given, (batch, time, unit), for inputs (batch, time)."""
    kept: list[Tensor] = []
    hook = network.to_logits.register_forward_pre_hook(lambda _, given: kept.append(given[0]))
    try:
        network(inputs)
    finally:
        hook.remove()
    return kept[0].movedim(network.logits.axes.index("batch"), 0)
