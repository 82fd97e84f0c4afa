"""Dates of one more language, with few examples: what reading other languages is worth."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar

import torch
from torch import Generator

from models.settings import text, whole
from models.tasks.base import Batch
from models.tasks.translation.base import PAD
from models.tasks.translation.date_forms import characters, chosen
from models.tasks.translation.dates import ReadDates, pools
from models.tasks.translation.pool import Pool

EIGHT = "en,de,fr,es,it,nl,pt,sv"


@dataclass(frozen=True)
class NewLanguage(ReadDates):
    """5. maaliskuuta 2024 -> 2024-03-05, from a few dozen examples.

    The symbols are those of all languages in `alphabet`, so that embeddings learnt on some of them
    have a place for the characters of the others.
    """

    key: ClassVar[str] = "new_language"
    title: ClassVar[str] = "Dates of one more language"
    summary: ClassVar[str] = (
        "A network that reads dates in eight languages meets a ninth, with few examples of it. "
        "Guessing gets nearly half of the characters, and not one whole date."
    )

    languages: str = text(EIGHT, 200, "Languages", "Codes of the languages that are read here.")
    alphabet: str = text(
        f"{EIGHT},fi", 200, "All languages", "Codes of all languages that will ever be read."
    )
    examples: int = whole(0, 0, 1024, "Examples", "Dates to learn from; 0 takes all there are.", unit="dates")

    def __post_init__(self) -> None:
        """Refuse a language that is missing in the alphabet."""
        super().__post_init__()
        missing = [code for code in chosen(self.languages) if code not in chosen(self.alphabet)]
        if missing:
            raise ValueError(
                f"alphabet: wanted every language that is read, got none of {', '.join(missing)}"
            )

    @property
    def symbols(self) -> tuple[str, ...]:
        """Padding, then every character that a date of any of the languages can have."""
        return (PAD, *characters(chosen(self.alphabet)))

    def sample(self, n: int, generator: Generator, *, held_out: bool = False) -> Batch:
        """Dates out of the first `examples`, or of the held-out ones."""
        pool = _pools(chosen(self.languages), chosen(self.alphabet))[held_out]
        known = len(pool.sources) if held_out else min(self.examples or len(pool.sources), len(pool.sources))
        return pool.take(torch.randint(known, (n,), generator=generator))


@lru_cache(maxsize=8)
def _pools(languages: tuple[str, ...], alphabet: tuple[str, ...]) -> tuple[Pool, Pool]:
    """The pools of these languages, their characters counted as in the larger alphabet."""
    places = {symbol: place for place, symbol in enumerate((PAD, *characters(alphabet)))}
    moved = torch.tensor([places[symbol] for symbol in (PAD, *characters(languages))])
    training, held_out = pools(languages)
    return (
        dataclasses.replace(training, sources=moved[training.sources]),
        dataclasses.replace(held_out, sources=moved[held_out.sources]),
    )
