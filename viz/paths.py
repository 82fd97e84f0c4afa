"""The way of a hidden state through a sequence: a path in the plane or space of its main directions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go

from viz.maps import shown_token
from viz.theme import SERIES, framed

MOST_LABELS = 26
"""Tokens written beside a path before only every second, third, ... is written."""
START = "start"


@dataclass(frozen=True, eq=False)
class Path:
    """One sequence's states in a few dimensions."""

    points: np.ndarray
    """(time + 1, axis): the empty state before the first token, then the state after each."""
    tokens: Sequence[str]
    """One for each step."""

    def __post_init__(self) -> None:
        """Refuse a path without a token for each of its steps."""
        if self.points.ndim != 2 or len(self.points) != len(self.tokens) + 1:
            raise ValueError(
                f"wanted the start and one point for each of {len(self.tokens)} tokens, "
                f"got shape {self.points.shape}"
            )


def path_plane(paths: Mapping[str, Path], *, ranges: np.ndarray, shares: Sequence[float]) -> go.Figure:
    """Paths in the plane; trace 2 i is the way of path i, trace 2 i + 1 its end. `data.*.x` and `.y` move.

    paths: name -> points (time + 1, 2)
    ranges: (2, 2) lower and upper end of each axis, the same at every moment
    shares: share of the variance that each axis shows, from 0 to 1
    """
    figure = go.Figure()
    for place, (name, path) in enumerate(paths.items()):
        figure.add_scatter(
            x=path.points[:, 0],
            y=path.points[:, 1],
            text=_labels(path, shared=_shared(paths, place)),
            textposition="top center" if place % 2 == 0 else "bottom center",
            **_drawn(name, path, place, marker=9),
        )
        figure.add_scatter(x=path.points[-1:, 0], y=path.points[-1:, 1], **_end(name, place, 18))
    framed(figure, height=430)
    figure.update_xaxes(title=_axis(1, shares[0]), range=list(ranges[0]), showgrid=True)
    figure.update_yaxes(title=_axis(2, shares[1]), range=list(ranges[1]), showgrid=True)
    return figure


def path_space(paths: Mapping[str, Path], *, ranges: np.ndarray, shares: Sequence[float]) -> go.Figure:
    """The same in three dimensions, to be turned by hand; `data.*.x`, `.y` and `.z` move.

    paths: name -> points (time + 1, 3); ranges: (3, 2); shares: of three axes
    """
    figure = go.Figure()
    for place, (name, path) in enumerate(paths.items()):
        x, y, z = path.points.T
        labels = [
            label.replace("&lt;", "‹").replace("&amp;", "&")
            for label in _labels(path, shared=_shared(paths, place))
        ]
        figure.add_scatter3d(x=x, y=y, z=z, text=labels, **_drawn(name, path, place, marker=5))
        figure.add_scatter3d(x=x[-1:], y=y[-1:], z=z[-1:], **_end(name, place, 9))
    framed(figure, height=430, margin={"l": 0, "r": 0, "t": 12, "b": 0})
    axes = {
        f"{axis}axis": {"title": {"text": f"{number} ({share:.0%})"}, "range": list(ends), "nticks": 5}
        for axis, number, share, ends in zip("xyz", (1, 2, 3), shares, ranges, strict=True)
    }
    figure.update_layout(scene={**axes, "aspectmode": "cube", "uirevision": "kept"})
    return figure


def _drawn(name: str, path: Path, place: int, *, marker: int) -> dict:
    told = [START, *(shown_token(token) for token in path.tokens)]
    return {
        "name": name,
        "mode": "lines+markers+text",
        "customdata": [[step, token] for step, token in enumerate(told)],
        "hovertemplate": "after step %{customdata[0]}: %{customdata[1]}<extra>" + name + "</extra>",
        "line": {"color": SERIES[place], "width": 5 if place == 0 else 2.5},
        "marker": {"color": SERIES[place], "size": marker},
    }


def _end(name: str, place: int, size: int) -> dict:
    """The last state of a path, as a larger sign."""
    return {
        "mode": "markers",
        "name": name,
        "showlegend": False,
        "hovertemplate": "the end<extra>" + name + "</extra>",
        "marker": {"color": SERIES[place], "size": size, "symbol": "diamond"},
    }


def _shared(paths: Mapping[str, Path], place: int) -> int:
    """How many points at the beginning an earlier path has too: they are named there."""
    first, path = (list(paths.values())[number] for number in (0, place))
    if place == 0:
        return 0
    same = [one == other for one, other in zip(first.tokens, path.tokens, strict=False)]
    return 1 + (same.index(False) if False in same else len(same))


def _labels(path: Path, *, shared: int) -> list[str]:
    every = -(-len(path.tokens) // MOST_LABELS)
    told = [START, *(shown_token(t) if step % every == 0 else "" for step, t in enumerate(path.tokens))]
    return [""] * shared + told[shared:]


def _axis(number: int, share: float) -> str:
    return f"direction {number} ({share:.0%} of the variance)"
