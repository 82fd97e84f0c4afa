"""Reviews in a shop: search by what a language model made of them, and what is said about what."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch

from models.networks.base import Network
from models.tasks import build_task
from models.tasks.labelled import words_of
from models.tasks.reviews import Reviews
from models.training.features import last_layer_inputs

KEPT = 300
"""Reviews of the shelf."""
FOUND = 5
QUERIES = 100


@dataclass(frozen=True, slots=True)
class Shelf:
    """Reviews that can be searched."""

    texts: tuple[str, ...]
    positive: np.ndarray
    """(review,) bool: the feeling that the generator meant."""
    subjects: tuple[str, ...]
    """What each review speaks of first."""


def shelf(n: int = KEPT, *, seed: int = 4711) -> Shelf:
    """`n` reviews that no network has been trained on, half of them positive."""
    reviews = _task().reviews(n, seed=seed)
    return Shelf(
        tuple(" ".join(review.words) for review in reviews),
        np.array([review.positive for review in reviews]),
        tuple(review.first_noun for review in reviews),
    )


@torch.no_grad()
def vectors(network: Network, texts: list[str] | tuple[str, ...]) -> np.ndarray:
    """(text, unit): the hidden state after each text's last word, at length 1.

    Raises ValueError, naming the word, for a word that the reviews do not use.
    """
    task = _task()
    network.eval()
    ended = [task.encode(_ended(text)) for text in texts]
    states = [last_layer_inputs(network, ids[None])[0, -1].numpy() for ids in ended]
    found = np.stack(states)
    return found / np.maximum(np.linalg.norm(found, axis=1, keepdims=True), 1e-12)


def by_meaning(query: np.ndarray, kept: np.ndarray) -> np.ndarray:
    """(review,) cosine of the query's vector (unit,) with each one's (review, unit)."""
    return kept @ query


def by_words(query: str, texts: tuple[str, ...]) -> np.ndarray:
    """(review,) shared words over all words of query and review (Jaccard)."""
    asked = set(words_of(query))
    sets = [set(words_of(text)) for text in texts]
    return np.array([len(asked & words) / len(asked | words) for words in sets])


def best(scores: np.ndarray, k: int = FOUND) -> list[int]:
    """Places of the `k` highest scores; of equal ones the earlier."""
    return [int(place) for place in np.argsort(-scores, kind="stable")[:k]]


def same_feeling(network: Network, n: int = QUERIES) -> dict[str, float]:
    """Share of the reviews found that feel as the query does, for both ways of search; chance is 1 in 2."""
    kept, asked = shelf(), shelf(n, seed=4712)
    kept_vectors, asked_vectors = vectors(network, kept.texts), vectors(network, asked.texts)
    found = {
        "meaning": [best(by_meaning(query, kept_vectors)) for query in asked_vectors],
        "words": [best(by_words(text, kept.texts)) for text in asked.texts],
    }
    return {
        name: float(np.mean(kept.positive[np.array(places)] == asked.positive[:, None]))
        for name, places in found.items()
    }


@torch.no_grad()
def opinions(classifier: Network, texts: list[str] | tuple[str, ...]) -> np.ndarray:
    """(text,) probability that each text is positive, by a network fine-tuned on labels."""
    task = _task()
    classifier.eval()
    logits = [classifier(task.encode(_ended(text))[None])[0, -1] for text in texts]
    return torch.stack(logits).softmax(-1)[:, 1].numpy()


def by_subject(kept: Shelf, found: np.ndarray) -> list[tuple[str, int, float, float]]:
    """Subject, reviews of it, share found positive, share meant positive; the least liked first."""
    rows = []
    for subject in sorted(set(kept.subjects)):
        mine = np.array([other == subject for other in kept.subjects])
        told = float((found[mine] > 0.5).mean())
        rows.append((subject, int(mine.sum()), told, float(kept.positive[mine].mean())))
    return sorted(rows, key=lambda row: row[2])


def _ended(text: str) -> str:
    """The text with its full stop: every review ends with one, so networks expect it."""
    return text if text.rstrip().endswith(".") or not text.strip() else f"{text} ."


def _task() -> Reviews:
    return build_task("reviews", every_word=False)
