"""Several networks on one picture: each a colour, the spread over its seeds a band."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go

from viz.theme import GREY, SERIES, framed

COLOURS = dict(zip(("RNN", "LSTM", "GRU", "Transformer"), SERIES, strict=False))


@dataclass(frozen=True, eq=False)
class Spread:
    """One network's curve over its seeds."""

    x: Sequence[float]
    values: np.ndarray
    """(seed, place)"""


def race_curves(
    spreads: Mapping[str, Spread],
    *,
    quantity: str,
    steps: int,
    guessing: float | None = None,
    line: str = "",
    cursor: float,
    within: tuple[float, float] | None = None,
) -> go.Figure:
    """Mean over the seeds as a line, lowest to highest as a band; shape 0 of the layout is the cursor.

    spreads: network -> its curve over the updates
    guessing: a dashed line there, named `line`; what guessing gets, unless said otherwise
    steps: length of the longest run
    """
    figure = go.Figure()
    _add_spreads(figure, spreads, "update %{x}: %{y:.3f}")
    figure.add_shape(
        type="line", x0=cursor, x1=cursor, y0=0, y1=1, yref="paper", line={"color": GREY, "width": 2}
    )
    if guessing is not None:
        figure.add_hline(
            y=guessing,
            line={"dash": "dash", "color": GREY, "width": 2},
            annotation={"text": line or f"guessing {guessing:.3g}", "font": {"color": GREY}},
            annotation_position="top right",
        )
    framed(figure, height=380)
    figure.update_xaxes(title="update", range=[0, max(steps, 1)])
    figure.update_yaxes(title=quantity, range=list(within) if within else None)
    return figure


def lag_curves(
    spreads: Mapping[str, Spread], *, chance: Sequence[float], trained: int, unit: str
) -> go.Figure:
    """Accuracy against lag; a dotted line stands at the longest lag that training showed.

    spreads: network -> accuracies over the lags
    chance: what guessing gets at each lag, on the first spread's lags
    """
    figure = go.Figure()
    _add_spreads(figure, spreads, "lag %{x}: %{y:.0%} right", mode="lines+markers")
    lags = next(iter(spreads.values())).x
    figure.add_scatter(
        x=lags, y=chance, mode="lines", name="guessing", line={"dash": "dash", "color": GREY, "width": 2}
    )
    figure.add_vline(
        x=trained,
        line={"dash": "dot", "color": GREY, "width": 2},
        annotation={"text": "longest trained", "font": {"color": GREY}},
        annotation_position="bottom left",
    )
    framed(figure, height=360)
    figure.update_xaxes(title=f"lag ({unit})", tickvals=list(lags))
    figure.update_yaxes(title="share right", range=[0, 1.04], showgrid=True)
    return figure


def _add_spreads(figure: go.Figure, spreads: Mapping[str, Spread], told: str, *, mode: str = "lines") -> None:
    for place, (name, spread) in enumerate(spreads.items()):
        colour = COLOURS.get(name, SERIES[place % len(SERIES)])
        values = np.asarray(spread.values, dtype=float)
        if len(values) > 1:
            figure.add_scatter(
                x=[*spread.x, *spread.x[::-1]],
                y=np.concatenate([values.max(0), values.min(0)[::-1]]),
                fill="toself",
                fillcolor=_faint(colour),
                line={"width": 0},
                mode="lines",
                hoverinfo="skip",
                showlegend=False,
                name=f"{name}, spread",
            )
        figure.add_scatter(
            x=list(spread.x),
            y=values.mean(0),
            name=name,
            mode=mode,
            line={"color": colour, "width": 3},
            marker={"size": 8},
            hovertemplate=told + "<extra>" + name + "</extra>",
        )


def _faint(colour: str) -> str:
    red, green, blue = (int(colour[place : place + 2], 16) for place in (1, 3, 5))
    return f"rgba({red},{green},{blue},0.2)"
