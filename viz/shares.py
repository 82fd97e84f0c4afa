"""Shares of right answers against a length or a place, several networks on one chart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go

from viz.theme import GREY, SERIES, framed


@dataclass(frozen=True, eq=False)
class Share:
    """One curve; `data.i.y` is what moves, i being its place."""

    values: np.ndarray
    """(place,) from 0 to 1; NaN where nothing is known."""
    colour: int
    """Which of the series colours: the same for curves of one network."""
    dashed: bool = False


def share_curves(
    shares: Mapping[str, Share],
    *,
    x: Sequence[float],
    labels: Sequence[str] | None = None,
    across: str,
    quantity: str,
    guessing: float | None = None,
) -> go.Figure:
    """Named curves over the same places, on the fixed scale from 0 to 1, the guessing line dashed.

    x: (place,)
    labels: what stands under each place; its number by default
    """
    figure = go.Figure()
    for name, share in shares.items():
        if len(share.values) != len(x):
            raise ValueError(f"{name}: wanted a value for each of {len(x)} places, got {len(share.values)}")
        colour = SERIES[share.colour % len(SERIES)]
        figure.add_scatter(
            x=np.asarray(x),
            y=share.values,
            name=name,
            mode="lines+markers",
            connectgaps=False,
            line={
                "color": colour,
                "width": 2 if share.dashed else 3.5,
                "dash": "dot" if share.dashed else "solid",
            },
            marker={"size": 5 if share.dashed else 8, "symbol": "circle-open" if share.dashed else "circle"},
            hovertemplate="%{x}: %{y:.0%}<extra>" + name + "</extra>",
        )
    if guessing is not None:
        figure.add_hline(
            y=guessing, line={"dash": "dash", "color": GREY, "width": 2},
            annotation={"text": f"guessing {guessing:.2g}", "font": {"color": GREY}},
            annotation_position="top right",
        )  # fmt: skip
    framed(figure, height=330)
    figure.update_xaxes(title=across, showgrid=False)
    if labels is not None:
        figure.update_xaxes(tickmode="array", tickvals=list(x), ticktext=list(labels))
    figure.update_yaxes(title=quantity, range=[-0.02, 1.04], tickformat=".0%", showgrid=True)
    return figure
