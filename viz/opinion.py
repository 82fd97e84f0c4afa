"""What several networks believe after each word, beside the exact answer; and how often each is right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import plotly.graph_objects as go

from viz.maps import shown_token, under_tokens
from viz.theme import BLUE, GREEN, GREY, ORANGE, PINK, SERIES, YELLOW, framed

COLOURS = {
    "RNN": BLUE,
    "LSTM": ORANGE,
    "GRU": GREEN,
    "Transformer": PINK,
    "Bag of words": YELLOW,
    "GPT's way": BLUE,
    "BERT's way": ORANGE,
}
EXACT = "exact"


def colour_of(name: str, place: int) -> str:
    """A network keeps its colour on every picture, whoever else is there."""
    return COLOURS.get(name, SERIES[place % len(SERIES)])


def opinion_curves(
    curves: Mapping[str, np.ndarray],
    *,
    tokens: Sequence[str],
    quantity: str,
    exact: np.ndarray | None = None,
    guessing: float,
) -> go.Figure:
    """A curve of probabilities for each network; `data.i.y` is what changes.

    curves: name -> (time,)
    exact: the right probabilities (time,), dotted, as the last trace; None where nobody knows them
    Raises ValueError where a curve has not one value for each token.
    """
    figure = go.Figure()
    told = [shown_token(token) for token in tokens]
    known = {} if exact is None else {EXACT: exact}
    for place, (name, values) in enumerate({**curves, **known}.items()):
        if values.shape != (len(tokens),):
            raise ValueError(f"{name}: wanted a value for each of {len(tokens)} tokens, got {values.shape}")
        right = name == EXACT and place == len(curves)
        figure.add_scatter(
            x=np.arange(len(tokens)),
            y=values,
            name=name,
            mode="lines" if right else "lines+markers",
            line={"color": GREY, "width": 4, "dash": "dot"}
            if right
            else {"color": colour_of(name, place), "width": 3},
            marker={"size": 8},
            customdata=told,
            hovertemplate="after %{customdata}: %{y:.3f}<extra>" + name + "</extra>",
            cliponaxis=False,
        )
    figure.add_hline(y=guessing, line={"dash": "dash", "color": GREY, "width": 1.5})
    framed(figure, height=400)
    under_tokens(figure, tokens)
    figure.update_yaxes(title=quantity, range=[-0.02, 1.02], showgrid=True)
    return figure


def grouped_bars(
    series: Mapping[str, np.ndarray],
    *,
    groups: Sequence[str],
    quantity: str,
    chance: Sequence[float],
    chance_name: str = "guessing",
    colours: Mapping[str, str] | None = None,
) -> go.Figure:
    """Bars between 0 and 1, a group for each thing measured; `data.i.y` is what changes.

    series: name -> (group,)
    chance: what guessing gets in each group, a dashed line over it; named `chance_name` in the legend
    """
    figure = go.Figure()
    for place, (name, values) in enumerate(series.items()):
        if np.shape(values) != (len(groups),):
            raise ValueError(
                f"{name}: wanted a value for each of {len(groups)} groups, got {np.shape(values)}"
            )
        figure.add_bar(
            x=list(range(len(groups))),
            y=values,
            name=name,
            marker={"color": (colours or {}).get(name) or colour_of(name, place)},
            customdata=list(groups),
            hovertemplate="%{customdata}: %{y:.1%}<extra>" + name + "</extra>",
        )
    for place, value in enumerate(chance):
        figure.add_shape(
            type="line", x0=place - 0.45, x1=place + 0.45, y0=value, y1=value,
            line={"dash": "dash", "color": GREY, "width": 3},
        )  # fmt: skip
    figure.add_scatter(
        x=[None], y=[None], mode="lines", name=chance_name, line={"dash": "dash", "color": GREY, "width": 3}
    )
    framed(figure, height=400, barmode="group", bargap=0.25)
    figure.update_xaxes(
        tickvals=list(range(len(groups))), ticktext=list(groups), range=[-0.5, len(groups) - 0.5]
    )
    figure.update_yaxes(title=quantity, range=[0, 1.04], showgrid=True)
    return figure
