"""Positional encodings: maps, curves of single dimensions, scores against distance, a turned query."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import plotly.graph_objects as go

from viz.race import Spread, race_curves
from viz.theme import BLUE, GREY, MINUS_TO_PLUS, ORANGE, SERIES, framed


def position_map(table: np.ndarray, *, rows: str, columns: str) -> go.Figure:
    """What stands at every position: a column for each position, a row for each dimension or head.

    table: (position, column)
    rows, columns: what the table's rows and columns are
    """
    heat = _signed(table.T, f"{rows} %{{x}}, {columns} %{{y}}")
    figure = framed(go.Figure(heat), height=330)
    figure.update_xaxes(title=f"{rows} →", showgrid=False)
    return figure.update_yaxes(title=columns, autorange="reversed", showgrid=False)


def position_curves(table: np.ndarray, chosen: Sequence[int], *, rows: str, columns: str) -> go.Figure:
    """Some columns of the same table as curves over the positions."""
    figure = go.Figure()
    for place, column in enumerate(chosen):
        figure.add_scatter(
            y=table[:, column], name=f"{columns} {column}", mode="lines",
            line={"color": SERIES[place % len(SERIES)], "width": 3},
            hovertemplate=f"{rows} %{{x}}: %{{y:.3f}}<extra>{columns} {column}</extra>",
        )  # fmt: skip
    framed(figure, height=330, showlegend=True)
    limit = max(1e-9, float(np.abs(table).max()))
    figure.update_xaxes(title=f"{rows} →", range=[0, len(table) - 1])
    low = -1.05 * limit if table.min() < 0 else -0.05 * limit
    high = 1.05 * limit if table.max() > 0 else 0.05 * limit
    return figure.update_yaxes(title="value", range=[low, high])


def score_map(scores: np.ndarray) -> go.Figure:
    """How much every position gets from every other: (query, key)."""
    figure = framed(go.Figure(_signed(scores, "query %{y}, key %{x}")), height=330)
    figure.update_xaxes(title="key position", showgrid=False)
    return figure.update_yaxes(title="query position", autorange="reversed", showgrid=False)


def distance_curve(values: np.ndarray, *, marked: int | None = None) -> go.Figure:
    """A score against how far the key stands behind the query; a line at one distance."""
    figure = go.Figure(
        go.Scatter(
            y=values, mode="lines+markers", line={"color": BLUE, "width": 3}, marker={"size": 5},
            hovertemplate="distance %{x}: %{y:.3f}<extra></extra>",
        )
    )  # fmt: skip
    if marked is not None:
        figure.add_vline(x=marked, line={"color": ORANGE, "width": 2})
    framed(figure, height=330)
    figure.update_xaxes(title="distance: key behind query (positions)", range=[-0.5, len(values) - 0.5])
    return figure.update_yaxes(title="mean score", zeroline=True, zerolinecolor=GREY)


def rotation_plane(query: Mapping[str, float], key: Mapping[str, float]) -> go.Figure:
    """One pair of dimensions of a query and of a key, each turned as far as its position says.

    query, key: `x` and `y` of the arrow's point on the unit circle
    """
    circle = np.linspace(0, 2 * np.pi, 121)
    figure = go.Figure(
        go.Scatter(
            x=np.cos(circle), y=np.sin(circle), mode="lines", hoverinfo="skip", showlegend=False,
            line={"color": GREY, "width": 1, "dash": "dot"},
        )
    )  # fmt: skip
    for name, point, colour in (("query", query, BLUE), ("key", key, ORANGE)):
        figure.add_scatter(
            x=[0, point["x"]], y=[0, point["y"]], mode="lines+markers", name=name,
            line={"color": colour, "width": 4}, marker={"size": [0, 13], "color": colour},
            hovertemplate="(%{x:.3f}, %{y:.3f})<extra>" + name + "</extra>",
        )  # fmt: skip
    framed(figure, height=340)
    figure.update_xaxes(range=[-1.2, 1.2], title="first of the pair", constrain="domain")
    return figure.update_yaxes(range=[-1.2, 1.2], title="second", scaleanchor="x")


def encoding_curves(
    curves: Mapping[str, tuple[Sequence[float], Sequence[float]]],
    *,
    steps: int,
    cursor: float,
    guessing: float,
    without_order: float | None,
) -> go.Figure:
    """Right answers with each encoding over the updates; shape 0 of the layout is the cursor.

    curves: encoding -> updates and shares
    without_order: what one gets who knows which symbols there are but not where; None draws no line
    """
    spreads = {name: Spread(x, np.array([y])) for name, (x, y) in curves.items() if len(x)}
    figure = race_curves(
        spreads, quantity="share right", steps=steps, guessing=guessing, cursor=cursor, within=(0, 1.04)
    )
    if without_order is not None:
        figure.add_scatter(
            x=[0, steps], y=[without_order] * 2, mode="lines", hoverinfo="skip",
            line={"dash": "dot", "color": GREY, "width": 2},
            name=f"knows which, not where: {without_order:.2f}",
        )  # fmt: skip
    return figure


def length_curves(
    bits: Mapping[str, Sequence[float]], *, lengths: Sequence[int], trained: int, guessing: float
) -> go.Figure:
    """Bits a character against the length of the context; dotted where training ended.

    bits: encoding -> bits, one for each length
    guessing: bits of one who knows only how frequent each character is
    """
    figure = go.Figure()
    for place, (name, values) in enumerate(bits.items()):
        figure.add_scatter(
            x=list(lengths), y=list(values), name=name, mode="lines+markers",
            line={"color": SERIES[place % len(SERIES)], "width": 3}, marker={"size": 8},
            hovertemplate="%{x} characters: %{y:.2f} bits<extra>" + name + "</extra>",
        )  # fmt: skip
    figure.add_vline(
        x=trained, line={"dash": "dot", "color": GREY, "width": 2},
        annotation={"text": "trained up to here", "font": {"color": GREY}},
    )  # fmt: skip
    figure.add_hline(
        y=guessing, line={"dash": "dash", "color": GREY, "width": 2},
        annotation={"text": f"guessing {guessing:.2f}", "font": {"color": GREY}},
        annotation_position="bottom right",
    )  # fmt: skip
    framed(figure, height=400)
    figure.update_xaxes(title="length of the context (characters)", tickvals=list(lengths), type="log")
    return figure.update_yaxes(title="bits per character", rangemode="tozero")


def noticed_bars(changed: Mapping[str, float]) -> go.Figure:
    """Share of symbols that get another answer when the row is shuffled, by encoding."""
    names = list(changed)
    figure = go.Figure(
        go.Bar(
            x=names, y=[100 * changed[name] for name in names],
            marker={"color": [SERIES[place % len(SERIES)] for place in range(len(names))]},
            text=[f"{changed[name]:.0%}" for name in names], textposition="outside", cliponaxis=False,
            hovertemplate="%{x}: %{y:.1f} %<extra></extra>",
        )
    )  # fmt: skip
    framed(figure, height=300)
    return figure.update_yaxes(title="another answer (%)", range=[0, 108])


def _signed(values: np.ndarray, told: str) -> go.Heatmap:
    limit = max(1e-9, float(np.abs(values).max()))
    return go.Heatmap(
        z=values, zmin=-limit, zmax=limit, colorscale=MINUS_TO_PLUS,
        hovertemplate=told + ": %{z:.3f}<extra></extra>",
        colorbar={"thickness": 10, "len": 0.95, "outlinewidth": 0},
    )  # fmt: skip
