"""Real dates as people write them in many languages (Unicode CLDR, by Babel) into ISO 8601."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import ClassVar

import numpy as np
from torch import Generator, Tensor

from models.settings import text
from models.tasks.base import Batch
from models.tasks.translation.base import END, PAD, TranslationTask
from models.tasks.translation.date_forms import characters, chosen, fields, guesses, parse_iso, ways, written
from models.tasks.translation.pool import Pool, build_pool

ISO_CHARACTERS = (END, "-", *"0123456789")
ISO_FIELDS = ("year",) * 4 + ("",) + ("month",) * 2 + ("",) + ("day",) * 2
TRAINING, HELD_OUT = 12_000, 1_000
"""Dates of each pool."""
FIRST, LAST = date(1000, 1, 1).toordinal(), date(9999, 12, 31).toordinal()


@dataclass(frozen=True)
class ReadDates(TranslationTask):
    """2024년 3월 5일 화요일 -> 2024-03-05 <end>, character by character."""

    key: ClassVar[str] = "read_dates"
    title: ClassVar[str] = "Dates of many languages"
    summary: ClassVar[str] = (
        "A date as people write it, in Korean, English, Finnish and others, becomes 2024-03-05. "
        "Write the year with four digits. Guessing gets nearly half of the characters, hyphens included."
    )
    joint: ClassVar[str] = ""
    longest_probe: ClassVar[int] = 60

    languages: str = text(
        "en,ko,de,fr",
        200,
        "Languages",
        "Language codes separated by commas (en, ko, pt_BR), or 4, 8 or 16 for that many languages.",
    )

    def __post_init__(self) -> None:
        """Refuse languages that Babel does not know."""
        super().__post_init__()
        chosen(self.languages)

    @property
    def symbols(self) -> tuple[str, ...]:
        """Padding, then every character that a date of these languages can have."""
        return (PAD, *characters(chosen(self.languages)))

    @property
    def answers(self) -> tuple[str, ...]:
        """The end, then what ISO dates are made of."""
        return ISO_CHARACTERS

    @property
    def longest_answer(self) -> int:
        """Ten characters and the end, and room to be wrong."""
        return len(ISO_FIELDS) + 3

    def sample(self, n: int, generator: Generator, *, held_out: bool = False) -> Batch:
        """Dates of the years 1000 to 9999 from a pool; no day is in both pools."""
        return pools(chosen(self.languages))[held_out].draw(n, generator)

    def solve(self, source: Tensor) -> list[int] | None:
        """The ISO date; None for a text that is no date of these languages."""
        found = guesses(self.read(source), chosen(self.languages))
        return iso_numbers(found[0]) if len(found) == 1 else None

    def alignment(self, source: Tensor, target: Tensor) -> np.ndarray:
        """Year, month and day come from the characters that write them; the hyphens from none."""
        known = np.zeros((len(target), len(source)))
        day = parse_iso(self.read_answer(target))
        spelt = day and fields(self.read(source), day, chosen(self.languages))
        if not spelt:
            return known
        for step, field in enumerate(ISO_FIELDS):
            if field:
                known[step, : len(spelt)] = [name == field for name in spelt]
        return known


def iso_numbers(day: date) -> list[int]:
    """An ISO date as answer numbers, the end included."""
    return [ISO_CHARACTERS.index(character) for character in day.isoformat()] + [0]


@lru_cache(maxsize=4)
def pools(languages: tuple[str, ...]) -> tuple[Pool, Pool]:
    """The training pool and the held-out pool, in equal parts of every language and form."""
    generator = np.random.default_rng(len(languages))
    days = generator.choice(np.arange(FIRST, LAST + 1), TRAINING + HELD_OUT, replace=False).tolist()
    place = {character: number for number, character in enumerate((PAD, *characters(languages)))}
    known = ways(languages)
    sources, targets = [], []
    for number, ordinal in enumerate(days):
        day = date.fromordinal(ordinal)
        text = "".join(piece for piece, _ in written(day, *known[number % len(known)]))
        sources.append([place[character] for character in text])
        targets.append(iso_numbers(day))
    training = build_pool(sources[HELD_OUT:], targets[HELD_OUT:], padding=0)
    return training, build_pool(sources[:HELD_OUT], targets[:HELD_OUT], padding=0)
