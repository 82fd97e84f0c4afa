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


KINDS = (
    ("dropped", GREY, 1.0, "dot"),
    ("in the beam", BLUE, 2.0, "solid"),
    ("best answer", ORANGE, 4.0, "solid"),
)
"""Name, colour, width and dash of the branches, the most important drawn last."""
CROWDED = 10
"""Columns from which on only what the search kept is named."""


def beam_tree(branches: Sequence[Branch]) -> go.Figure:
    """Steps run down; at each step the most probable beginnings stand on the left.

    branches: the root first, parents before children
    Raises ValueError for a branch that stands before its parent.
    """
    columns = _columns(branches)
    figure = go.Figure()
    for name, colour, width, dash in KINDS:
        chosen = [place for place, branch in enumerate(branches) if _kind(branch) == name]
        _add_edges(figure, branches, columns, chosen, {"color": colour, "width": width, "dash": dash})
    for name, colour, _, _ in KINDS:
        chosen = [place for place, branch in enumerate(branches) if _kind(branch) == name]
        named = name != "dropped" or max(columns) < CROWDED
        _add_symbols(figure, branches, columns, chosen, name, colour, named)
    steps = max(branch.step for branch in branches)
    framed(figure, height=int(min(1000, 110 + 36 * (steps + 2))))
    figure.update_xaxes(visible=False, range=[-0.4, max(columns) + 0.9])
    numbers = range(0, steps + 1, 1 if steps < 25 else 5)
    figure.update_yaxes(
        title="step", range=[steps + 0.6, -1.5], showgrid=False,
        tickmode="array", tickvals=list(numbers), ticktext=[str(step + 1) for step in numbers],
    )  # fmt: skip
    return figure


def _columns(branches: Sequence[Branch]) -> list[int]:
    """The column of each branch: kept ones first, the more probable the further left."""
    columns = [0] * len(branches)
    for step in {branch.step for branch in branches}:
        here = [place for place, branch in enumerate(branches) if branch.step == step]
        here.sort(key=lambda place: (not branches[place].kept, -branches[place].log_probability))
        for column, place in enumerate(here):
            columns[place] = column
    return columns


def _kind(branch: Branch) -> str:
    if branch.best:
        return "best answer"
    return "in the beam" if branch.kept else "dropped"


def _add_edges(figure, branches, columns, chosen, line) -> None:
    x, y = [], []
    for place in chosen:
        parent = branches[place].parent
        if parent < 0:
            continue
        if parent >= place:
            raise ValueError(f"branch {place}: wanted its parent before it, got parent {parent}")
        x += [columns[parent], columns[place], np.nan]
        y += [branches[parent].step, branches[place].step, np.nan]
    figure.add_scatter(x=x, y=y, mode="lines", line=line, hoverinfo="skip", showlegend=False)


def _add_symbols(figure, branches, columns, chosen, name, colour, named) -> None:
    here = [branches[place] for place in chosen]
    figure.add_scatter(
        x=[columns[place] for place in chosen],
        y=[branch.step for branch in here],
        mode="markers+text" if named else "markers",
        name=name,
        text=[f" {shown_token(branch.symbol)}" for branch in here],
        textposition="middle right",
        textfont={"size": 12 if name == "dropped" else 14, "color": colour if name == "dropped" else None},
        marker={"color": colour, "size": [6 + 10 * branch.probability for branch in here], "opacity": 1},
        customdata=[
            [shown_token(branch.symbol), branch.probability, branch.log_probability] for branch in here
        ],
        hovertemplate="%{customdata[0]}: probability %{customdata[1]:.3f} after what stands before it<br>"
        "log-probability from the start %{customdata[2]:.2f} nats<extra>" + name + "</extra>",
        cliponaxis=False,
    )
