"""Reviews nobody has labelled: predict the next word, and learn the language on the way."""

from __future__ import annotations

import random
from dataclasses import dataclass
from functools import cache
from typing import ClassVar

import torch
from torch import Generator, Tensor, nn

from models.settings import whole
from models.tasks import review_text
from models.tasks.base import Batch, Task
from models.tasks.labelled import words_of
from models.tasks.review_text import END, START, VOCABULARY
from models.tasks.reviews import known_place

_LONGEST = 23
"""Steps of the longest text: start, review, tail of up to five words, end."""
_PLACES = {word: place for place, word in enumerate(VOCABULARY)}


@dataclass(frozen=True)
class ReviewLanguage(Task):
    """`<s> the film was great . what a treat` -> the same, one word ahead.

    No label is ever shown; but a tail follows the feeling, so a network that predicts tails well
    has to keep the feeling in mind (Radford et al. 2017 found such a sentiment unit).
    """

    key: ClassVar[str] = "review_language"
    title: ClassVar[str] = "The language of reviews"
    summary: ClassVar[str] = (
        "Each word of an unlabelled review must be guessed from those before it; "
        "always guessing the most frequent word gets about 1 in 10."
    )
    writes: ClassVar[bool] = True
    padding: ClassVar[int | None] = 0
    longest_probe: ClassVar[int] = 40

    texts: int = whole(
        6000, 10, 20_000, "Unlabelled reviews", "How many there are to learn from.", unit="reviews"
    )
    draw: int = whole(0, 0, 9999, "Draw", "Which reviews they are.")

    @property
    def symbols(self) -> tuple[str, ...]:
        """The same symbols as the labelled reviews have."""
        return VOCABULARY

    @property
    def chance(self) -> float:
        """Share of the most frequent next word, guessed every time."""
        return _frequencies(self).max().item()

    @property
    def guessing_loss(self) -> float:
        """Entropy of the words regardless of what stands before, in nats."""
        shares = _frequencies(self)
        return -(shares * shares.clamp(min=1e-12).log()).sum().item()

    def sample(self, n: int, generator: Generator, *, held_out: bool = False) -> Batch:
        """`n` texts; targets are the inputs one step ahead, scored up to the end symbol."""
        pool = _texts(2000, -1) if held_out else _texts(self.texts, self.draw)
        return next_word_batch(pool[torch.randint(len(pool), (n,), generator=generator)])

    def encode(self, text: str) -> Tensor:
        """A typed text as (time,) symbol numbers, start first. Raises ValueError for unknown words."""
        words = [word for word in words_of(text) if word != START]
        if not 0 < len(words) <= self.longest_probe:
            raise ValueError(f"wanted 1 to {self.longest_probe} words, got {len(words)}")
        return torch.tensor([_PLACES[START], *(known_place(word) for word in words)])

    def example(self) -> str:
        """A review and a tail that fits it."""
        return "the film was not bad , it was great . what a treat"

    def write(self, network: nn.Module) -> str:
        """A review that the network makes up, the same draw of chance every time."""
        return write_text(network, self, _LONGEST, torch.Generator().manual_seed(0))


def next_word_batch(texts: Tensor) -> Batch:
    """Texts (B, time + 1) as inputs and the same a step ahead as targets; padding is not scored."""
    inputs, targets = texts[:, :-1], texts[:, 1:]
    return Batch(inputs, targets, targets != 0)


@torch.no_grad()
def write_text(
    network: nn.Module, task: Task, longest: int, generator: Generator, *, beginning: str = ""
) -> str:
    """Words drawn one at a time from what the network expects next, until it ends the text."""
    was_training = network.training
    network.eval()
    places = {symbol: place for place, symbol in enumerate(task.symbols)}
    ids = [places[START], *(places[word] for word in beginning.split())]
    while len(ids) < longest:
        likely = network(torch.tensor([ids]))[0, -1].softmax(-1)
        ids.append(int(torch.multinomial(likely, 1, generator=generator)))
        if ids[-1] == places[END]:
            break
    network.train(was_training)
    return " ".join(task.symbols[i] for i in ids[1:] if i != places[END])


@cache
def _texts(n: int, seed: int) -> Tensor:
    """(n, time) texts: start, review, tail, end, padding."""
    source = random.Random(f"review language {seed}")
    texts = torch.zeros(n, _LONGEST, dtype=torch.long)
    for row in range(n):
        positive = source.random() < 0.5
        review = review_text.draw_review(source, positive)
        words = (START, *review.words, *review_text.draw_tail(source, positive), END)
        texts[row, : len(words)] = torch.tensor([_PLACES[word] for word in words])
    return texts


@cache
def _frequencies(task: ReviewLanguage) -> Tensor:
    """Share of each symbol among the scored targets."""
    targets = _texts(task.texts, task.draw)[:, 1:]
    counted = torch.bincount(targets[targets != 0], minlength=len(VOCABULARY)).double()
    return counted / counted.sum()
