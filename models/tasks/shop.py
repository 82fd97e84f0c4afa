"""A shop whose visitors are known exactly: a taste that lasts the session, a season, and everyday goods."""

from __future__ import annotations

import random
from functools import cache

import numpy as np

DEPARTMENTS = {
    "camping": ("tent", "sleeping bag", "hammock", "mosquito net", "snow boots", "sled"),
    "kitchen": ("wok", "knife set", "ice-cream maker", "lemon press", "raclette grill", "stew pot"),
    "music": ("guitar", "drumsticks", "festival pass", "beach speaker", "carol book", "opera ticket"),
    "garden": ("spade", "seed box", "garden hose", "parasol", "snow shovel", "bird feeder"),
    "sports": ("dumbbells", "yoga mat", "swim goggles", "tennis racket", "ski helmet", "ice skates"),
    "reading": ("novel", "cookbook", "travel guide", "beach thriller", "reading lamp", "wool blanket"),
}
"""Six things each: two for all year, two for summer, two for winter."""
EVERYDAY = ("batteries", "gift card", "socks", "coffee", "light bulb", "wrapping paper")
"""What everybody buys: it says nothing about the visitor."""
TASTES = tuple(DEPARTMENTS)
SEASONS = ("summer", "winter")
ITEMS = (*(item for items in DEPARTMENTS.values() for item in items), *EVERYDAY)
SHORTEST, LONGEST = 4, 12
_EVERYDAY_SHARE, _STRAY_SHARE, _WRONG_SEASON = 0.4, 0.1, 0.05


@cache
def preferences() -> np.ndarray:
    """P(item | taste, season), (taste, season, item): every click is one independent draw from it."""
    table = np.zeros((len(TASTES), len(SEASONS), len(ITEMS)))
    own = (1 - _EVERYDAY_SHARE) * (1 - _STRAY_SHARE)
    stray = (1 - _EVERYDAY_SHARE) * _STRAY_SHARE / (len(TASTES) - 1)
    for taste in range(len(TASTES)):
        for season in range(len(SEASONS)):
            weights = np.full(6, 1.0)
            weights[2:4] = 1.0 if season == 0 else _WRONG_SEASON
            weights[4:6] = 1.0 if season == 1 else _WRONG_SEASON
            weights /= weights.sum()
            for department in range(len(TASTES)):
                share = own if department == taste else stray
                table[taste, season, 6 * department : 6 * department + 6] = share * weights
            table[taste, season, -len(EVERYDAY) :] = _EVERYDAY_SHARE / len(EVERYDAY)
    return table


def draw_sessions(n: int, seed: int) -> list[tuple[int, ...]]:
    """The clicked items of `n` visitors, as places in ITEMS; 4 to 12 clicks each."""
    source = random.Random(f"shop {seed}")
    table = preferences()
    sessions = []
    for _ in range(n):
        weights = table[source.randrange(len(TASTES)), source.randrange(len(SEASONS))]
        clicks = source.choices(range(len(ITEMS)), weights, k=source.randint(SHORTEST, LONGEST))
        sessions.append(tuple(clicks))
    return sessions


def belief(clicks: list[int]) -> np.ndarray:
    """P(taste, season | clicks), (taste, season), exactly by Bayes' rule from equal chances."""
    likelihood = preferences()[:, :, clicks].prod(-1)
    return likelihood / likelihood.sum()


def best_scores(clicks: list[int]) -> np.ndarray:
    """P(next item | clicks), (item,): no recommender can know more of this shop."""
    return np.einsum("ts,tsi->i", belief(clicks), preferences())
