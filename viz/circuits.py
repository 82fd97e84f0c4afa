"""Circuits forming: where heads look and should look, learning by heart and understanding, waves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import plotly.graph_objects as go

from viz.curves import Curve
from viz.maps import shown_token, under_tokens
from viz.theme import BLUE, CLOSED_TO_OPEN, GREEN, GREY, ORANGE, PINK, SERIES, framed

MOST_TICKS = 16
"""Tokens written along each side of a map."""


def stripe_map(attention: np.ndarray, *, tokens: Sequence[str], stripe: np.ndarray) -> go.Figure:
    """One head's attention, with the two stripes that a circuit needs drawn over it.

    attention: (query, key) in [0, 1]
    stripe: (n, 2) pairs of query and key at which an induction head looks
    """
    size = len(tokens)
    if attention.shape != (size, size):
        raise ValueError(f"wanted (query, key) attention of {size} tokens, got shape {attention.shape}")
    labels = np.array([shown_token(token) for token in tokens], dtype=object)
    heat = go.Heatmap(
        z=attention,
        zmin=0,
        zmax=1,
        colorscale=CLOSED_TO_OPEN,
        customdata=np.stack(np.broadcast_arrays(labels[:, None], labels[None, :]), axis=-1),
        hovertemplate="step %{y} (%{customdata[0]}) looks at step %{x} (%{customdata[1]}): "
        "%{z:.2f}<extra></extra>",
        colorbar={"thickness": 10, "len": 0.95, "outlinewidth": 0},
    )
    figure = go.Figure(heat)
    before = np.arange(1, size)
    _stripe(figure, "the one before", before - 1, before, PINK)
    _stripe(figure, "after an earlier time", stripe[:, 1], stripe[:, 0], ORANGE)
    framed(figure, height=430)
    every = -(-size // MOST_TICKS)
    places = list(range(0, size, every))
    ticks = {"tickvals": places, "ticktext": [labels[place] for place in places], "showgrid": False}
    figure.update_xaxes(title="looks at", range=[-0.5, size - 0.5], tickangle=0, **ticks)
    figure.update_yaxes(title="token", range=[size - 0.5, -0.5], **ticks)
    return figure


def _stripe(figure: go.Figure, name: str, keys: np.ndarray, queries: np.ndarray, colour: str) -> None:
    figure.add_scatter(
        x=keys,
        y=queries,
        mode="markers",
        name=name,
        marker={"symbol": "square-open", "size": 8, "color": colour, "line": {"width": 1}},
        hoverinfo="skip",
    )


def next_curves(rights: Mapping[str, np.ndarray], *, tokens: Sequence[str], chance: float) -> go.Figure:
    """The probability of the symbol that really comes next, after each token.

    rights: network -> (time - 1,) probabilities
    """
    figure = go.Figure()
    for place, (name, values) in enumerate(rights.items()):
        figure.add_scatter(
            x=np.arange(len(values)),
            y=values,
            name=name,
            mode="lines+markers",
            line={"width": 3, "color": SERIES[place % len(SERIES)]},
            hovertemplate="after step %{x}: %{y:.0%}<extra>" + name + "</extra>",
        )
    _guessing(figure, chance)
    framed(figure, height=340)
    under_tokens(figure, tokens)
    figure.update_xaxes(tickfont={"size": 10}, range=[-0.5, len(tokens) - 0.5])
    figure.update_yaxes(title="probability", range=[0, 1.04])
    return figure


def score_curves(
    deep: Mapping[str, Curve], flat: Mapping[str, Curve], *, quantity: str, steps: int, cursor: float
) -> go.Figure:
    """A score in [0, 1] of every head over the updates; those of the second network dotted.

    deep, flat: head -> (steps, values)
    cursor: shape 0 of the layout stands there
    """
    figure = go.Figure()
    for curves, dash in ((deep, "solid"), (flat, "dot")):
        for place, (name, (x, y)) in enumerate(curves.items()):
            figure.add_scatter(
                x=np.asarray(x),
                y=np.asarray(y, dtype=float),
                name=name,
                mode="lines",
                line={"width": 3, "color": SERIES[place % len(SERIES)], "dash": dash},
                hovertemplate="update %{x}: %{y:.2f}<extra>" + name + "</extra>",
            )
    _cursor(figure, cursor)
    framed(figure, height=360)
    figure.update_layout(legend={"font": {"size": 12}})
    figure.update_xaxes(title="update", range=[0, max(steps, 1)])
    figure.update_yaxes(title=quantity, range=[0, 1.04])
    return figure


def paired_curves(
    pairs: Mapping[str, tuple[Curve, Curve]],
    *,
    steps: int,
    cursor: float,
    chance: float,
    words: tuple[str, str] = ("held-out", "training"),
) -> go.Figure:
    """Held-out and training accuracy of several runs: a colour a run, training dotted.

    pairs: run -> (held-out curve, training curve), each (steps, values)
    cursor: shape 0 of the layout stands there
    words: what the two are called in the legend
    """
    figure = go.Figure()
    for colour, (name, curves) in zip((BLUE, ORANGE, GREEN), pairs.items(), strict=False):
        for (x, y), word, dash in zip(curves, words, ("solid", "dot"), strict=True):
            figure.add_scatter(
                x=np.asarray(x),
                y=np.asarray(y, dtype=float),
                name=f"{name}: {word}",
                mode="lines",
                line={"width": 3, "color": colour, "dash": dash},
                hovertemplate="update %{x}: %{y:.1%}<extra>" + f"{name}: {word}" + "</extra>",
            )
    _cursor(figure, cursor)
    _guessing(figure, chance)
    framed(figure, height=340)
    figure.update_layout(legend={"font": {"size": 12}})
    figure.update_xaxes(title="update", range=[0, max(steps, 1)])
    figure.update_yaxes(title="share right", range=[0, 1.04])
    return figure


def _cursor(figure: go.Figure, at: float) -> None:
    figure.add_shape(type="line", x0=at, x1=at, y0=0, y1=1, yref="paper", line={"color": GREY, "width": 2})


def _guessing(figure: go.Figure, chance: float) -> None:
    figure.add_hline(
        y=chance,
        line={"dash": "dash", "color": GREY, "width": 2},
        annotation={"text": f"guessing {chance:.2g}", "font": {"color": GREY}},
        annotation_position="top right",
    )


def sum_map(right: np.ndarray) -> go.Figure:
    """The probability of the right sum of every pair of numbers.

    right: (first number, second number) in [0, 1]
    """
    heat = go.Heatmap(
        z=right,
        zmin=0,
        zmax=1,
        colorscale=CLOSED_TO_OPEN,
        hovertemplate="%{y} + %{x}: right with probability %{z:.2f}<extra></extra>",
        colorbar={"thickness": 10, "len": 0.95, "outlinewidth": 0},
    )
    figure = framed(go.Figure(heat), height=430)
    figure.update_xaxes(title="second number", showgrid=False)
    figure.update_yaxes(title="first number", showgrid=False, autorange="reversed")
    return figure


def wave_bars(shares: np.ndarray, *, highest: float) -> go.Figure:
    """The share of each frequency in an embedding, from 1 turn round the clock on.

    shares: (frequency,), summing to 1
    highest: where the axis ends, the same at all moments
    """
    bars = go.Bar(
        x=np.arange(1, len(shares) + 1),
        y=shares,
        marker={"color": BLUE},
        hovertemplate="frequency %{x}: %{y:.1%} of the variance<extra></extra>",
    )
    even = 1 / len(shares)
    figure = framed(go.Figure(bars), height=280)
    figure.add_hline(
        y=even,
        line={"dash": "dash", "color": GREY, "width": 2},
        annotation={"text": "all alike", "font": {"color": GREY}},
        annotation_position="top right",
    )
    figure.update_xaxes(title="frequency (turns in one round)", dtick=2)
    figure.update_yaxes(title="share of variance", range=[0, highest])
    return figure
