"""Recommendations drawn: how good they are beside simple rules, what comes next, who is alike."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import plotly.graph_objects as go

from viz.maps import shown_token
from viz.theme import CLOSED_TO_OPEN, GREY, SERIES, framed

DASHES = ("dot", "dash", "dashdot", "longdash")


def ranking_curve(
    curve: tuple[Sequence[float], Sequence[float]],
    *,
    name: str,
    rules: Mapping[str, float],
    quantity: str,
    steps: int,
    cursor: float,
) -> go.Figure:
    """A network's curve over the updates, every rule a level line; shape 0 of the layout is the cursor."""
    figure = go.Figure()
    figure.add_scatter(
        x=list(curve[0]),
        y=list(curve[1]),
        name=name,
        mode="lines",
        line={"width": 3, "color": SERIES[0]},
        hovertemplate="update %{x}: %{y:.1%}<extra>" + name + "</extra>",
    )
    for place, (rule, value) in enumerate(rules.items()):
        figure.add_scatter(
            x=[0, max(steps, 1)],
            y=[value, value],
            name=rule,
            mode="lines",
            line={"width": 2, "color": SERIES[(place + 1) % 7], "dash": DASHES[place % len(DASHES)]},
            hovertemplate=f"{rule}: %{{y:.1%}}<extra></extra>",
        )
    figure.add_shape(
        type="line", x0=cursor, x1=cursor, y0=0, y1=1, yref="paper", line={"color": GREY, "width": 2}
    )
    framed(figure, height=340)
    top = 1.25 * max([0.04, *rules.values(), *curve[1]])
    figure.update_xaxes(title="update", range=[0, max(steps, 1)])
    figure.update_yaxes(title=quantity, range=[0, min(1.02, top)], tickformat=".0%", showgrid=True)
    return figure


def next_item_bars(expected: Mapping[str, np.ndarray], *, items: Sequence[str]) -> go.Figure:
    """What each recommender expects next, items from top to bottom; trace i is recommender i, `x` moves.

    expected: recommender -> (item,) probabilities, the network first
    """
    figure = go.Figure()
    for place, (name, values) in enumerate(expected.items()):
        if len(values) != len(items):
            raise ValueError(f"{name}: wanted a value for each of {len(items)} items, got {len(values)}")
        figure.add_bar(
            y=[shown_token(item) for item in items],
            x=values,
            name=name,
            orientation="h",
            marker={"color": SERIES[place % 7]},
            hovertemplate="%{y}: %{x:.1%}<extra>" + name + "</extra>",
        )
    framed(figure, height=max(340, 70 + 44 * len(items)), barmode="group")
    figure.update_xaxes(title="probability of being clicked next", tickformat=".0%", showgrid=True)
    figure.update_yaxes(autorange="reversed", showgrid=False)
    return figure


def click_bars(values: np.ndarray, *, tokens: Sequence[str], quantity: str, limit: float) -> go.Figure:
    """One number for every click of a session, in its order; `data.0.y` moves.

    values: (time,) from 0 to `limit`
    """
    if len(values) != len(tokens):
        raise ValueError(f"wanted a value for each of {len(tokens)} clicks, got {len(values)}")
    bar = go.Bar(
        x=np.arange(len(tokens)),
        y=values,
        marker={"color": SERIES[1]},
        customdata=[shown_token(token) for token in tokens],
        hovertemplate="click %{x}, %{customdata}: %{y:.2f}<extra></extra>",
    )
    figure = framed(go.Figure(bar), height=300)
    figure.update_xaxes(
        tickmode="array",
        tickvals=list(range(len(tokens))),
        ticktext=[shown_token(token) for token in tokens],
        tickangle=-45,
        title="clicks →",
        showgrid=False,
    )
    figure.update_yaxes(title=quantity, range=[0, limit], showgrid=True)
    return figure


def visitor_cloud(
    points: np.ndarray, *, groups: Sequence[str], ranges: np.ndarray, shares: Sequence[float]
) -> tuple[go.Figure, list[np.ndarray]]:
    """A point for every visitor, a colour for every group; and the places of each trace's points.

    points: (visitor, 2); ranges: (2, 2) lower and upper end of each axis; shares: variance shown by each
    """
    figure, places = go.Figure(), []
    names = list(dict.fromkeys(sorted(groups)))
    for number, name in enumerate(names):
        mine = np.array([place for place, group in enumerate(groups) if group == name])
        places.append(mine)
        figure.add_scatter(
            x=points[mine, 0],
            y=points[mine, 1],
            name=shown_token(name),
            mode="markers",
            marker={"color": SERIES[number % len(SERIES)], "size": 9, "symbol": number % 8},
            hovertemplate="a visitor: " + shown_token(name) + "<extra></extra>",
        )
    framed(figure, height=400)
    for axis, title, share, ends in zip("xy", (1, 2), shares, ranges, strict=True):
        told = f"direction {title} ({share:.0%} of the variance)"
        figure.update_layout({f"{axis}axis": {"title": {"text": told}, "range": list(ends)}})
    return figure, places


def named_map(values: np.ndarray, *, columns: Sequence[str], rows: Sequence[str], name: str) -> go.Figure:
    """Shares from 0 to 1, one row for each name; trace 0 moves.

    values: (row, column)
    """
    if values.shape != (len(rows), len(columns)):
        raise ValueError(f"wanted shape ({len(rows)}, {len(columns)}), got {values.shape}")
    heat = go.Heatmap(
        z=values,
        zmin=0,
        zmax=1,
        colorscale=CLOSED_TO_OPEN,
        colorbar={"thickness": 10, "len": 0.95, "outlinewidth": 0},
        hovertemplate=name + ", row %{y}: %{z:.3f}<extra></extra>",
        xgap=1,
        ygap=1,
    )
    figure = framed(go.Figure(heat), height=int(min(520, 130 + 26 * len(rows))))
    figure.update_xaxes(
        tickmode="array",
        tickvals=list(range(len(columns))),
        ticktext=[shown_token(column) for column in columns],
        tickangle=-45,
        showgrid=False,
    )
    figure.update_yaxes(
        tickmode="array",
        tickvals=list(range(len(rows))),
        ticktext=list(rows),
        autorange="reversed",
        showgrid=False,
    )
    return figure
