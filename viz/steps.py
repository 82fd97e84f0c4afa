"""One number after each step of a sequence, as curves: an opinion that forms, a unit that counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import plotly.graph_objects as go

from viz.maps import shown_token, under_tokens
from viz.theme import GREY, SERIES, framed


def step_curves(
    curves: Mapping[str, np.ndarray],
    *,
    tokens: Sequence[Sequence[str]],
    quantity: str,
    within: tuple[float, float],
    guessing: float | None = None,
    dotted: Sequence[str] = (),
    beside: bool = True,
) -> go.Figure:
    """A curve for each sequence, `data.i.y` being what changes; tokens that differ stand beside them.

    curves: name -> (time,)
    tokens: the tokens of each curve; the first one's stand under the axis
    within: fixed range of the values
    guessing: a dashed line where pure guessing is
    dotted: names of curves that are not the network's: a known right answer
    beside: whether the tokens that differ are written beside their curve
    Raises ValueError where a curve and its tokens differ in length.
    """
    figure = go.Figure()
    plain = 0
    for (name, values), words in zip(curves.items(), tokens, strict=True):
        if values.shape != (len(words),):
            raise ValueError(f"{name}: wanted a value for each of {len(words)} tokens, got {values.shape}")
        known = name in dotted
        colour = GREY if known else SERIES[plain % len(SERIES)]
        plain += not known
        differs = [
            beside and (step >= len(tokens[0]) or word != tokens[0][step]) for step, word in enumerate(words)
        ]
        figure.add_scatter(
            x=np.arange(len(values)),
            y=values,
            name=name,
            mode="lines" if known else "lines+markers+text",
            text=[shown_token(word) if other else "" for word, other in zip(words, differs, strict=True)],
            textposition="top center",
            textfont={"color": colour},
            customdata=[shown_token(word) for word in words],
            line={
                "color": colour,
                "width": 2 if known else 5 if plain == 1 else 2.5,
                "dash": "dot" if known else "solid",
            },
            hovertemplate="after step %{x}, %{customdata}: %{y:.3f}<extra>" + name + "</extra>",
            cliponaxis=False,
        )
    if guessing is not None:
        figure.add_hline(y=guessing, line={"dash": "dash", "color": GREY, "width": 2})
    framed(figure, height=430)
    under_tokens(figure, max(tokens, key=len) if len(tokens[0]) < max(map(len, tokens)) else tokens[0])
    figure.update_yaxes(title=quantity, range=list(within), showgrid=True)
    return figure
