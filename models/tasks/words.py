"""Word vectors without labels: which words stand near which (skip-gram and CBOW, Mikolov et al. 2013)."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from functools import cache
from typing import ClassVar, NamedTuple

import numpy as np
import torch
from torch import Generator, Tensor
from torch.nn import functional

from models.settings import choice, real, text, whole
from models.tasks.base import Batch, Task
from models.tasks.corpora import CORPORA, corpus

PADDING = "·"
MOST_WORDS = 1_500
"""Words of the vocabulary; of a larger one the rarest are left out, as each moment keeps all vectors."""
_HOLD_OUT_EVERY = 10


@dataclass(frozen=True)
class WordNeighbours(Task):
    """king -> throne, and not tray. The true neighbour is told from random words; chance is 1 in 6.

    Skip-gram shows one word and asks for one neighbour; CBOW shows all neighbours and asks for the
    word between them. Targets are the true word first and `negatives` random words behind it.
    """

    key: ClassVar[str] = "word_neighbours"
    title: ClassVar[str] = "Words by the company they keep"
    summary: ClassVar[str] = (
        "Tell a word that really stands near another from words drawn at random; no labels are needed."
    )
    padding: ClassVar[int | None] = 0

    corpus: str = choice("small_world", tuple(CORPORA), "Text", "Where the sentences come from.")
    method: str = choice(
        "skip_gram", ("skip_gram", "cbow"), "Method", "A word guesses its neighbours, or they guess the word."
    )
    window: int = whole(
        5, 1, 12, "Window", "How far apart two words may stand to be neighbours.", unit="words"
    )
    negatives: int = whole(
        5, 1, 20, "Negative words", "Random words that each true one is told from.", unit="words"
    )
    least: int = whole(1, 1, 200, "Rarest word", "Words seen less often are left out.", unit="times")
    thinning: float = real(
        1e-2,
        0.0,
        1.0,
        "Thinning",
        "Share of the text above which a frequent word is now and then skipped; 0 skips none.",
        logarithmic=True,
    )
    upload: str = text("", 80, "Own text", "Key of an uploaded text; empty for the texts that are here.")

    @property
    def symbols(self) -> tuple[str, ...]:
        """Padding, then the words from the most frequent on."""
        return _prepared(self).words

    @property
    def chance(self) -> float:
        """One of the shown words is true."""
        return 1 / (1 + self.negatives)

    @property
    def guessing_loss(self) -> float:
        """Each of the 1 + negatives yes-or-no questions answered with one half."""
        return (1 + self.negatives) * math.log(2)

    def sample(self, n: int, generator: Generator, *, held_out: bool = False) -> Batch:
        """Inputs (n, 1) or (n, 2 window) words; targets (n, 1 + negatives), the true word first.

        Held-out pairs come from sentences that training never sees.
        """
        prepared = _prepared(self)
        shown, true = prepared.held_out if held_out else prepared.training
        rows = torch.randint(len(true), (n,), generator=generator)
        noise = torch.randint(len(prepared.noise), (n, self.negatives), generator=generator)
        targets = torch.cat([true[rows, None], prepared.noise[noise]], dim=1)
        return Batch(shown[rows], targets, torch.ones_like(targets, dtype=torch.bool))

    def loss(self, logits: Tensor, batch: Batch) -> Tensor:
        """Negative log-likelihood of saying yes to the true word and no to the others, in nats.

        logits: (B, 1 + negatives) scores of the targets (Mikolov et al. 2013, equation 4)
        """
        return -(functional.logsigmoid(logits[:, 0]) + functional.logsigmoid(-logits[:, 1:]).sum(1)).mean()

    def metrics(self, logits: Tensor, batch: Batch) -> dict[str, float]:
        """Accuracy: how often the true word scores above all the random ones."""
        best = logits[:, 0] > logits[:, 1:].max(1).values
        return {"loss": self.loss(logits, batch).item(), "accuracy": best.float().mean().item()}

    def held_out(self, n: int = 256) -> Batch:
        """At least 2 000 pairs: one pair says little."""
        return super().held_out(max(n, 2_000))

    def frequencies(self) -> dict[str, int]:
        """How often each word of the vocabulary stands in the text."""
        return dict(_prepared(self).counted)


class _Prepared(NamedTuple):
    words: tuple[str, ...]
    counted: tuple[tuple[str, int], ...]
    training: tuple[Tensor, Tensor]
    held_out: tuple[Tensor, Tensor]
    noise: Tensor
    """Words to draw the negatives from, in proportion to frequency to the power 3/4."""


@cache
def _prepared(task: WordNeighbours) -> _Prepared:
    """Vocabulary and pairs of a corpus. Raises ValueError where too few words are left to learn from."""
    sentences = corpus(task.corpus, task.upload)
    counter = Counter(word for sentence in sentences for word in sentence)
    counted = tuple((word, count) for word, count in counter.most_common(MOST_WORDS) if count >= task.least)
    if len(counted) < 2 + task.negatives:
        seen = f"{len(counted)} of {len(counter)}"
        raise ValueError(f"wanted {2 + task.negatives} words seen {task.least} times or more, got {seen}")
    words = (PADDING, *(word for word, _ in counted))
    counts = np.array([0, *(count for _, count in counted)], dtype=float)
    random = np.random.default_rng(0)
    tokens, numbers = _tokens(sentences, words)
    kept = random.random(len(tokens)) < _keep_rates(counts, task.thinning)[tokens]
    tokens, numbers = tokens[kept], numbers[kept]
    test = numbers % _HOLD_OUT_EVERY == _HOLD_OUT_EVERY - 1
    training, held_out = (_pairs(task, tokens[part], numbers[part]) for part in (~test, test))
    if not len(training[1]) or not len(held_out[1]):
        raise ValueError(
            f"wanted at least {_HOLD_OUT_EVERY} sentences of frequent words, got {len(sentences)}"
        )
    share = counts**0.75 / (counts**0.75).sum()
    noise = torch.from_numpy(random.choice(len(words), 200_000, p=share))
    return _Prepared(words, counted, training, held_out, noise)


def _tokens(sentences: tuple[tuple[str, ...], ...], words: tuple[str, ...]) -> tuple[np.ndarray, np.ndarray]:
    """All known words as numbers in one row, and the number of the sentence that each stands in."""
    places = {word: place for place, word in enumerate(words)}
    known = [[places[word] for word in sentence if word in places] for sentence in sentences]
    lengths = [len(sentence) for sentence in known]
    tokens = np.array([place for sentence in known for place in sentence], dtype=np.int64)
    return tokens, np.repeat(np.arange(len(known)), lengths)


def _keep_rates(counts: np.ndarray, thinning: float) -> np.ndarray:
    """Probability that one occurrence of each word is kept: sqrt(thinning / its share), at most 1."""
    if not thinning:
        return np.ones_like(counts)
    return np.minimum(1.0, np.sqrt(thinning * counts.sum() / np.maximum(counts, 1)))


def _pairs(task: WordNeighbours, tokens: np.ndarray, numbers: np.ndarray) -> tuple[Tensor, Tensor]:
    """What is shown, (n, 1) or (n, 2 window) padded with 0, and the true word (n,)."""
    around = _neighbours(tokens, numbers, task.window)
    if task.method == "cbow":
        any_there = around.any(1)
        return torch.from_numpy(around[any_there]), torch.from_numpy(tokens[any_there])
    there = around > 0
    centres = np.repeat(tokens, there.sum(1))
    return torch.from_numpy(centres[:, None]), torch.from_numpy(around[there])


def _neighbours(tokens: np.ndarray, numbers: np.ndarray, window: int) -> np.ndarray:
    """(words, 2 window): who stands at each distance in the same sentence; 0 where nobody does."""
    around = np.zeros((len(tokens), 2 * window), dtype=np.int64)
    for distance in range(1, min(window, len(tokens) - 1) + 1):
        same = numbers[distance:] == numbers[:-distance]
        around[distance:, window - distance] = np.where(same, tokens[:-distance], 0)
        around[:-distance, window + distance - 1] = np.where(same, tokens[distance:], 0)
    return around
