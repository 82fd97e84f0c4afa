"""Two ways of reading side by side: what goes into a blank, and where each position may look."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import plotly.graph_objects as go

from viz.maps import shown_token
from viz.opinion import colour_of
from viz.theme import CLOSED_TO_OPEN, framed


def fill_bars(fills: Mapping[str, np.ndarray], *, words: Sequence[str], right: str) -> go.Figure:
    """The probability of each word in the blank, a bar for each network; `data.i.x` is what changes.

    fills: name -> (word,)
    right: the word that was there, written in bold
    """
    figure = go.Figure()
    rows = list(range(len(words)))
    for place, (name, values) in enumerate(fills.items()):
        if np.shape(values) != (len(words),):
            raise ValueError(f"{name}: wanted a value for each of {len(words)} words, got {np.shape(values)}")
        figure.add_bar(
            x=values,
            y=rows,
            name=name,
            orientation="h",
            marker={"color": colour_of(name, place)},
            customdata=[shown_token(word) for word in words],
            hovertemplate="%{customdata}: %{x:.1%}<extra>" + name + "</extra>",
        )
    framed(figure, height=110 + 34 * len(words), barmode="group", bargap=0.25)
    told = [f"<b>{shown_token(word)}</b>" if word == right else shown_token(word) for word in words]
    figure.update_xaxes(title="probability", range=[0, 1.02], showgrid=True)
    figure.update_yaxes(tickvals=rows, ticktext=told, autorange="reversed", showgrid=False)
    return figure


def sight_map(attention: np.ndarray, *, tokens: Sequence[str], marked: int) -> go.Figure:
    """Where each position looks; what it may not see is left empty. `data.0.z` is what changes.

    attention: (query, key) in [0, 1], "not a number" where a query may not see a key
    marked: the query whose row is framed
    """
    steps = len(tokens)
    if attention.shape != (steps, steps):
        raise ValueError(f"wanted ({steps}, {steps}) for {steps} tokens, got shape {attention.shape}")
    names = [shown_token(token) for token in tokens]
    heat = go.Heatmap(
        z=attention,
        zmin=0,
        zmax=1,
        colorscale=CLOSED_TO_OPEN,
        hoverongaps=False,
        text=[[f"{query} → {key}" for key in names] for query in names],
        hovertemplate="%{text}: %{z:.3f}<extra></extra>",
        colorbar={"thickness": 10, "len": 0.95, "outlinewidth": 0},
        xgap=1,
        ygap=1,
    )
    figure = framed(go.Figure(heat), height=150 + 26 * steps)
    corners = {"x0": -0.5, "x1": steps - 0.5, "y0": marked - 0.5, "y1": marked + 0.5}
    figure.add_shape(type="rect", **corners, line={"color": "#D55E00", "width": 3})
    ticks = {"tickvals": list(range(steps)), "ticktext": names, "showgrid": False}
    figure.update_xaxes(title="looks at", tickangle=-45, **ticks)
    figure.update_yaxes(title="position", autorange="reversed", **ticks)
    return figure
