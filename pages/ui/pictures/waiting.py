"""The pictures of waiting: which layer can compute which position when, moment by moment."""

from __future__ import annotations

from models.analysis.waiting import ALL_AT_ONCE, DIAGONAL, ONE_BY_ONE, computed_by, ticks
from pages.ui.board import board
from pages.ui.language import say
from viz.picture import Picture
from viz.timing import waiting_map

SHOWN = 8
"""Positions in the pictures: enough to see the order."""
TITLES = {
    ALL_AT_ONCE: ("Transformer: reading, training", "A layer needs only the layer below, at every position."),
    DIAGONAL: ("RNN, LSTM, GRU: reading, training", "A step also needs its own layer's step before."),
    ONE_BY_ONE: ("Any of them: generating", "A position needs the answer of the one before."),
}
WORDS = {
    "timeline": "Moments",
    "step": "Moment",
    "untrained": "Start",
    "trained": "All computed",
    "first": "The first moment",
    "last": "Everything is computed",
    "numbers_of": "Numbers of this picture at the moment shown",
}


def waiting_board(page: str, layers: int) -> None:
    """Three orders side by side on one clock; press play and see the waves."""
    latest = layers * SHOWN
    board(
        [_picture(order, layers, latest) for order in TITLES],
        key=f"{page}.waiting",
        moments=range(1, latest + 1),
        columns=3,
        words=WORDS,
    )


def _picture(order: str, layers: int, latest: int) -> Picture:
    finished = ticks(order, SHOWN, layers)
    title, note = TITLES[order]
    last = int(finished.max())
    return Picture(
        name=order,
        figure=waiting_map(finished, latest=latest),
        alt=say("{title}: all {n} positions of {layers} layers are computed at moment {last}.",
                title=say(title), n=SHOWN, layers=layers, last=last),
        frames={"data.0.z": computed_by(finished, latest)},
        title=say("{title}: {last} moments", title=say(title), last=last),
        note=say(note),
    )  # fmt: skip
