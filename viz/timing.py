"""What reading a sequence costs: curves over its length, and maps of who waits for whom."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import plotly.graph_objects as go

from viz.race import COLOURS
from viz.theme import GREY, framed

LINES = {"token by token": {"color": COLOURS["Transformer"], "dash": "dot"}}
"""The Transformer's other way of reading has its colour and dots."""
EARLY_TO_LATE = [[0.0, "#FFF3B0"], [0.5, "#A9CDB4"], [1.0, "#6FB3C4"]]
"""Light enough that dark numbers can be read on it."""


def cost_curves(lines: Mapping[str, tuple[Sequence[int], Sequence[float]]], *, quantity: str) -> go.Figure:
    """One line for each way over the length of the sequence, both axes logarithmic.

    lines: "Transformer", "RNN", ... or "token by token" -> (lengths in positions, values)
    quantity: what the values are, with its unit
    """
    figure = go.Figure()
    for name, (lengths, values) in lines.items():
        style = LINES.get(name, {"color": COLOURS.get(name, GREY)})
        figure.add_scatter(
            x=list(lengths),
            y=list(values),
            name=name,
            mode="lines+markers",
            marker={"size": 8},
            line={"width": 3, **style},
            hovertemplate="%{x} positions: %{y:,.4~g}<extra>" + name + "</extra>",
        )
    framed(figure, height=340)
    ticks = sorted({length for lengths, _ in lines.values() for length in lengths})
    figure.update_xaxes(type="log", title="positions", tickvals=ticks, ticktext=[str(tick) for tick in ticks])
    figure.update_yaxes(type="log", title=quantity, dtick=1, showgrid=True)
    figure.update_layout(legend={"y": 1.02, "font": {"size": 12}})
    return figure


def waiting_map(finished: np.ndarray, *, latest: int) -> go.Figure:
    """When each layer has computed each position; empty where it has not yet.

    finished: (layer, position) ticks from 1 on, or NaN
    latest: the last tick of the slowest order, where the colours end
    """
    layers, length = finished.shape
    heat = go.Heatmap(
        z=finished,
        zmin=1,
        zmax=latest,
        colorscale=EARLY_TO_LATE,
        showscale=False,
        texttemplate="%{z:.0f}",
        textfont={"size": 15, "color": "#10243E"},
        hovertemplate="layer %{y}, position %{x}: computed at moment %{z:.0f}<extra></extra>",
        hoverongaps=False,
        xgap=3,
        ygap=3,
    )
    figure = framed(go.Figure(heat), height=100 + 55 * layers)
    figure.update_xaxes(
        title="position", tickvals=list(range(length)), showgrid=False, range=[-0.5, length - 0.5]
    )
    figure.update_yaxes(
        title="layer", tickvals=list(range(layers)), showgrid=False, range=[-0.5, layers - 0.5]
    )
    return figure
