"""Under the maps: the equation of one cell with the actual numbers filled in."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st
from torch import Tensor

from models.analysis.equations import equation
from models.film import network_at
from pages.ui.language import say
from pages.ui.services import store
from pages.ui.training.live import Shown


def equation_of_cell(
    shown: Shown, page: str, probe: Tensor, tokens: Sequence[str], taps: Sequence[str]
) -> None:
    """How the clicked (or selected) unit came to its value at a step, at the moment shown."""
    clicked = shown.board.clicked
    if clicked and clicked["picture"] in taps and clicked != st.session_state.get(f"{page}.seen_click"):
        st.session_state[f"{page}.seen_click"] = clicked
        st.session_state[f"{page}.cell_tap"] = clicked["picture"]
        st.session_state[f"{page}.cell_step"] = min(int(clicked["x"]), len(tokens) - 1)
        st.session_state[f"{page}.cell_unit"] = _unit(clicked, shown)
    units = shown.run.experiment.model.hidden
    with st.container(border=True):
        st.markdown(
            f"**{say('One cell, with its numbers')}** · " + say("click a cell of a map, or choose here")
        )
        tap_column, step_column, unit_column = st.columns(3)
        tap = tap_column.selectbox(say("Value"), taps, key=f"{page}.cell_tap", format_func=_readable)
        step = step_column.selectbox(
            say("Token"),
            range(len(tokens)),
            key=f"{page}.cell_step",
            format_func=lambda i: f"{i}: {tokens[i]}",
        )
        unit = unit_column.selectbox(say("Unit"), range(units), key=f"{page}.cell_unit")
        moment = shown.board.moment if shown.board.moment in shown.film.moments else shown.film.moments[-1]
        network = network_at(shown.run.experiment, store().snapshot(shown.run.id, moment))
        found = equation(network, probe, tap, unit, step)
        st.latex(found.symbolic)
        st.latex(found.numeric)
        if found.contributors:
            parts = ", ".join(
                say("unit {unit}: {share:+.2f}", unit=u, share=s) for u, s in found.contributors
            )
            st.caption(
                say(
                    "The previous hidden state pushes most through {parts}. Update {step}.",
                    parts=parts,
                    step=moment,
                )
            )


def _unit(clicked: dict, shown: Shown) -> int:
    """A map's rows may be sorted: the row's label says the unit."""
    label = clicked.get("label", clicked["y"])
    return min(int(label), shown.run.experiment.model.hidden - 1)


def _readable(tap: str) -> str:
    layer, name = tap.rsplit(".", 1)
    return f"{say(name.replace('_', ' '))} ({layer})"
