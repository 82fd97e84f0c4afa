"""A beam search as a tree: what was written, what was thought of and dropped, and how probable it was."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go

from viz.maps import shown_token
from viz.theme import BLUE, GREY, ORANGE, framed


@dataclass(frozen=True, slots=True)
class Branch:
    """One symbol that the search wrote or thought of."""

    symbol: str
    step: int
    """Target step; -1 at the root."""
    probability: float
    """Of the symbol after its parent."""
    log_probability: float
    """Of everything from the root to here, in nats."""
    parent: int
    """Place of the parent; -1 at the root."""
    kept: bool
    best: bool = False
    """Whether it is part of the most probable answer."""


def beam_tree(branches: Sequence[Branch]) -> go.Figure:
    """Steps run across; at each step the most probable beginnings stand on top.

    branches: the root first, parents before children
    Raises ValueError for a branch that stands before its parent.
    """
    rows = _rows(branches)
    figure = go.Figure()
    kinds = (
        ("dropped", GREY, 1.0, "dot"),
        ("in the beam", BLUE, 2.0, "solid"),
        ("best answer", ORANGE, 4.0, "solid"),
    )
    for name, colour, width, dash in kinds:
        chosen = [place for place, branch in enumerate(branches) if _kind(branch) == name]
        _add_edges(figure, branches, rows, chosen, {"color": colour, "width": width, "dash": dash})
        _add_symbols(figure, branches, rows, chosen, name, colour)
    steps = max(branch.step for branch in branches)
    framed(figure, height=int(min(620, 90 + 30 * (1 + max(rows, default=0)))))
    figure.update_xaxes(title="step", range=[-1.3, steps + 0.8], showgrid=False, dtick=1 if steps < 25 else 5)
    figure.update_yaxes(visible=False, autorange="reversed")
    return figure


def _rows(branches: Sequence[Branch]) -> list[int]:
    """The row of each branch: kept ones first, the more probable the higher."""
    rows = [0] * len(branches)
    for step in {branch.step for branch in branches}:
        here = [place for place, branch in enumerate(branches) if branch.step == step]
        here.sort(key=lambda place: (not branches[place].kept, -branches[place].log_probability))
        for row, place in enumerate(here):
            rows[place] = row
    return rows


def _kind(branch: Branch) -> str:
    if branch.best:
        return "best answer"
    return "in the beam" if branch.kept else "dropped"


def _add_edges(figure, branches, rows, chosen, line) -> None:
    x, y = [], []
    for place in chosen:
        parent = branches[place].parent
        if parent < 0:
            continue
        if parent >= place:
            raise ValueError(f"branch {place}: wanted its parent before it, got parent {parent}")
        x += [branches[parent].step, branches[place].step, np.nan]
        y += [rows[parent], rows[place], np.nan]
    figure.add_scatter(x=x, y=y, mode="lines", line=line, hoverinfo="skip", showlegend=False)


def _add_symbols(figure, branches, rows, chosen, name, colour) -> None:
    here = [branches[place] for place in chosen]
    figure.add_scatter(
        x=[branch.step for branch in here],
        y=[rows[place] for place in chosen],
        mode="markers+text",
        name=name,
        text=[shown_token(branch.symbol) for branch in here],
        textposition="top center",
        textfont={"size": 11 if name == "dropped" else 13, "color": colour if name == "dropped" else None},
        marker={"color": colour, "size": [6 + 10 * branch.probability for branch in here]},
        customdata=[
            [shown_token(branch.symbol), branch.probability, branch.log_probability] for branch in here
        ],
        hovertemplate="%{customdata[0]}: probability %{customdata[1]:.3f} after what stands before it<br>"
        "log-probability from the start %{customdata[2]:.2f} nats<extra>" + name + "</extra>",
        cliponaxis=False,
    )
