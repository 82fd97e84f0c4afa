"""What will the visitor click next? Sessions of a shop, made by rule or from a person's own CSV."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass
from functools import cache
from typing import ClassVar

import torch
from torch import Generator, Tensor

from models.settings import shortened, text, whole
from models.tasks import library, shop
from models.tasks.base import Batch, Task
from models.uploads import read_sessions

PADDING = "·"
MOST_CLICKS = 20
"""Of a longer session only the last clicks are kept."""
TOP = 5
_HOLD_OUT_EVERY = 5


@dataclass(frozen=True)
class Clicks(Task):
    """tent, socks, lantern -> the next item of the same session, after every click.

    In the made shop a taste and a season last for the whole session while everyday goods come in
    between: who looks at the last click alone forgets the taste at every pair of socks.
    """

    key: ClassVar[str] = "clicks"
    title: ClassVar[str] = "The next click in a shop"
    summary: ClassVar[str] = (
        "After each click of a session the next item must be guessed; always guessing the most "
        "popular items is the line to beat."
    )
    padding: ClassVar[int | None] = 0

    sessions: int = whole(3000, 50, 20_000, "Sessions", "Visitors to learn from.", unit="sessions")
    upload: str = text("", 80, "Own sessions", "Key of an uploaded CSV; empty for the made shop.")

    @property
    def symbols(self) -> tuple[str, ...]:
        """Padding, then the items."""
        return (PADDING, *_sessions(self)[0])

    @property
    def chance(self) -> float:
        """Share of the most popular item, guessed every time."""
        return self.popularity().max().item()

    @property
    def guessing_loss(self) -> float:
        """Entropy of the items regardless of the clicks before, in nats."""
        shares = self.popularity()
        return -(shares * shares.clamp(min=1e-12).log()).sum().item()

    @property
    def headline(self) -> str:
        """How often the true item is among the five that a shop would show."""
        return "recall_at_5"

    def popularity(self) -> Tensor:
        """Share of each symbol among the next clicks of the training sessions."""
        targets = _pool(self, False)[:, 1:]
        counted = torch.bincount(targets[targets != 0], minlength=len(self.symbols)).double()
        return counted / counted.sum()

    def sessions_of(self, *, held_out: bool) -> Tensor:
        """All sessions (n, clicks) of one part as symbol numbers, padded behind."""
        return _pool(self, held_out)

    def sample(self, n: int, generator: Generator, *, held_out: bool = False) -> Batch:
        """`n` sessions; the target at each click is the next one."""
        pool = _pool(self, held_out)
        rows = torch.randint(len(pool), (n,), generator=generator)
        sessions = pool[rows]
        return Batch(sessions[:, :-1], sessions[:, 1:], sessions[:, 1:] != 0)

    def metrics(self, logits: Tensor, batch: Batch) -> dict[str, float]:
        """Loss, accuracy, recall among the best five, and mean reciprocal rank (MRR)."""
        places = places_of_truth(logits[batch.counts], batch.targets[batch.counts])
        return {
            "loss": self.loss(logits, batch).item(),
            "accuracy": recall(places, 1),
            "recall_at_5": recall(places, TOP),
            "mean_reciprocal_rank": mean_reciprocal_rank(places),
        }

    def encode(self, text: str) -> Tensor:
        """A typed session, items divided by commas, as (time,) symbol numbers.

        Raises ValueError, naming the item, for one that the shop does not have.
        """
        names = [name.strip() for name in text.split(",") if name.strip()]
        if not 0 < len(names) <= MOST_CLICKS:
            raise ValueError(f"wanted 1 to {MOST_CLICKS} items divided by commas, got {len(names)}")
        places = {symbol.lower(): place for place, symbol in enumerate(self.symbols) if place}
        for name in names:
            if name.lower() not in places:
                known = ", ".join(self.symbols[1:9])
                raise ValueError(f"wanted items of the shop, for example {known}; got {shortened(name)}")
        return torch.tensor([places[name.lower()] for name in names])

    def example(self) -> str:
        """A session whose taste is interrupted by everyday goods."""
        if self.upload:
            first = _pool(self, True)[0]
            return ", ".join(self.decode(first[first != 0]))
        return "tent, snow shovel, sled, socks, batteries"


Places = tuple[Tensor, Tensor]
"""For each true item, (n,): how many items score above it, and how many others score the same."""


def places_of_truth(scores: Tensor, targets: Tensor) -> Places:
    """Where the true items (n,) stand when items are sorted by their scores (n, item).

    Padding (item 0) is never recommended.
    """
    own = scores.gather(1, targets[:, None])
    others = scores[:, 1:]
    return (others > own).sum(1), (others == own).sum(1) - 1


def recall(places: Places, k: int) -> float:
    """Share of true items among the best `k`; equal scores stand in random order."""
    ahead, level = places
    return ((k - ahead) / (level + 1)).clamp(0, 1).mean().item()


def mean_reciprocal_rank(places: Places) -> float:
    """Mean of 1 / rank (MRR); equal scores stand in random order."""
    ahead, level = places
    ranks = torch.arange(1, int((ahead + level).max()) + 2, dtype=torch.float64)
    sums = torch.cat([torch.zeros(1, dtype=torch.float64), (1 / ranks).cumsum(0)])
    return ((sums[ahead + level + 1] - sums[ahead]) / (level + 1)).mean().item()


@cache
def _sessions(task: Clicks) -> tuple[tuple[str, ...], list[tuple[int, ...]]]:
    """The items, and all sessions as places among them, in a fixed random order."""
    if not task.upload:
        return shop.ITEMS, shop.draw_sessions(task.sessions * 5 // 4 + 1, 0)
    named = read_sessions(library.text_of(task.upload))
    random.Random("sessions").shuffle(named)
    items = tuple(item for item, _ in Counter(i for session in named for i in session).most_common())
    places = {item: place for place, item in enumerate(items)}
    return items, [tuple(places[item] for item in session) for session in named]


@cache
def _pool(task: Clicks, held_out: bool) -> Tensor:
    """(n, clicks) symbol numbers of every fifth session (held out) or of the others."""
    sessions = _sessions(task)[1]
    part = [s for i, s in enumerate(sessions) if (i % _HOLD_OUT_EVERY == 0) == held_out]
    longest = min(MOST_CLICKS, max(len(session) for session in part))
    pool = torch.zeros(len(part), longest, dtype=torch.long)
    for row, session in enumerate(part):
        kept = session[-longest:]
        pool[row, : len(kept)] = torch.tensor(kept) + 1
    return pool
