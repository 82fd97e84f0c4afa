"""Transfer learning drawn: accuracy against labels, the gap, what moved and what was forgotten."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import plotly.graph_objects as go

from viz.curves import Curve, learning_curves
from viz.theme import GREY, SERIES, framed


@dataclass(frozen=True, eq=False)
class LabelCurve:
    """One arm over the numbers of labels: every draw of labelled examples, "not a number" where unknown."""

    held_out: np.ndarray
    """(draw, number of labels)"""
    training: np.ndarray
    """(draw, number of labels)"""


def label_curves(
    curves: Mapping[str, LabelCurve], *, labels: Sequence[int], chance: float, unit: str = "labelled examples"
) -> go.Figure:
    """Held-out accuracy of every arm against the number of labels (doubling), worst to best draw as bars.

    Raises ValueError where a curve does not have one column for each number of labels.
    """
    figure = go.Figure()
    for place, (name, curve) in enumerate(curves.items()):
        _check(name, curve, labels)
        mean, low, high = _summary(curve.held_out)
        figure.add_scatter(
            x=list(labels),
            y=mean,
            name=name,
            mode="lines+markers",
            error_y={"type": "data", "array": high - mean, "arrayminus": mean - low, "thickness": 1.5},
            line={"color": SERIES[place % len(SERIES)], "width": 3},
            marker={"size": 8},
            hovertemplate="%{x} labels: %{y:.1%} right<extra>" + name + "</extra>",
        )
    _guessing(figure, chance)
    return _label_axis(figure, labels, unit, "share right, held out", [0, 1.04])


def gap_curves(
    curves: Mapping[str, LabelCurve], *, labels: Sequence[int], unit: str = "labelled examples"
) -> go.Figure:
    """Training accuracy minus held-out accuracy of every arm against the number of labels."""
    figure = go.Figure()
    for place, (name, curve) in enumerate(curves.items()):
        _check(name, curve, labels)
        mean, _, _ = _summary(curve.training - curve.held_out)
        figure.add_scatter(
            x=list(labels),
            y=mean,
            name=name,
            mode="lines+markers",
            line={"color": SERIES[place % len(SERIES)], "width": 3},
            marker={"size": 8},
            hovertemplate="%{x} labels: %{y:.1%} gap<extra>" + name + "</extra>",
        )
    figure.add_hline(y=0, line={"color": GREY, "width": 1})
    return _label_axis(figure, labels, unit, "training minus held out", [-0.15, 0.62])


def arm_curves(curves: Mapping[str, Curve], **how: Any) -> go.Figure:
    """Learning curves of several arms, tall enough for all of their names; `how` as in `learning_curves`."""
    return learning_curves(curves, **how).update_layout(height=380)


def coloured(figure: go.Figure, arms: Sequence[str]) -> go.Figure:
    """Every arm in the colour of its place among all `arms`, also in a figure where some are missing."""
    for trace in figure.data:
        if trace.name in arms:
            colour = SERIES[list(arms).index(trace.name) % len(SERIES)]
            trace.update(marker={"color": colour})
            if trace.type != "bar":
                trace.update(line={"color": colour})
    return figure


def accuracy_bars(
    training: np.ndarray, held_out: np.ndarray, *, arms: Sequence[str], chance: float
) -> go.Figure:
    """Beside each other for every arm: right on what was learnt from (trace 0), and held out (trace 1).

    training, held_out: (arm,)
    """
    figure = go.Figure()
    for name, values, colour in (("training", training, SERIES[5]), ("held out", held_out, SERIES[0])):
        figure.add_bar(
            x=list(arms),
            y=values,
            name=name,
            marker={"color": colour},
            hovertemplate="%{x}: %{y:.1%} right<extra>" + name + "</extra>",
        )
    figure.add_hline(y=chance, line={"dash": "dash", "color": GREY, "width": 2})
    framed(figure, height=380, barmode="group")
    figure.update_xaxes(showgrid=False)
    figure.update_yaxes(title="share right", range=[0, 1.04], tickformat=".0%", showgrid=True)
    return figure


def drift_bars(moved: Mapping[str, np.ndarray], *, parts: Sequence[str], limit: float) -> go.Figure:
    """How far each part's weights moved in each arm; trace i is arm i.

    moved: arm -> (part,) share of the length before
    limit: end of the axis, the same at every moment
    """
    figure = go.Figure()
    for place, (name, values) in enumerate(moved.items()):
        if len(values) != len(parts):
            raise ValueError(f"{name}: wanted a value for each of {len(parts)} parts, got {len(values)}")
        figure.add_bar(
            x=list(parts),
            y=values,
            name=name,
            marker={"color": SERIES[place % len(SERIES)]},
            hovertemplate="%{x}: moved by %{y:.1%}<extra>" + name + "</extra>",
        )
    framed(figure, height=380, barmode="group")
    figure.update_xaxes(showgrid=False)
    figure.update_yaxes(
        title="distance / length before", range=[0, max(limit, 0.05)], tickformat=".0%", showgrid=True
    )
    return figure


def correlation_bars(values: np.ndarray, *, what: str) -> go.Figure:
    """Correlation of every unit with something, on the fixed scale from -1 to 1; trace 0 moves.

    values: (unit,)
    """
    bar = go.Bar(
        x=np.arange(len(values)),
        y=values,
        marker={"color": SERIES[0]},
        hovertemplate="unit %{x}: correlation %{y:.2f} with " + what + "<extra></extra>",
    )
    figure = framed(go.Figure(bar), height=280)
    figure.update_xaxes(title="unit", showgrid=False)
    figure.update_yaxes(title="correlation with " + what, range=[-1.05, 1.05], showgrid=True)
    return figure


def _check(name: str, curve: LabelCurve, labels: Sequence[int]) -> None:
    for values in (curve.held_out, curve.training):
        if values.ndim != 2 or values.shape[1] != len(labels):
            raise ValueError(f"{name}: wanted (draw, {len(labels)} labels), got shape {values.shape}")


def _summary(values: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Mean, lowest and highest of the draws that are known; "not a number" where none is."""
    known = ~np.isnan(values)
    count = known.sum(0)
    mean = np.where(count, np.where(known, values, 0).sum(0) / np.maximum(count, 1), np.nan)
    low = np.where(count, np.where(known, values, np.inf).min(0), np.nan)
    high = np.where(count, np.where(known, values, -np.inf).max(0), np.nan)
    return mean, low, high


def _guessing(figure: go.Figure, chance: float) -> None:
    figure.add_hline(
        y=chance,
        line={"dash": "dash", "color": GREY, "width": 2},
        annotation={"text": f"guessing {chance:.2g}", "font": {"color": GREY}},
        annotation_position="bottom right",
    )


def _label_axis(
    figure: go.Figure, labels: Sequence[int], unit: str, quantity: str, ends: list[float]
) -> go.Figure:
    framed(figure, height=400)
    figure.update_xaxes(
        title=unit, type="log", tickmode="array", tickvals=list(labels), ticktext=[str(n) for n in labels]
    )
    figure.update_yaxes(title=quantity, range=ends, tickformat=".0%", showgrid=True)
    return figure
