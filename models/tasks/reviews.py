"""Sentiment of reviews in which word order decides, with the generator's exact opinion at every word."""

from __future__ import annotations

import difflib
import random
from dataclasses import dataclass
from functools import cache
from typing import ClassVar

import torch
from torch import Tensor

from models.settings import choice, shortened, switch, whole
from models.tasks import review_text
from models.tasks.base import Batch
from models.tasks.labelled import LabelledTexts, labelled_batch, last_word_right, words_of
from models.tasks.review_text import CONTRASTIVE, END, PADDING, START, TEMPLATES, VOCABULARY, Review

HELD_OUT = 2_000
"""Reviews kept for evaluation; they are drawn from a stream of their own."""
_PLACES = {word: place for place, word in enumerate(VOCABULARY)}
_LONGEST = 17
"""Steps of the longest review: start, opening of five words, ten of the template, full stop."""


@dataclass(frozen=True)
class Reviews(LabelledTexts):
    """`<s> the film was not bad , it was great .` -> positive. Chance is 1 in 2."""

    key: ClassVar[str] = "reviews"
    title: ClassVar[str] = "Sentiment of a review"
    summary: ClassVar[str] = (
        "A review goes in, its feeling must come out; guessing gets 50 %, and so does counting words "
        "wherever the review names a good and a bad thing."
    )
    longest_probe: ClassVar[int] = 40

    ask: str = choice("feeling", ("feeling", "noun_group"), "Question", "What must be told of the review.")
    templates: str = choice(
        "all", ("all", "contrastive"), "Templates", "All five, or those with one adjective of each feeling."
    )
    every_word: bool = switch(
        True, "Score every word", "The network is asked after each word, not only at the end."
    )
    labelled: int = whole(
        2000, 4, 20_000, "Labelled reviews", "How many there are to learn from.", unit="reviews"
    )
    draw: int = whole(0, 0, 9999, "Draw", "Which reviews were labelled.")

    @property
    def symbols(self) -> tuple[str, ...]:
        """Padding, start and end, then the words."""
        return VOCABULARY

    @property
    def answers(self) -> tuple[str, ...]:
        """Negative and positive, or the two groups of nouns."""
        return ("negative", "positive") if self.ask == "feeling" else ("on paper", "on screen")

    @property
    def chance(self) -> float:
        """Both answers are equally frequent."""
        return 0.5

    @property
    def used_templates(self) -> tuple[str, ...]:
        """Names of the templates that reviews are drawn from."""
        return tuple(TEMPLATES) if self.templates == "all" else CONTRASTIVE

    def pool(self) -> Batch:
        """All labelled reviews: the only ones that training ever sees."""
        return _pool(self)

    def held_out_pool(self) -> Batch:
        """Reviews from a stream that training never draws from."""
        return _pool(self, held_out=True)

    def reviews(self, n: int, *, seed: int) -> list[Review]:
        """`n` reviews, positive and negative in turn."""
        source = random.Random(f"reviews {seed}")
        return [review_text.draw_review(source, place % 2 == 1, self.used_templates) for place in range(n)]

    def twins(self, n: int) -> Batch:
        """`n` contrastive reviews, each beside the one with the same bag of words and the other label.

        Any network that counts words alone gives both the same answer: exactly half are right.
        """
        source = random.Random("twins")
        firsts = [review_text.draw_review(source, bool(i % 2), CONTRASTIVE) for i in range(n // 2)]
        return self.batch([review for first in firsts for review in (first, first.twin)])

    def batch(self, reviews: list[Review]) -> Batch:
        """Reviews as tensors: words from the left, padding behind."""
        texts = [[_PLACES[word] for word in (START, *review.words)] for review in reviews]
        answers = [self._label(review) for review in reviews]
        return labelled_batch(texts, answers, steps=_LONGEST, every_word=self.every_word)

    def metrics(self, logits: Tensor, batch: Batch) -> dict[str, float]:
        """Loss at all scored steps; accuracy at the last word, of all and where both feelings are named."""
        metrics = super().metrics(logits, batch)
        tricky = contrastive_rows(batch.inputs)
        if self.ask == "feeling" and tricky.any():
            right = last_word_right(logits, batch)
            metrics["contrastive_accuracy"] = right[tricky].float().mean().item()
        return metrics

    def encode(self, text: str) -> Tensor:
        """A typed review as (time,) symbol numbers, start first and full stop last.

        Raises ValueError, naming the word and its nearest known ones, for an unknown word.
        """
        words = [word for word in words_of(text) if word != START]
        if not 0 < len(words) <= self.longest_probe:
            raise ValueError(f"wanted 1 to {self.longest_probe} words, got {len(words)}")
        return torch.tensor([_PLACES[START], *(known_place(word) for word in words)])

    def example(self) -> str:
        """A review whose feeling turns twice."""
        return "the film was not bad , it was great ."

    def events(self, inputs: Tensor) -> dict[str, Tensor]:
        """Where good and bad words, `not` and `but` stand: 1 there and 0 elsewhere."""
        tracks = {"good word": review_text.POSITIVE, "bad word": review_text.NEGATIVE}
        tracks |= {"not": ("not",), "but": ("but",)}
        return {name: _is_one_of(inputs, words).float() for name, words in tracks.items()}

    def opinion(self, ids: Tensor) -> list[float]:
        """The generator's exact P(positive) after each step of one sequence (time,).

        Raises ValueError, naming the word, where the generator writes no review that begins so.
        """
        words = [VOCABULARY[i] for i in ids.tolist() if VOCABULARY[i] not in (PADDING, START, END)]
        start = [0.5] if ids[0] == _PLACES[START] else []
        prefixes = (tuple(words[:end]) for end in range(1, len(words) + 1))
        return start + [review_text.posterior(prefix, self.used_templates) for prefix in prefixes]

    def _label(self, review: Review) -> int:
        if self.ask == "feeling":
            return int(review.positive)
        return int(review.first_noun in review_text.ON_SCREEN)


def known_place(word: str) -> int:
    """A word's symbol number. Raises ValueError with its nearest known words where there is none."""
    if word in _PLACES:
        return _PLACES[word]
    near = difflib.get_close_matches(word, VOCABULARY[3:], n=3, cutoff=0.5)
    known = near or [*review_text.NOUNS[:3], *review_text.POSITIVE[:3], *review_text.NEGATIVE[:3]]
    raise ValueError(
        f"wanted words that the reviews use, for example {', '.join(known)}; got {shortened(word)}"
    )


def contrastive_rows(inputs: Tensor) -> Tensor:
    """(B,) bool: which reviews name a good and a bad thing."""
    good = _is_one_of(inputs, review_text.POSITIVE).any(1)
    return good & _is_one_of(inputs, review_text.NEGATIVE).any(1)


def _is_one_of(inputs: Tensor, words: tuple[str, ...]) -> Tensor:
    return torch.isin(inputs, torch.tensor([_PLACES[word] for word in words]))


@cache
def _pool(task: Reviews, *, held_out: bool = False) -> Batch:
    """All reviews of one kind as tensors, made once."""
    if held_out:
        return task.batch(task.reviews(HELD_OUT, seed=-1))
    return task.batch(task.reviews(task.labelled, seed=task.draw))
