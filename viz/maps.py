"""Maps: one column per time step, one row per unit (or answer), the tokens under the axis."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from viz.theme import CLOSED_TO_OPEN, MINUS_TO_PLUS, framed, set_axis

MOST_TICKS = 48
"""Tokens written under an axis before only every second, third, ... is written."""


def unit_map(
    values: np.ndarray,
    *,
    tokens: Sequence[str],
    name: str,
    signed: bool = False,
    limit: float = 1.0,
    units: Sequence[str] | None = None,
) -> go.Figure:
    """What every unit does at every step.

    values: (time, unit); gates in [0, 1], states in [-limit, limit] where `signed`
    tokens: time labels, one per column
    units: row labels; the units' numbers by default
    """
    _check(values, tokens)
    rows = list(units) if units is not None else [str(i) for i in range(values.shape[1])]
    heat = go.Heatmap(
        z=values.T,
        zmin=-limit if signed else 0,
        zmax=limit,
        colorscale=MINUS_TO_PLUS if signed else CLOSED_TO_OPEN,
        customdata=_told(tokens, values.shape[1]),
        hovertemplate=name + "<br>step %{x}, token %{customdata}<br>unit %{y}: %{z:.3f}<extra></extra>",
        colorbar={"thickness": 10, "len": 0.95, "outlinewidth": 0},
        xgap=1,
        ygap=1 if values.shape[1] <= 40 else 0,
    )
    figure = framed(go.Figure(heat), height=_height(values.shape[1]))
    under_tokens(figure, tokens)
    return _rows(figure, rows, "unit")


def answer_map(values: np.ndarray, *, tokens: Sequence[str], answers: Sequence[str]) -> go.Figure:
    """The probability of every answer after every step.

    values: (time, answer) in [0, 1]
    """
    _check(values, tokens)
    heat = go.Heatmap(
        z=values.T,
        zmin=0,
        zmax=1,
        colorscale=CLOSED_TO_OPEN,
        customdata=_told(tokens, values.shape[1]),
        hovertemplate="after step %{x}, token %{customdata}<br>answer row %{y}: %{z:.3f}<extra></extra>",
        colorbar={"thickness": 10, "len": 0.95, "outlinewidth": 0},
        xgap=1,
        ygap=1,
    )
    figure = framed(go.Figure(heat), height=_height(values.shape[1]))
    under_tokens(figure, tokens)
    return _rows(figure, list(answers), "answer")


def under_tokens(figure: go.Figure, tokens: Sequence[str], *, axis: str = "xaxis") -> go.Figure:
    """Write the tokens under the time axis, every one that fits."""
    every = -(-len(tokens) // MOST_TICKS)
    places = list(range(0, len(tokens), every))
    set_axis(
        figure,
        axis,
        tickmode="array",
        tickvals=places,
        ticktext=[shown_token(tokens[i]) for i in places],
        tickangle=0 if max(map(len, tokens), default=0) <= 3 else -45,
        title="time →",
        showgrid=False,
    )
    return figure


def _rows(figure: go.Figure, rows: list[str], what: str) -> go.Figure:
    every = -(-len(rows) // 24)
    places = list(range(0, len(rows), every))
    set_axis(
        figure,
        "yaxis",
        tickmode="array",
        tickvals=places,
        ticktext=[shown_token(rows[i]) for i in places],
        autorange="reversed",
        title=what,
        showgrid=False,
    )
    return figure


def shown_token(token: str) -> str:
    """A token as it stands under an axis: white space made visible, markup harmless, at most 14 signs."""
    token = {" ": "␣", "\n": "⏎", "\t": "⇥"}.get(token, token)
    token = token if len(token) <= 14 else token[:13] + "…"
    return token.replace("&", "&amp;").replace("<", "&lt;")


def _told(tokens: Sequence[str], rows: int) -> np.ndarray:
    return np.tile(np.array([shown_token(token) for token in tokens], dtype=object), (rows, 1))


def _height(rows: int) -> int:
    return int(min(520, max(190, 110 + 13 * rows)))


def _check(values: np.ndarray, tokens: Sequence[str]) -> None:
    if values.ndim != 2 or len(values) != len(tokens):
        raise ValueError(
            f"wanted (time, row) values with one token per step, "
            f"got shape {values.shape} and {len(tokens)} tokens"
        )
