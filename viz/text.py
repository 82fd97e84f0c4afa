"""Text as a picture: a panel of lines, so that what a network writes moves through training with the maps."""

from __future__ import annotations

import html
import textwrap

import plotly.graph_objects as go

from viz.theme import framed

LINE = 88
MOST_LINES = 8


def written(text: str) -> str:
    """A text as plotly's markup: harmless, wrapped to lines that fit, at most eight of them."""
    lines = [part for line in text.splitlines() for part in (textwrap.wrap(line, LINE) or [""])]
    return "<br>".join(html.escape(line, quote=False) for line in lines[:MOST_LINES])


def text_panel(markup: str) -> go.Figure:
    """A panel with one text; `layout.annotations.0.text` is what changes over training."""
    figure = framed(go.Figure(), height=60 + 22 * MOST_LINES)
    figure.add_annotation(
        text=markup or " ",
        x=0,
        y=1,
        xref="paper",
        yref="paper",
        xanchor="left",
        yanchor="top",
        align="left",
        showarrow=False,
        font={"family": "monospace"},
    )
    figure.update_xaxes(visible=False)
    figure.update_yaxes(visible=False)
    return figure
