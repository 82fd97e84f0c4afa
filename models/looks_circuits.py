"""What is seen at one moment of the networks in which a circuit forms."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from torch import Tensor

from models.analysis.circuits import right_sums, wave_shares, weight_size
from models.analysis.heads import scores_of_heads
from models.film import Look
from models.looks import softmax
from models.networks import Network
from models.tasks import Task
from models.trace import record

ROWS = 64
"""Held-out rows over which a head's scores are averaged."""


def induction_look(probe: Tensor) -> Look:
    """What the heads of a Transformer do with one row (T,) of repeated symbols, and on held-out rows.

    Gives `attention` (layer, head, query, key), `right` (T - 1,): the probability of the symbol that
    comes next, `previous` and `induction` (layer, head): each head's scores over held-out rows.
    """

    def look(network: Network, task: Task) -> Mapping[str, np.ndarray]:
        names = [f"layers.{layer}.attention" for layer in range(network.config.layers)]
        trace = record(network, probe[None], names=names)
        batch = task.held_out(ROWS)
        held_out = record(network, batch.inputs, names=names)
        previous, induction = scores_of_heads(held_out, task.periods(batch).numpy())
        answers = softmax(trace.output[0])
        return {
            "attention": np.stack([trace.sequence(name) for name in names]),
            "right": answers[np.arange(len(probe) - 1), probe[1:].numpy()],
            "previous": previous,
            "induction": induction,
        }

    return look


def grokking_look(network: Network, task: Task) -> Mapping[str, np.ndarray]:
    """What a network that adds modulo p knows and how.

    Gives `sums` (p, p): the probability of the right sum of each pair, `waves` (p // 2,): the share of
    each frequency in its embedding, and `weight_size` (): the root mean square of its weights.
    """
    return {
        "sums": right_sums(network, task),
        "waves": wave_shares(network.embed.weight.detach().numpy()),
        "weight_size": np.array(weight_size(network)),
    }
