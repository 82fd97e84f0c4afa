"""One step of attention as a picture: what each unit adds to each score, the scores, their softmax."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from viz.maps import under_tokens
from viz.theme import BLUE, GREEN, MINUS_TO_PLUS, framed


def opened_step(
    parts: np.ndarray, scores: np.ndarray, weights: np.ndarray, *, source: Sequence[str]
) -> go.Figure:
    """Three rows over the same source symbols: parts of each score, the scores, the attention weights.

    parts: (source, unit) what each unit adds to each score
    scores: (source,); weights: (source,), adding up to 1
    """
    if not len(parts) == len(scores) == len(weights) == len(source):
        raise ValueError(
            f"wanted parts, a score and a weight for each of {len(source)} source symbols, "
            f"got {len(parts)}, {len(scores)} and {len(weights)}"
        )
    limit = max(float(np.abs(parts).max()), 1e-6)
    figure = make_subplots(
        rows=3, cols=1, shared_xaxes=True, row_heights=[0.46, 0.27, 0.27], vertical_spacing=0.05
    )
    figure.add_heatmap(
        z=parts.T, zmin=-limit, zmax=limit, colorscale=MINUS_TO_PLUS, row=1, col=1,
        colorbar={"thickness": 10, "len": 0.44, "y": 0.79, "outlinewidth": 0},
        hovertemplate="source %{x}, unit %{y}: adds %{z:.3f}<extra></extra>",
    )  # fmt: skip
    places = np.arange(len(source))
    figure.add_bar(x=places, y=scores, marker={"color": BLUE}, row=2, col=1, showlegend=False,
                   hovertemplate="score %{y:.3f}<extra></extra>")  # fmt: skip
    figure.add_bar(x=places, y=weights, marker={"color": GREEN}, row=3, col=1, showlegend=False,
                   text=[f"{w:.2f}" if w >= 0.01 else "" for w in weights], textposition="outside",
                   cliponaxis=False, hovertemplate="attention %{y:.4f}<extra></extra>")  # fmt: skip
    framed(figure, height=520)
    under_tokens(figure, source, axis="xaxis3")
    figure.update_xaxes(title="source →", row=3, col=1)
    figure.update_yaxes(title="unit", row=1, col=1, showgrid=False)
    figure.update_yaxes(title="score", row=2, col=1)
    figure.update_yaxes(title="attention", row=3, col=1, range=[0, 1.15], tickvals=[0, 0.5, 1])
    return figure


def number_strips(vectors: dict[str, np.ndarray]) -> go.Figure:
    """Vectors of one width as rows of colours on one scale symmetric about 0: query, key, context."""
    values = np.stack(list(vectors.values()))
    limit = max(float(np.abs(values).max()), 1.0)
    heat = go.Heatmap(
        z=values, zmin=-limit, zmax=limit, colorscale=MINUS_TO_PLUS, y=list(vectors), xgap=1, ygap=4,
        colorbar={"thickness": 10, "len": 0.95, "outlinewidth": 0},
        hovertemplate="%{y}, unit %{x}: %{z:.3f}<extra></extra>",
    )  # fmt: skip
    figure = framed(go.Figure(heat), height=90 + 36 * len(vectors))
    figure.update_yaxes(autorange="reversed", showgrid=False)
    figure.update_xaxes(title="unit", showgrid=False)
    return figure
