"""Which words carried a decision, by several methods side by side."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from viz.maps import shown_token
from viz.theme import MINUS_TO_PLUS, framed


def attribution_map(values: np.ndarray, *, tokens: Sequence[str], methods: Sequence[str]) -> go.Figure:
    """A row of coloured words for each method, each row on its own scale: its largest value is 1.

    values: (method, time), above 0 where a word speaks for the answer
    Raises ValueError where a row has not one value for each token.
    """
    if values.shape != (len(methods), len(tokens)):
        raise ValueError(
            f"wanted {len(methods)} methods and {len(tokens)} tokens, got values of shape {values.shape}"
        )
    largest = np.maximum(np.abs(values).max(1, keepdims=True), 1e-12)
    heat = go.Heatmap(
        z=values / largest,
        zmin=-1,
        zmax=1,
        colorscale=MINUS_TO_PLUS,
        customdata=np.round(values, 3),
        hovertemplate="%{y}<br>step %{x}: %{customdata} log-odds<extra></extra>",
        colorbar={"thickness": 10, "outlinewidth": 0, "tickvals": [-1, 0, 1],
                  "ticktext": ["against", "0", "for"]},
        xgap=2,
        ygap=6,
    )  # fmt: skip
    figure = framed(go.Figure(heat), height=110 + 46 * len(methods))
    figure.update_xaxes(
        tickvals=list(range(len(tokens))),
        ticktext=[shown_token(token) for token in tokens],
        tickangle=-45,
        showgrid=False,
    )
    figure.update_yaxes(
        tickvals=list(range(len(methods))), ticktext=list(methods), autorange="reversed", showgrid=False
    )
    return figure
