"""What is seen of a Transformer at one moment: every head, the logit lens, and what changes do to it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from models.analysis.heads import only_strongest, silenced
from models.analysis.lens import logit_lens
from models.film import Look
from models.looks import softmax
from models.networks import Network
from models.tasks import Batch, Task
from models.trace import record


def heads_look(inputs: Tensor) -> Look:
    """What every head and every depth of a Transformer does with one sequence (time,).

    Gives attention (layer, head, query, key), answer (time, answer) in probabilities, and of the logit
    lens, whose first entry reads the embeddings: likeliest (layer + 1, time), the number of the likeliest
    answer, and confidence (layer + 1, time), its probability.
    """

    def look(network: Network, task: Task) -> Mapping[str, np.ndarray]:
        names = [f"layers.{layer}.attention" for layer in range(network.config.layers)]
        trace = record(network, inputs[None], names=names)
        lens = logit_lens(network, inputs[None])
        return {
            "attention": np.stack([trace[name][0] for name in names]),
            "answer": softmax(trace.output[0]),
            "likeliest": lens.answer[:, 0],
            "confidence": lens.confidence[:, 0],
        }

    return look


def translator_look(source: Tensor, answer: Sequence[int]) -> Look:
    """Where both stacks of an encoder-decoder look while it is given one answer for one source (K,).

    Gives reads (layer, head, K, K), the encoder's attention; writes (layer, head, step, step), the decoder's
    to what it has written; looks_back (layer, head, step, K), the decoder's to the source: rows add up to 1.
    """
    ids = torch.tensor([list(answer)])
    batch = Batch(source[None], ids, torch.ones_like(ids, dtype=torch.bool))
    parts = {
        "reads": "encoder.layers.{}",
        "writes": "decoder.layers.{}",
        "looks_back": "decoder.layers.{}.cross",
    }

    def look(network: Network, task: Task) -> Mapping[str, np.ndarray]:
        layers = range(network.config.layers)
        names = {part: [f"{place.format(n)}.attention" for n in layers] for part, place in parts.items()}
        wanted = [name for part in names.values() for name in part]
        trace = record(network, source[None], names=wanted, run=lambda: network.answer(batch))
        return {part: np.stack([trace[name][0] for name in named]) for part, named in names.items()}

    return look


def order_look(inputs: Tensor) -> Look:
    """The answer (time, answer), and attention (query, key), the mean over the first layer's heads."""
    whole = heads_look(inputs)

    def look(network: Network, task: Task) -> Mapping[str, np.ndarray]:
        seen = whole(network, task)
        return {"answer": seen["answer"], "attention": seen["attention"][0].mean(0)}

    return look


@dataclass(frozen=True, slots=True)
class HeadChange:
    """Heads that add nothing, and how much of the attention of the others is kept."""

    silenced: tuple[tuple[int, int], ...] = ()
    """(layer, head) pairs."""
    share: float = 1.0
    """Only the strongest share of every attention row, above 0 and at most 1."""

    @contextmanager
    def applied(self, network: Network) -> Iterator[None]:
        """Let the change hold in a network."""
        with ExitStack() as stack:
            if self.share < 1:
                stack.enter_context(only_strongest(network, self.share))
            for layer in sorted({layer for layer, _ in self.silenced}):
                heads = [head for place, head in self.silenced if place == layer]
                stack.enter_context(silenced(network, layer, *heads))
            yield


@dataclass(frozen=True, slots=True)
class Effect:
    """What a network does while a change holds."""

    loss: float
    """On held-out sequences, in nats."""
    accuracy: float
    """On held-out sequences, from 0 to 1."""
    answer: np.ndarray
    """(time, answer): probabilities of the answers to one sequence."""
    attention: np.ndarray
    """(layer, head, query, key) on that sequence."""


def effect_of(network: Network, task: Task, batch: Batch, inputs: Tensor, change: HeadChange) -> Effect:
    """The loss on a batch, and what is seen of one sequence (time,), while a change holds."""
    with change.applied(network), torch.no_grad():
        metrics = task.evaluate(network, batch)
        seen = heads_look(inputs)(network, task)
    return Effect(metrics["loss"], metrics["accuracy"], seen["answer"], seen["attention"])
