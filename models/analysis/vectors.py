"""What word vectors mean: neighbours, analogies, an axis between two sets of words, and how they moved.

Plain numpy. W words, D width of a vector, S snapshots.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True)
class WordSpace:
    """Words and their vectors (W, D)."""

    words: tuple[str, ...]
    vectors: np.ndarray

    def __post_init__(self) -> None:
        """Refuse a table that does not fit the words."""
        if self.vectors.ndim != 2 or len(self.words) != len(self.vectors):
            raise ValueError(f"wanted {len(self.words)} vectors, got an array of shape {self.vectors.shape}")

    @property
    def directions(self) -> np.ndarray:
        """Vectors (W, D) less their mean, each of length 1: what cosine similarity compares."""
        centred = self.vectors - self.vectors.mean(0)
        return centred / np.maximum(np.linalg.norm(centred, axis=1, keepdims=True), 1e-12)

    def place(self, word: str) -> int:
        """A word's row. Raises ValueError for a word that is not here."""
        if word not in self.words:
            raise ValueError(f"wanted one of {len(self.words)} words that the text has, got {word!r}")
        return self.words.index(word)

    def neighbours(self, word: str, most: int = 8) -> list[tuple[str, float]]:
        """The words of the most similar direction, with their cosine similarity, best first."""
        directions = self.directions
        place = self.place(word)
        return self._best(directions @ directions[place], most, without=[place])

    def analogy(self, first: str, second: str, third: str, most: int = 5) -> list[tuple[str, float]]:
        """`first` is to `second` as `third` is to ...: the words nearest to second - first + third.

        The three given words are left out, as in Mikolov et al. 2013.
        """
        directions = self.directions
        a, b, c = (self.place(word) for word in (first, second, third))
        wanted = directions[b] - directions[a] + directions[c]
        wanted = wanted / max(np.linalg.norm(wanted), 1e-12)
        return self._best(directions @ wanted, most, without=[a, b, c])

    def axis(self, low: Sequence[str], high: Sequence[str]) -> np.ndarray:
        """Place (W,) of every word on the line from the mean of `low`, at -1, to that of `high`, at 1."""
        if not low or not high:
            raise ValueError(f"wanted at least one word at each end, got {len(low)} and {len(high)}")
        directions = self.directions
        start = directions[[self.place(word) for word in low]].mean(0)
        end = directions[[self.place(word) for word in high]].mean(0)
        line = end - start
        middle = (start + end) / 2
        return 2 * (directions - middle) @ line / max(line @ line, 1e-12)

    def _best(self, scores: np.ndarray, most: int, without: Sequence[int]) -> list[tuple[str, float]]:
        scores = scores.astype(float)
        scores[list(without)] = -np.inf
        order = np.argsort(-scores)[: min(most, len(scores) - len(set(without)))]
        return [(self.words[place], float(scores[place])) for place in order]


def analogy_accuracy(space: WordSpace, pairs: Sequence[tuple[str, str]]) -> float:
    """Share of all analogies between two different pairs, in both directions, whose best answer is right.

    Guessing gets one in the number of words.
    """
    right = []
    for here in pairs:
        for there in pairs:
            if here != there:
                right.append(space.analogy(*here, there[0], 1)[0][0] == there[1])
                right.append(space.analogy(*here[::-1], there[1], 1)[0][0] == there[0])
    return float(np.mean(right))


def offset_agreement(space: WordSpace, pairs: Sequence[tuple[str, str]]) -> float:
    """Mean cosine between the steps that lead from each pair's first word to its second."""
    directions = space.directions
    steps = np.array([directions[space.place(b)] - directions[space.place(a)] for a, b in pairs])
    steps /= np.maximum(np.linalg.norm(steps, axis=1, keepdims=True), 1e-12)
    cosines = steps @ steps.T
    return float(cosines[~np.eye(len(pairs), dtype=bool)].mean())


@dataclass(frozen=True, slots=True)
class Projection:
    """Fixed axes to draw vectors on."""

    mean: np.ndarray
    """(D,)"""
    axes: np.ndarray
    """(D, k), orthonormal columns."""
    explained: np.ndarray
    """(k,) share of the variance along each axis."""

    def __call__(self, vectors: np.ndarray) -> np.ndarray:
        """Coordinates (..., k) of vectors (..., D)."""
        return (vectors - self.mean) @ self.axes


def principal_axes(vectors: np.ndarray, k: int = 2) -> Projection:
    """The `k` orthogonal directions along which vectors (W, D) vary most (PCA).

    Each axis points to where its largest entry is positive, so the picture never flips by chance.
    """
    if not 1 <= k <= min(vectors.shape):
        raise ValueError(f"wanted 1 to {min(vectors.shape)} axes, got {k}")
    mean = vectors.mean(0)
    _, sizes, rows = np.linalg.svd(vectors - mean, full_matrices=False)
    largest = np.abs(rows[:k]).argmax(1)
    signs = np.sign(rows[np.arange(k), largest])
    variance = sizes**2
    return Projection(mean, (rows[:k] * signs[:, None]).T, variance[:k] / max(variance.sum(), 1e-12))


def align(vectors: np.ndarray, onto: np.ndarray) -> np.ndarray:
    """`vectors` (W, D) turned so that they lie as near as a rotation or reflection brings them to `onto`.

    Distances and angles stay as they are (orthogonal Procrustes, Schönemann 1966): two runs, whose
    axes have nothing in common, can be laid over one another.
    """
    if vectors.shape != onto.shape:
        raise ValueError(f"wanted vectors of shape {onto.shape}, got {vectors.shape}")
    mean = vectors.mean(0)
    centred = vectors - mean
    left, _, right = np.linalg.svd(centred.T @ (onto - onto.mean(0)))
    return centred @ (left @ right) + onto.mean(0)


def journey(snapshots: Sequence[np.ndarray], k: int = 2, *, aligned: bool = False) -> np.ndarray:
    """Coordinates (S, W, k) of the words at every snapshot, on the principal axes of the last one.

    aligned: turn each snapshot onto the last first, so that only changes of shape move the words
    """
    last = snapshots[-1]
    project = principal_axes(last, k)
    return np.stack([project(align(vectors, last) if aligned else vectors) for vectors in snapshots])
