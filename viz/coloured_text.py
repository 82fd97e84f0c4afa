"""A text whose tokens are coloured by a number: what a unit holds, or how much an answer depends on each."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from viz.maps import shown_token
from viz.theme import CLOSED_TO_OPEN, MINUS_TO_PLUS, framed

SIGNS_IN_ROW = 66


def coloured_text(
    values: np.ndarray,
    *,
    tokens: Sequence[str],
    name: str,
    signed: bool = True,
    limit: float = 1.0,
    marked: int | None = None,
) -> go.Figure:
    """The tokens in rows like a text, each in a cell coloured by its value; `data.0.z` is what changes.

    values: (time,), in [-limit, limit] where `signed`, else in [0, limit]
    marked: a step to be framed, for example the answer that was asked about
    Raises ValueError where there is not one value for each token.
    """
    if values.shape != (len(tokens),):
        raise ValueError(f"wanted one value for each of {len(tokens)} tokens, got shape {values.shape}")
    width = row_width(tokens)
    rows = in_rows(values, width)
    heat = go.Heatmap(
        z=rows,
        zmin=-limit if signed else 0,
        zmax=limit,
        colorscale=MINUS_TO_PLUS if signed else CLOSED_TO_OPEN,
        text=_texts(tokens, width),
        texttemplate="%{text}",
        textfont={"size": 15, "family": "monospace"},
        hovertemplate=name + ", %{text}: %{z:.3f}<extra></extra>",
        hoverongaps=False,
        colorbar={"thickness": 10, "len": 1.0, "outlinewidth": 0, "tickvals": [-limit * signed, limit]},
        xgap=1,
        ygap=3,
    )
    figure = framed(go.Figure(heat), height=50 + 40 * len(rows))
    figure.update_xaxes(visible=False)
    figure.update_yaxes(visible=False, autorange="reversed")
    figure.update_layout(margin={"l": 8, "r": 12, "t": 8, "b": 8})
    if marked is not None:
        row, column = divmod(marked, width)
        corners = {"x0": column - 0.5, "x1": column + 0.5, "y0": row - 0.5, "y1": row + 0.5}
        figure.add_shape(type="rect", **corners, line={"color": "#D55E00", "width": 4})
    return figure


def row_width(tokens: Sequence[str]) -> int:
    """How many tokens stand in one row."""
    longest = max((len(shown_token(token)) for token in tokens), default=1)
    return max(1, min(len(tokens), SIGNS_IN_ROW // (longest + 1)))


def in_rows(values: np.ndarray, width: int) -> np.ndarray:
    """Values (..., time) in rows (..., row, width); what is left of the last row is "not a number"."""
    rows = -(-values.shape[-1] // width)
    filled = np.full((*values.shape[:-1], rows * width), np.nan)
    filled[..., : values.shape[-1]] = values
    return filled.reshape(*values.shape[:-1], rows, width)


def step_at(x: float, y: float, tokens: Sequence[str]) -> int | None:
    """The step whose cell was clicked; None beside the text."""
    step = int(y) * row_width(tokens) + int(x)
    return step if 0 <= step < len(tokens) else None


def _texts(tokens: Sequence[str], width: int) -> list[list[str]]:
    shown = [shown_token(token) for token in tokens]
    shown += [""] * (-len(shown) % width)
    return [shown[start : start + width] for start in range(0, len(shown), width)]
