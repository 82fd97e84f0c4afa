"""Words as points that move while their vectors are learnt, and words ranked by a number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import plotly.graph_objects as go

from viz.maps import shown_token
from viz.theme import BLUE, GREY, SERIES, framed


@dataclass(frozen=True)
class WordMap:
    """Which words are drawn and how; the same at every moment."""

    words: Sequence[str]
    marked: Mapping[str, Sequence[int]] = field(default_factory=dict)
    """Name of a group -> its words' places; each group has a colour. A word belongs to its first group."""
    labelled: Sequence[int] = ()
    """Further words that are written out; all others are points with their word on hover."""
    lines: Sequence[tuple[int, int]] = ()
    """Pairs joined by a line."""

    def figure(self, points: np.ndarray, *, ranges: np.ndarray, titles: Sequence[str]) -> go.Figure:
        """points: (word, 2); ranges: (2, 2) ends of both axes; titles: of both axes."""
        if points.shape != (len(self.words), 2):
            raise ValueError(f"wanted (x, y) for each of {len(self.words)} words, got shape {points.shape}")
        figure = go.Figure()
        for (name, places, style), (x, y) in zip(self._traces(), self._curves(points[None]), strict=True):
            figure.add_scatter(
                x=x[0],
                y=y[0],
                name=name,
                text=[shown_token(self.words[i]) if i >= 0 else "" for i in places],
                **style,
            )
        framed(figure, height=560)
        figure.update_xaxes(title=titles[0], range=list(ranges[0]), showgrid=True)
        figure.update_yaxes(title=titles[1], range=list(ranges[1]), showgrid=True)
        return figure

    def frames(self, journey: np.ndarray) -> dict[str, np.ndarray]:
        """Frames of `figure` for (moment, word, 2)."""
        frames = {}
        for place, (x, y) in enumerate(self._curves(journey)):
            frames |= {f"data.{place}.x": x, f"data.{place}.y": y}
        return frames

    def _curves(self, journey: np.ndarray) -> list[tuple[np.ndarray, np.ndarray]]:
        """Coordinates x and y (moment, point) of every trace; "not a number" parts two lines."""
        curves = []
        for _, places, _ in self._traces():
            values = journey[:, np.maximum(places, 0)].astype(float)
            values[:, places < 0] = np.nan
            curves.append((values[..., 0], values[..., 1]))
        return curves

    def _traces(self) -> list[tuple[str, np.ndarray, dict]]:
        """Name, words and style of every trace: lines, plain points, written words, marked groups."""
        taken: set[int] = set()
        groups = []
        for number, (name, places) in enumerate(self.marked.items()):
            own = [place for place in places if place not in taken]
            taken |= set(own)
            groups.append((name, np.array(own, int), _written(SERIES[number], 15, True)))
        written = [place for place in dict.fromkeys(self.labelled) if place not in taken]
        plain = [place for place in range(len(self.words)) if place not in taken and place not in written]
        ends = np.array([place for line in self.lines for place in (*line, -1)], int)
        hover = {"mode": "markers", "marker": {"size": 4, "color": GREY, "opacity": 0.5}, **_hover()}
        joined = {"mode": "lines", "line": {"width": 1.5, "color": GREY}, "hoverinfo": "skip"}
        traces = [
            ("pairs", ends, {**joined, "showlegend": False}),
            ("other words", np.array(plain, int), {**hover, "showlegend": False}),
            ("other words", np.array(written, int), {**_written(GREY, 12, False), "showlegend": False}),
            *groups,
        ]
        return [trace for trace in traces if len(trace[1])]


def _hover() -> dict:
    return {"hovertemplate": "%{text}: %{x:.2f}, %{y:.2f}<extra></extra>"}


def _written(colour: str, size: int, strong: bool) -> dict:
    return {
        "mode": "markers+text",
        "textposition": "top center",
        "textfont": {"size": size, "color": colour} if strong else {"size": size},
        "marker": {"size": 9 if strong else 5, "color": colour},
        "cliponaxis": False,
        **_hover(),
    }


def ranked_bars(
    words: Sequence[str],
    values: Sequence[float],
    *,
    quantity: str,
    within: tuple[float, float],
    marked: Sequence[bool] = (),
) -> go.Figure:
    """A bar for each word, the first on top. `data.0.x` and `data.0.text` (the words) are what changes.

    within: fixed range of the values
    marked: words drawn in a colour of their own
    """
    if len(words) != len(values):
        raise ValueError(f"wanted a value for each of {len(words)} words, got {len(values)}")
    chosen = list(marked) or [False] * len(words)
    bars = go.Bar(
        x=list(values),
        y=[str(place) for place in range(1, len(words) + 1)],
        orientation="h",
        text=[shown_token(word) for word in words],
        textposition="outside",
        textfont={"size": 15},
        cliponaxis=False,
        marker={"color": [SERIES[1] if own else BLUE for own in chosen]},
        hovertemplate="%{text}: %{x:.3f}<extra></extra>",
    )
    figure = framed(go.Figure(bars), height=90 + 27 * len(words))
    figure.update_xaxes(title=quantity, range=list(within), showgrid=True)
    figure.update_yaxes(type="category", autorange="reversed", title="rank")
    return figure


def strip(
    words: Sequence[str],
    values: Sequence[float],
    *,
    ends: tuple[str, str],
    groups: Mapping[str, Sequence[bool]],
    within: tuple[float, float],
) -> go.Figure:
    """Words in rows, each at its place between two ends (-1 and 1). `data.i.x` is what changes.

    groups: name -> which of the words belong to it; a trace each, in this order
    """
    figure = go.Figure()
    names = [shown_token(word) for word in words]
    for number, (name, members) in enumerate(groups.items()):
        rows = [row for row, member in enumerate(members) if member]
        figure.add_scatter(
            x=[values[row] for row in rows],
            y=rows,
            text=[names[row] for row in rows],
            name=name,
            mode="markers+text",
            textposition="middle right",
            marker={"size": 11, "color": SERIES[number]},
            hovertemplate="%{text}: %{x:.2f}<extra>" + name + "</extra>",
        )
    framed(figure, height=120 + 21 * len(words))
    figure.add_vline(x=0, line={"dash": "dot", "color": GREY, "width": 2})
    figure.update_xaxes(
        range=list(within), tickvals=[-1, 0, 1], ticktext=[ends[0], "middle", ends[1]], showgrid=True
    )
    figure.update_yaxes(visible=False, range=[len(words) - 0.5, -0.5])
    return figure
