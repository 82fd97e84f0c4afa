"""How large a gradient still is, step by step back through time: on a logarithmic scale."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import plotly.graph_objects as go

from viz.maps import under_tokens
from viz.theme import ORANGE, SERIES, framed

FLOOR, CEILING = 1e-12, 1e8
"""What is smaller counts as vanished, what is larger as exploded; both stay on the picture."""


def bounded(sizes: np.ndarray) -> np.ndarray:
    """Sizes between FLOOR and CEILING, so that a logarithmic axis can show them; NaN becomes a gap."""
    return np.clip(np.asarray(sizes, dtype=float), FLOOR, CEILING)


def gradient_curves(
    now: Mapping[str, np.ndarray],
    *,
    before: Mapping[str, np.ndarray],
    last: Mapping[str, np.ndarray],
    tokens: Sequence[str],
    ends: tuple[float, float],
) -> go.Figure:
    """The size of dLoss_T / dh_t against t; `data.i.y` of the first len(now) traces moves over training.

    now, before, last: layer's name -> (time,) at the moment shown, before training, at its end
    ends: lowest and highest size of all moments
    """
    figure = go.Figure()
    for place, (name, sizes) in enumerate(now.items()):
        figure.add_scatter(**_line(name, sizes, SERIES[place], width=4, dash="solid"))
    for told, curves, dash in (("before training", before, "dash"), ("newest", last, "dot")):
        for place, (name, sizes) in enumerate(curves.items()):
            figure.add_scatter(**_line(f"{name}, {told}", sizes, SERIES[place], width=2, dash=dash))
    framed(figure, height=360)
    under_tokens(figure, tokens)
    _logarithmic(figure, *ends)
    return figure


def law_curves(curves: Mapping[str, np.ndarray], *, exact: np.ndarray) -> go.Figure:
    """Gradients of a recurrence without training, and the law gain ^ steps that a linear one obeys.

    curves: name -> (step,) sizes for t = 1 .. T, 1 at the end; exact: (step,)
    """
    figure = go.Figure()
    steps = np.arange(1, len(exact) + 1)
    for place, (name, sizes) in enumerate(curves.items()):
        line = _line(name, sizes, SERIES[place], width=4, dash="solid")
        figure.add_scatter(**{**line, "x": steps})
    law = _line("gain to the power of the distance", exact, ORANGE, width=2, dash="dash")
    figure.add_scatter(**{**law, "x": steps, "opacity": 1.0})
    framed(figure, height=320)
    sizes = np.concatenate([bounded(values) for values in (*curves.values(), exact)])
    _logarithmic(figure, float(np.nanmin(sizes)), float(np.nanmax(sizes)))
    figure.update_xaxes(title="step t →")
    return figure


def _line(name: str, sizes: np.ndarray, colour: str, *, width: int, dash: str) -> dict:
    return {
        "x": np.arange(len(sizes)),
        "y": bounded(sizes),
        "name": name,
        "mode": "lines",
        "opacity": 1.0 if dash == "solid" else 0.6,
        "line": {"color": colour, "width": width, "dash": dash},
        "hovertemplate": "step %{x}: %{y:.2e}<extra>" + name + "</extra>",
    }


def _logarithmic(figure: go.Figure, low: float, high: float) -> None:
    low, high = np.log10(max(low, FLOOR)), np.log10(min(max(high, FLOOR), CEILING))
    figure.update_yaxes(
        type="log", range=[low - 0.4, high + 0.4], title="size of the gradient", exponentformat="power",
        showgrid=True, dtick=max(1, round((high - low) / 7)),
    )  # fmt: skip
