"""Curves over training: loss and accuracy, with the line of pure guessing drawn in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import plotly.graph_objects as go

from viz.theme import GREY, SERIES, framed

Curve = tuple[Sequence[float], Sequence[float]]
"""Steps and values."""


def learning_curves(
    curves: Mapping[str, Curve],
    *,
    guessing: float | None = None,
    quantity: str,
    steps: int,
    within: tuple[float, float] | None = None,
    marks: Sequence[tuple[int, str]] = (),
    cursor: float = 0.0,
) -> go.Figure:
    """Named curves over the updates, the guessing line dashed, a cursor at the moment shown.

    curves: name -> (steps, values)
    guessing: the value that guessing reaches; None draws no line
    steps: length of the whole run, so that the axis does not move while it trains
    within: fixed range of the value axis, for quantities that have one
    marks: changes made by hand during the run, as (step, what)
    cursor: shape 0 of the layout stands there; move `layout.shapes.0.x0` and `.x1`
    """
    figure = go.Figure()
    for place, (name, (x, y)) in enumerate(curves.items()):
        faint = name.startswith("training")
        figure.add_scatter(
            x=np.asarray(x),
            y=np.asarray(y, dtype=float),
            name=name,
            mode="lines",
            opacity=0.45 if faint else 1.0,
            line={"width": 1.5 if faint else 3, "color": SERIES[place % len(SERIES)]},
            hovertemplate="update %{x}: %{y:.3f}<extra>" + name + "</extra>",
        )
    figure.add_shape(
        type="line", x0=cursor, x1=cursor, y0=0, y1=1, yref="paper", line={"color": GREY, "width": 2}
    )
    if guessing is not None:
        figure.add_hline(
            y=guessing,
            line={"dash": "dash", "color": GREY, "width": 2},
            annotation={"text": f"guessing {guessing:.3g}", "font": {"color": GREY}},
            annotation_position="top right",
        )
    for step, what in marks:
        figure.add_vline(x=step, line={"dash": "dot", "color": GREY, "width": 1}, annotation={"text": what})
    framed(figure, height=280)
    figure.update_xaxes(title="update", range=[0, max(steps, 1)])
    figure.update_yaxes(title=quantity, range=list(within) if within else None)
    if within is None:
        figure.update_yaxes(rangemode="tozero")
    return figure
