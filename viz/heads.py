"""Attention heads: all of them small, one as a map, one as lines between tokens, and what each is worth."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from viz.maps import shown_token, under_tokens
from viz.theme import BLUE, CLOSED_TO_OPEN, GREY, ORANGE, framed

STRENGTHS = (0.1, 0.25, 0.5, 0.75, 1.0)
"""Lines are drawn in four strengths; attention below the first is not drawn."""
OPACITY = (0.18, 0.4, 0.7, 1.0)
WIDTH = (1.0, 2.0, 3.5, 5.0)
THUMBNAIL = 135
"""Height of one small map in pixels."""
LEAST_LOSS = 0.1
"""Nats that the colours of a loss span at least: less is not worth a colour."""
MOST_WIDE = 5
"""Heads beside one another whose losses fit a telephone in large figures."""


def head_grid(attention: np.ndarray, *, chosen: tuple[int, int]) -> go.Figure:
    """A small map of every head, layers from top to bottom; trace layer * heads + head moves by its `z`.

    attention: (layer, head, query, key) in [0, 1]
    chosen: the head that is framed
    """
    layers, heads = attention.shape[:2]
    figure = make_subplots(
        layers, heads,
        column_titles=[f"head {head}" for head in range(heads)],
        row_titles=[f"layer {layer}" for layer in range(layers)],
        horizontal_spacing=0.1 / heads, vertical_spacing=0.12 / layers,
    )  # fmt: skip
    for layer, head in np.ndindex(layers, heads):
        heat = _heat(attention[layer, head], "query %{y}, key %{x}", f"layer {layer}, head {head}")
        figure.add_trace(heat.update(showscale=False, xgap=0, ygap=0), layer + 1, head + 1)
        framing = {"showline": True, "mirror": True, "linewidth": 1, "linecolor": GREY}
        if (layer, head) == chosen:
            framing |= {"linewidth": 4, "linecolor": ORANGE}
        hidden = {"showticklabels": False, "ticks": "", "showgrid": False, **framing}
        figure.update_xaxes(**hidden, row=layer + 1, col=head + 1)
        figure.update_yaxes(**hidden, autorange="reversed", row=layer + 1, col=head + 1)
    figure.update_annotations(font={"size": 12})
    return framed(figure, height=40 + THUMBNAIL * layers, margin={"l": 8, "r": 30, "t": 26, "b": 8})


def head_map(attention: np.ndarray, *, tokens: Sequence[str], scale: bool = True) -> go.Figure:
    """One head: each row is a query and sums to 1 over the keys; `data.0.z` moves.

    attention: (query, key) in [0, 1]
    scale: whether the colour scale stands beside it
    """
    _check(attention, tokens)
    heat = _heat(attention, "from query %{y} to key %{x}", "attention").update(showscale=scale)
    figure = framed(go.Figure(heat), height=max(320, min(560, 120 + 18 * len(tokens))))
    under_tokens(figure, tokens)
    places = figure.layout.xaxis.tickvals
    figure.update_xaxes(title="key: what is looked at", side="bottom")
    return figure.update_yaxes(
        title="query: who looks", autorange="reversed", showgrid=False,
        tickmode="array", tickvals=places, ticktext=[shown_token(tokens[place]) for place in places],
    )  # fmt: skip


def head_lines(attention: np.ndarray, *, tokens: Sequence[str]) -> go.Figure:
    """One head as lines from each query (below) to the keys that it looks at (above), at the last moment.

    attention: (moment, query, key) in [0, 1]. Traces 0 to 3 hold the lines by strength; `data.*.x` moves
    them (`line_frames`); the tokens stand on both axes, aslant where they do not fit.
    """
    _check(attention[-1], tokens)
    figure = go.Figure()
    frames = line_frames(attention)
    for level, (low, high) in enumerate(pairwise(STRENGTHS)):
        x = frames[f"data.{level}.x"][-1]
        figure.add_scatter(
            x=x, y=np.tile([0.0, 1.0, np.nan], len(x) // 3), mode="lines", hoverinfo="skip",
            name=f"{low:.2g} to {high:.2g}", connectgaps=False,
            line={"color": BLUE, "width": WIDTH[level]}, opacity=OPACITY[level],
        )  # fmt: skip
    told = [shown_token(token) for token in tokens]
    for y, where, axis in ((0, "query", "x"), (1, "key", "x2")):
        figure.add_scatter(
            x=np.arange(len(tokens)), y=np.full(len(tokens), y), text=told,
            mode="markers", marker={"size": 5, "color": GREY}, showlegend=False, cliponaxis=False, xaxis=axis,
            hovertemplate=where + " %{x}: %{text}<extra></extra>",
        )  # fmt: skip
    framed(figure, height=360)
    figure.update_layout(xaxis=_token_axis(tokens), xaxis2=_token_axis(tokens))
    figure.update_layout(
        xaxis2={"overlaying": "x", "side": "top"},
        legend={"yref": "container", "y": 1, "yanchor": "top"},
        margin={"t": 40},
    )
    return figure.update_yaxes(
        range=[-0.08, 1.08], tickvals=[0, 1], ticktext=["query", "key"], showgrid=False
    )


def _token_axis(tokens: Sequence[str]) -> dict[str, Any]:
    """An axis that writes the tokens: level where they fit, else aslant; of a long text only some."""
    every = -(-len(tokens) // 24)
    places = list(range(0, len(tokens), every))
    return {
        "range": [-0.7, len(tokens) - 0.3],
        "tickvals": places,
        "ticktext": [shown_token(tokens[place]) for place in places],
        "showgrid": False,
        "zeroline": False,
        "automargin": True,
    }


def line_frames(attention: np.ndarray) -> dict[str, np.ndarray]:
    """The frames of `head_lines`: for each strength x positions (moment, 3 * lines), padded with gaps.

    attention: (moment, query, key)
    """
    frames = {}
    for level, (low, high) in enumerate(pairwise(STRENGTHS)):
        within = (attention >= low) & ((attention < high) | (level == len(OPACITY) - 1))
        most = max(1, int(within.sum((1, 2)).max()))
        x = np.full((len(attention), most, 3), np.nan)
        for moment, seen in enumerate(within):
            queries, keys = np.nonzero(seen)
            x[moment, : len(queries), 0] = queries
            x[moment, : len(keys), 1] = keys
        frames[f"data.{level}.x"] = x.reshape(len(attention), -1)
    return frames


def loss_grid(losses: np.ndarray, *, whole: float, guessing: float) -> go.Figure:
    """The loss for each head, in numbers; dark as it is without a change, bright as bad as guessing.

    losses: (layer, head) in nats
    """
    layers, heads = losses.shape
    brightest = max(guessing, whole + LEAST_LOSS)
    heat = go.Heatmap(
        z=losses, zmin=whole, zmax=brightest, colorscale=CLOSED_TO_OPEN,
        xgap=2, ygap=2, showscale=False,
        hovertemplate="layer %{y}, head %{x}: loss %{z:.4f}<extra></extra>",
    )  # fmt: skip
    figure = framed(go.Figure(heat), height=100 + 46 * layers)
    middle = (whole + brightest) / 2
    for layer, head in np.ndindex(layers, heads):
        figure.add_annotation(
            x=head, y=layer, text=f"{losses[layer, head]:.2f}", showarrow=False,
            font={"color": "#10243E" if losses[layer, head] > middle else "#FFFFFF",
                  "size": 13 if heads <= MOST_WIDE else 9},
        )  # fmt: skip
    figure.update_xaxes(title="head", tickvals=list(range(heads)), showgrid=False)
    return figure.update_yaxes(
        title="layer", tickvals=list(range(layers)), autorange="reversed", showgrid=False
    )


def share_curve(
    shares: Sequence[float], losses: Sequence[float], *, chosen: float, guessing: float
) -> go.Figure:
    """The loss against the share of attention that is kept; a line at the one chosen.

    shares: from 0 to 1; losses: in nats
    """
    figure = go.Figure(
        go.Scatter(
            x=[100 * share for share in shares], y=list(losses), mode="lines+markers",
            line={"color": BLUE, "width": 3}, marker={"size": 8},
            hovertemplate="strongest %{x:.0f} %: loss %{y:.4f}<extra></extra>",
        )
    )  # fmt: skip
    figure.add_vline(x=100 * chosen, line={"color": ORANGE, "width": 2})
    figure.add_hline(
        y=guessing, line={"dash": "dash", "color": GREY, "width": 2},
        annotation={"text": f"guessing {guessing:.3g}", "font": {"color": GREY}},
        annotation_position="top left",
    )  # fmt: skip
    framed(figure, height=260)
    figure.update_xaxes(title="kept of every row of attention (%)", range=[0, 103])
    return figure.update_yaxes(title="loss (nats)", rangemode="tozero")


def product_bars(query: np.ndarray, key: np.ndarray) -> go.Figure:
    """A dot product laid open: query, key and their product, unit by unit."""
    units = np.arange(len(query))
    rows = {"query": (query, GREY), "key": (key, ORANGE), "query × key": (query * key, BLUE)}
    figure = go.Figure()
    for name, (values, colour) in rows.items():
        figure.add_bar(
            x=units, y=values, name=name, marker={"color": colour},
            hovertemplate="unit %{x}: %{y:.3f}<extra>" + name + "</extra>",
        )  # fmt: skip
    framed(figure, height=260, barmode="group")
    figure.update_xaxes(title="unit of the head", tickvals=list(units) if len(units) <= 16 else None)
    return figure.update_yaxes(title="value", zeroline=True)


def lens_map(confidence: np.ndarray, answers: np.ndarray, *, tokens: Sequence[str]) -> go.Figure:
    """What each depth would answer; `data.0.z` and `data.0.text` move.

    confidence: (depth, time) in [0, 1]; answers: (depth, time) texts, the likeliest answer's
    """
    depths = len(confidence)
    heat = go.Heatmap(
        z=confidence, text=answers, texttemplate="%{text}", textfont={"size": 13},
        zmin=0, zmax=1, colorscale=CLOSED_TO_OPEN, xgap=1, ygap=2,
        hovertemplate="depth %{y}, step %{x}: %{text} with probability %{z:.3f}<extra></extra>",
        colorbar={"thickness": 10, "len": 0.95, "outlinewidth": 0},
    )  # fmt: skip
    figure = framed(go.Figure(heat), height=120 + 42 * depths)
    under_tokens(figure, tokens)
    names = ["embedding", *(f"layer {layer}" for layer in range(depths - 1))]
    return figure.update_yaxes(tickvals=list(range(depths)), ticktext=names, showgrid=False)


def _heat(values: np.ndarray, told: str, name: str) -> go.Heatmap:
    return go.Heatmap(
        z=values, zmin=0, zmax=1, colorscale=CLOSED_TO_OPEN, xgap=1, ygap=1, name=name,
        hovertemplate=name + "<br>" + told + ": %{z:.3f}<extra></extra>",
        colorbar={"thickness": 10, "len": 0.95, "outlinewidth": 0},
    )  # fmt: skip


def _check(attention: np.ndarray, tokens: Sequence[str]) -> None:
    if attention.shape != (len(tokens), len(tokens)):
        raise ValueError(
            f"wanted (query, key) attention between {len(tokens)} tokens, got shape {attention.shape}"
        )
