"""Colours and layout that all pictures share: safe for colour-blind people, legible at three metres.

Text, axis and grid colours are left to whoever shows the figure, so that one figure serves light and
dark.
"""

from __future__ import annotations

import plotly.graph_objects as go

BLUE, ORANGE, GREEN, PINK, YELLOW, SKY, VIOLET, GREY = SERIES = (
    "#0072B2",
    "#D55E00",
    "#009E73",
    "#CC79A7",
    "#E69F00",
    "#56B4E9",
    "#7F5BD6",
    "#8A8A8A",
)
"""Okabe and Ito's colours, and two more, in the order in which pictures use them."""

CLOSED_TO_OPEN = [
    [0.0, "#10243E"],
    [0.25, "#27517A"],
    [0.5, "#4E8CA8"],
    [0.75, "#A9CDB4"],
    [1.0, "#FFF3B0"],
]
"""Sequential, for gates and attention: 0 is dark, 1 is bright."""

MINUS_TO_PLUS = [
    [0.0, "#A63603"],
    [0.25, "#F0985A"],
    [0.5, "#F5F3EE"],
    [0.75, "#6BAED6"],
    [1.0, "#08519C"],
]
"""Diverging about 0, for states: negative is orange, positive is blue."""

FONT_SIZE = 14
MARGIN = {"l": 56, "r": 12, "t": 12, "b": 44}


FRAME = {
    "template": "none",
    "margin": MARGIN,
    "font": {"size": FONT_SIZE},
    "paper_bgcolor": "rgba(0,0,0,0)",
    "plot_bgcolor": "rgba(0,0,0,0)",
    "colorway": list(SERIES),
    "uirevision": "kept",
    "hoverlabel": {"font": {"size": FONT_SIZE}},
    "legend": {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0},
}
AXIS = {"automargin": True, "zeroline": False}


def framed(figure: go.Figure, *, height: int = 300, **layout: object) -> go.Figure:
    """Give a figure the common frame: see-through, tight margins, stable zoom.

    The layout is put together as plain dictionaries and set once: plotly's `update_layout` takes ten
    times as long, and a page draws a dozen figures at every move of a slider.
    """
    stated = figure.layout.to_plotly_json()
    names = {"xaxis", "yaxis", *(name for name in stated if name.startswith(("xaxis", "yaxis")))}
    axes = {name: stated.get(name, {}) | AXIS for name in names}
    figure.layout = stated | FRAME | {"height": height} | axes
    if layout:
        figure.update_layout(**layout)
    return figure


def set_axis(figure: go.Figure, axis: str, **values: object) -> go.Figure:
    """Set some properties of one axis (`xaxis`, `yaxis2`, ...) at once, and keep its others."""
    figure.layout[axis] = figure.layout[axis].to_plotly_json() | values
    return figure
