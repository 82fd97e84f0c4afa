"""Search and sort texts by meaning, with the hidden states of a network that only learned the language."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch

from models.networks.base import Network
from models.tasks.base import Task
from models.training.features import last_layer_inputs


@torch.no_grad()
def text_vectors(network: Network, task: Task, texts: Sequence[str]) -> np.ndarray:
    """What the network keeps in mind of each text, (text, unit): its states at the last word, on one scale.

    Every unit is centred over the texts and divided by its spread, so that no unit shouts the
    others down. Raises ValueError for unknown words, or fewer than two texts.
    """
    if len(texts) < 2:
        raise ValueError(f"wanted at least two texts to compare, got {len(texts)}")
    network.eval()
    states = [last_layer_inputs(network, task.encode(text)[None])[0, -1] for text in texts]
    vectors = torch.stack(states).numpy()
    return (vectors - vectors.mean(0)) / np.maximum(vectors.std(0), 1e-6)


def most_similar(query: int, vectors: np.ndarray, most: int = 5) -> list[tuple[int, float]]:
    """The other texts of the most similar direction, with their cosine similarity, best first.

    vectors: (text, unit)
    """
    lengths = np.maximum(np.linalg.norm(vectors, axis=1), 1e-12)
    cosines = vectors @ vectors[query] / (lengths * lengths[query])
    cosines[query] = -np.inf
    order = np.argsort(-cosines)[: min(most, len(vectors) - 1)]
    return [(int(place), float(cosines[place])) for place in order]


def unit_scores(vectors: np.ndarray, unit: int, sign: float = 1.0) -> np.ndarray:
    """What one unit says of each text, (text,): with the sentiment unit, reviews sorted by feeling."""
    if not 0 <= unit < vectors.shape[1]:
        raise ValueError(f"unit: wanted one of {vectors.shape[1]}, got {unit}")
    return np.sign(sign) * vectors[:, unit]
