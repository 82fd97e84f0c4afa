"""Curves over training: loss and accuracy, with the line of pure guessing drawn in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import plotly.graph_objects as go

from viz.theme import GREY, SERIES, framed, set_axis

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
    traces = [
        go.Scatter(
            x=np.asarray(x),
            y=np.asarray(y, dtype=float),
            name=name,
            mode="lines",
            opacity=0.45 if name.startswith("training") else 1.0,
            line={"width": 1.5 if name.startswith("training") else 3, "color": SERIES[place % len(SERIES)]},
            hovertemplate="update %{x}: %{y:.3f}<extra>" + name + "</extra>",
        )
        for place, (name, (x, y)) in enumerate(curves.items())
    ]
    shapes = [_upright(cursor, {"color": GREY, "width": 2})]
    notes = []
    if guessing is not None:
        shapes.append(_level(guessing))
        notes.append(_note(1, guessing, f"guessing {guessing:.3g}", "right", xref="paper"))
    for step, what in marks:
        shapes.append(_upright(step, {"dash": "dot", "color": GREY, "width": 1}))
        notes.append(_note(step, 1, what, "left", yref="paper"))
    figure = framed(go.Figure(traces, {"shapes": shapes, "annotations": notes}), height=280)
    set_axis(figure, "xaxis", title="update", range=[0, max(steps, 1)])
    fixed = {"range": list(within)} if within else {"rangemode": "tozero"}
    return set_axis(figure, "yaxis", title=quantity, **fixed)


def _upright(x: float, line: dict) -> dict:
    """A vertical line through the whole height."""
    return {"type": "line", "x0": x, "x1": x, "y0": 0, "y1": 1, "yref": "paper", "line": line}


def _level(y: float) -> dict:
    """A dashed horizontal line through the whole width."""
    line = {"dash": "dash", "color": GREY, "width": 2}
    return {"type": "line", "x0": 0, "x1": 1, "xref": "paper", "y0": y, "y1": y, "line": line}


def _note(x: float, y: float, text: str, side: str, **refs: str) -> dict:
    """Small grey words above a line."""
    place = {"x": x, "y": y, "xanchor": side, "yanchor": "bottom", **refs}
    return {"text": text, "showarrow": False, "font": {"color": GREY}, **place}
