"""The logit lens: what a Transformer would answer if it stopped after each layer (nostalgebraist 2020)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from models.networks.transformer import TransformerNetwork
from models.trace import listening


@dataclass(frozen=True, slots=True)
class Lens:
    """Answers by depth: entry 0 reads the embeddings with their positions, the last is the real answer."""

    probability: np.ndarray
    """(L + 1, batch, time, answer)"""
    answer: np.ndarray
    """(L + 1, batch, time): the likeliest answer's number."""
    confidence: np.ndarray
    """(L + 1, batch, time): its probability."""


def logit_lens(network: TransformerNetwork, inputs: Tensor) -> Lens:
    """Read the residual stream of every layer with the network's own output."""
    was_training = network.training
    network.eval()
    names = [f"layers.{layer}.residual" for layer in range(network.config.layers)]
    try:
        with torch.no_grad(), listening(network, names) as kept:
            streams = [network.embedded(inputs)]
            network(inputs)
            streams += [kept[name][0] for name in names]
            logits = torch.stack([network.read_out(stream) for stream in streams])
    finally:
        network.train(was_training)
    probability = logits.softmax(-1).numpy()
    return Lens(probability, probability.argmax(-1), probability.max(-1))
