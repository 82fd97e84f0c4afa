"""A small English into Korean: the verb moves to the end, and particles say who does what to whom."""

from __future__ import annotations

import random
from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar

import numpy as np
from torch import Generator, Tensor

from models.settings import whole
from models.tasks.base import Batch
from models.tasks.translation.base import END, PAD, TranslationTask
from models.tasks.translation.korean_grammar import (
    ADJECTIVES,
    CONJUNCTIONS,
    KOREAN_WORDS,
    PEOPLE,
    PLACES,
    THINGS,
    TIMES,
    VERBS,
    translate,
)
from models.tasks.translation.pool import Pool, build_pool

ENGLISH_WORDS = (
    PAD, "the", "in", *CONJUNCTIONS, *PEOPLE, *THINGS, *ADJECTIVES, *VERBS, *PLACES, *TIMES,
)  # fmt: skip
TRAINING, HELD_OUT = 9_000, 1_000
"""Sentences of each pool."""


@dataclass(frozen=True)
class EnglishToKorean(TranslationTask):
    """the cat saw the big apple -> 고양이가 큰 사과를 보았다 <end>."""

    key: ClassVar[str] = "english_to_korean"
    title: ClassVar[str] = "English to Korean"
    summary: ClassVar[str] = (
        "Sentences of a small English become Korean: the verb moves to the end, time and place move "
        "forward, and each noun takes the particle of its role. Guessing gets about one word in ten."
    )
    longest_probe: ClassVar[int] = 60

    clauses: int = whole(
        3, 1, 3, "Most clauses", "Sentences have from 1 to this many, joined by and, but.", unit="clauses"
    )  # fmt: skip

    @property
    def symbols(self) -> tuple[str, ...]:
        """Padding, then the English words."""
        return ENGLISH_WORDS

    @property
    def answers(self) -> tuple[str, ...]:
        """The end, then the Korean words, particles attached."""
        return (END, *KOREAN_WORDS)

    @property
    def longest_answer(self) -> int:
        """Nine words a clause, what joins them, and the end."""
        return 10 * self.clauses

    def sample(self, n: int, generator: Generator, *, held_out: bool = False) -> Batch:
        """Sentences from a pool; those of the held-out pool are not in the other."""
        return pools(self.clauses)[held_out].draw(n, generator)

    def split(self, text: str) -> list[str]:
        """Words, capital letters and a closing full stop forgiven."""
        return text.lower().replace(".", " ").split()

    def solve(self, source: Tensor) -> list[int] | None:
        """The right translation; None for a sentence that the small grammar does not have."""
        translated = self._translate(source)
        return None if translated is None else [word for word, _ in translated] + [self.end]

    def alignment(self, source: Tensor, target: Tensor) -> np.ndarray:
        """One English word for each Korean word; a noun and its particle come from the noun."""
        known = np.zeros((len(target), len(source)))
        translated = self._translate(source)
        if translated is None:
            return known
        words = [word for word, _ in translated]
        if target[: len(words) + 1].tolist() == [*words, self.end]:
            known[range(len(words)), [place for _, place in translated]] = 1
        return known

    def _translate(self, source: Tensor) -> list[tuple[int, int]] | None:
        """Answer numbers, each with the place of the source word that it comes from."""
        pairs = translate([ENGLISH_WORDS[i] for i in source.tolist() if i != self.padding])
        return None if pairs is None else [(NUMBER[word], place) for word, place in pairs]


NUMBER = {word: number for number, word in enumerate((END, *KOREAN_WORDS))}


@lru_cache(maxsize=4)
def pools(clauses: int) -> tuple[Pool, Pool]:
    """The training pool and the held-out pool: no sentence is in both."""
    chance = random.Random(clauses)
    sentences: dict[tuple[str, ...], None] = {}
    while len(sentences) < TRAINING + HELD_OUT:
        words = clause(chance).split()
        for _ in range(chance.randint(1, clauses) - 1):
            words += [chance.choice(CONJUNCTIONS), *clause(chance).split()]
        sentences[tuple(words)] = None
    ordered = list(sentences)
    return _pool(ordered[HELD_OUT:]), _pool(ordered[:HELD_OUT])


def clause(chance: random.Random) -> str:
    """One clause of the small English."""
    subject, thing = noun_phrase(chance, PEOPLE), noun_phrase(chance, PEOPLE + THINGS)
    place = f" in the {chance.choice(PLACES)}" if chance.random() < 0.6 else ""
    time = f" {chance.choice(TIMES)}" if chance.random() < 0.6 else ""
    return f"{subject} {chance.choice(VERBS)} {thing}{place}{time}"


def noun_phrase(chance: random.Random, nouns: tuple[str, ...]) -> str:
    """`the`, up to two adjectives and a noun."""
    return " ".join(["the", *chance.sample(ADJECTIVES, chance.choice((0, 1, 1, 2))), chance.choice(nouns)])


def _pool(sentences: list[tuple[str, ...]]) -> Pool:
    place = {word: number for number, word in enumerate(ENGLISH_WORDS)}
    sources = [[place[word] for word in sentence] for sentence in sentences]
    targets = [[NUMBER[word] for word, _ in translate(sentence) or ()] + [0] for sentence in sentences]
    return build_pool(sources, targets, padding=0)
