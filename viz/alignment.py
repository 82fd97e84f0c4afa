"""Where a decoder looks: a map of target against source, and bands between the words."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from viz.maps import MOST_TICKS, shown_token
from viz.theme import BLUE, CLOSED_TO_OPEN, GREY, ORANGE, framed

STRONGEST = 4
"""Bands drawn from each target symbol: its largest weights."""
THINNEST = 0.02
"""Weights below this get no band."""
CROWDED = 12
"""Source symbols from which on their names stand upright."""


def alignment_map(
    attention: np.ndarray,
    *,
    source: Sequence[str],
    target: Sequence[str],
    known: np.ndarray | None = None,
    outlined: str = "",
) -> go.Figure:
    """One row for each target symbol, one column for each source symbol; `data.0.z` is what moves.

    attention: (target, source), rows add up to 1
    known: (target, source), 0 or 1: the true alignment, outlined
    outlined: what the outlines are called
    """
    _check(attention, source, target)
    rows, columns = attention.shape
    names = np.array([[f"{_plain(t)} ← {_plain(s)}" for s in source] for t in target], dtype=object)
    heat = go.Heatmap(
        z=attention,
        zmin=0,
        zmax=1,
        colorscale=CLOSED_TO_OPEN,
        customdata=names,
        hovertemplate="%{customdata}: %{z:.3f}<extra></extra>",
        colorbar={"thickness": 10, "len": 0.95, "outlinewidth": 0},
        xgap=1,
        ygap=1,
    )
    figure = framed(go.Figure(heat), height=int(min(640, max(260, 130 + 24 * rows))))
    if known is not None and known.any():
        steps, places = np.nonzero(known)
        figure.add_scatter(x=_corners_x(places), y=_corners_y(steps), mode="lines", name=outlined,
                           line={"color": ORANGE, "width": 2.5}, hoverinfo="skip")  # fmt: skip
    ticks = {"tickmode": "array", "showgrid": False}
    across, down = _places(columns), _places(rows)
    figure.update_xaxes(
        **ticks, tickvals=across, ticktext=[shown_token(source[i]) for i in across], title="source →",
        range=[-0.5, columns - 0.5],
        tickangle=0 if max(map(len, source)) <= 2 else -45 if columns <= CROWDED else -90,
    )  # fmt: skip
    figure.update_yaxes(
        **ticks, tickvals=down, ticktext=[shown_token(target[i]) for i in down],
        title={"text": "← target", "standoff": 12}, range=[rows - 0.5, -0.5],
    )  # fmt: skip
    return figure


def alignment_bands(
    attention: np.ndarray,
    *,
    source: Sequence[str],
    target: Sequence[str],
    known: np.ndarray | None = None,
    outlined: str = "",
    bands: str = "",
) -> go.Figure:
    """Source words on the left, target words on the right, a band as thick as the weight between them.

    `data.0.y` is what moves (`band_frames`). Known pairs are joined by a thin line.
    """
    _check(attention, source, target)
    rows, columns = attention.shape
    figure = go.Figure(
        go.Scatter(
            x=_band_x(rows, min(STRONGEST, columns)),
            y=band_frames(attention[None])[0],
            mode="lines",
            line={"width": 0.5, "color": BLUE},
            fill="toself",
            fillcolor="rgba(0, 114, 178, 0.55)",
            hoverinfo="skip",
            name=bands,
            showlegend=bool(bands),
        )
    )
    left, right = _heights(columns), _heights(rows)
    if known is not None and known.any():
        steps, places = np.nonzero(known)
        gap = np.full(len(steps), np.nan)
        figure.add_scatter(
            x=np.tile([0.0, 1.0, np.nan], len(steps)),
            y=np.stack([left[places], right[steps], gap], 1).ravel(),
            mode="lines", name=outlined, hoverinfo="skip",
            line={"color": ORANGE, "width": 1.5, "dash": "dot"},
        )  # fmt: skip
    for x, heights, words, side in ((0, left, source, "middle left"), (1, right, target, "middle right")):
        figure.add_scatter(
            x=np.full(len(words), x), y=heights, mode="markers+text", text=[shown_token(w) for w in words],
            textposition=side, marker={"color": GREY, "size": 5}, hoverinfo="skip", showlegend=False,
            cliponaxis=False,
        )  # fmt: skip
    framed(figure, height=int(min(900, max(260, 70 + 22 * max(rows, columns)))))
    figure.update_xaxes(visible=False, range=[-0.55, 1.55])
    figure.update_yaxes(visible=False, range=[1.04, -0.04])
    return figure


def band_frames(attention: np.ndarray) -> np.ndarray:
    """The bands' heights at every moment: (moment, target, source) -> (moment, point).

    Each target symbol gets a band to each of its strongest source symbols; weak ones have no height.
    """
    moments, rows, columns = attention.shape
    kept = min(STRONGEST, columns)
    places = np.argsort(-attention, axis=-1)[..., :kept]
    weights = np.take_along_axis(attention, places, -1)
    left, right = _heights(columns)[places], np.broadcast_to(_heights(rows)[None, :, None], places.shape)
    half = 0.35 * weights / max(rows, columns)
    gap = np.full_like(left, np.nan)
    corners = np.stack([left - half, right - half, right + half, left + half, left - half, gap], -1)
    corners[weights < THINNEST] = np.nan
    return corners.reshape(moments, -1)


def _band_x(rows: int, kept: int) -> np.ndarray:
    """The same corners' places across."""
    return np.tile([0.0, 1.0, 1.0, 0.0, 0.0, np.nan], rows * kept)


def _heights(words: int) -> np.ndarray:
    """Heights of words in a column from 0 (top) to 1, in the middle of equal shares."""
    return (np.arange(words) + 0.5) / words


def _corners_x(places: np.ndarray) -> np.ndarray:
    square = np.array([-0.5, 0.5, 0.5, -0.5, -0.5, np.nan])
    return (places[:, None] + square).ravel()


def _corners_y(steps: np.ndarray) -> np.ndarray:
    square = np.array([-0.5, -0.5, 0.5, 0.5, -0.5, np.nan])
    return (steps[:, None] + square).ravel()


def _places(count: int) -> list[int]:
    return list(range(0, count, -(-count // MOST_TICKS)))


def _plain(token: str) -> str:
    return shown_token(token)


def _check(attention: np.ndarray, source: Sequence[str], target: Sequence[str]) -> None:
    if attention.shape != (len(target), len(source)):
        raise ValueError(
            f"attention: wanted a row for each of {len(target)} target and a column for each of "
            f"{len(source)} source symbols, got shape {attention.shape}"
        )
