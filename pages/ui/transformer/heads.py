"""Which head is looked at: chosen with buttons, or by a click on its small map."""

from __future__ import annotations

import streamlit as st
from torch import Tensor

from models.experiment import Experiment
from models.tasks import Task
from pages.ui.controls.probe import probe_editor
from pages.ui.controls.units import layer_choice
from pages.ui.language import say
from pages.ui.link import Link
from pages.ui.training.live import Shown

MOST_TOKENS = 32
"""Maps have one row and one column for each token; more would not be legible, nor quick to send."""


def head_choice(link: Link, experiment: Experiment) -> tuple[int, int]:
    """Layer and head to look at; the link says them, a click on a small map changes them."""
    heads, layers = experiment.model.heads, experiment.model.layers
    clicked = st.session_state.pop(f"{link.page}.clicked_head", None)
    if clicked is not None and clicked < heads * layers:
        link.start("layer", 0)
        st.session_state[f"{link.page}.layer"], st.session_state[f"{link.page}.head"] = divmod(clicked, heads)
    layer = layer_choice(link, experiment)
    asked = link.asked("head", "0")
    key = link.start("head", int(asked) if asked.isdecimal() and len(asked) < 3 else 0)
    if clicked is not None and clicked < heads * layers:
        st.session_state[key] = clicked % heads
    st.session_state[key] = min(st.session_state[key] or 0, heads - 1)
    head = st.segmented_control(
        say("Head to look at"), range(heads), key=key, required=True,
        help=say("A click on a small map chooses it too."),
    )  # fmt: skip
    link.keep("head", str(head), "0")
    return layer, head


def short_probe(link: Link, task: Task) -> Tensor:
    """The person's sequence, cut to what a map of every pair of tokens can show."""
    return shortened(probe_editor(link, task))


def shortened(probe: Tensor) -> Tensor:
    """The first tokens of a sequence (time,); where some are left out it is said."""
    if len(probe) > MOST_TOKENS:
        st.caption(say("Shown are the first {n} tokens.", n=MOST_TOKENS))
    return probe[:MOST_TOKENS]


def follow_click(shown: Shown, link: Link) -> None:
    """Go to the head, or to the query and key, that were clicked last."""
    clicked = shown.board.clicked
    if not clicked or clicked == st.session_state.get(f"{link.page}.seen_click"):
        return
    st.session_state[f"{link.page}.seen_click"] = clicked
    if clicked["picture"] == "heads":
        st.session_state[f"{link.page}.clicked_head"] = int(clicked["curve"])
        st.rerun()
    if clicked["picture"] == "map":
        st.session_state[f"{link.page}.score_query"] = int(clicked["y"])
        st.session_state[f"{link.page}.score_key"] = int(clicked["x"])


def moment_of(shown: Shown) -> int:
    """The training step whose weights the details below the board use."""
    moments = shown.film.moments
    return shown.board.moment if shown.board.moment in moments else moments[-1]
