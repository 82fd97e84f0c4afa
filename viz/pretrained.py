"""Views of a pre-trained model that its size asks for: one layer's heads, and guesses for a blank."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from viz.heads import head_grid
from viz.maps import shown_token
from viz.theme import SERIES, framed


def layer_grid(attention: np.ndarray, *, layer: int, head: int) -> go.Figure:
    """A small map of every head of one layer.

    attention: (head, query, key) in [0, 1]; head: the one that is framed
    """
    if not 0 <= head < len(attention):
        raise ValueError(f"head: wanted 0 to {len(attention) - 1}, got {head}")
    figure = head_grid(attention[None], chosen=(0, head))
    figure.update_annotations(selector={"text": "layer 0"}, text=f"layer {layer}")
    return figure


def guess_bars(probabilities: Sequence[float], *, words: Sequence[str]) -> go.Figure:
    """The best guesses for one place, the likeliest on top."""
    if len(probabilities) != len(words):
        raise ValueError(f"wanted a probability for each of {len(words)} words, got {len(probabilities)}")
    told = [shown_token(word) for word in words]
    bar = go.Bar(
        x=list(probabilities),
        y=list(range(len(words))),
        orientation="h",
        marker={"color": SERIES[0]},
        text=[f"{value:.0%}" for value in probabilities],
        customdata=told,
        hovertemplate="%{customdata}: %{x:.1%}<extra></extra>",
    )
    figure = framed(go.Figure(bar), height=70 + 34 * len(words))
    figure.update_xaxes(title="probability", range=[0, 1], tickformat=".0%", showgrid=True)
    figure.update_yaxes(
        autorange="reversed",
        tickvals=list(range(len(words))),
        ticktext=[f"{word} " for word in told],
        showgrid=False,
    )
    return figure
