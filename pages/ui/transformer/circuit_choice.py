"""Which of the two circuits a page shows; each keeps its own settings in the link."""

from __future__ import annotations

import streamlit as st

from pages.ui.language import say
from pages.ui.link import Link, begin_with, last_written

INDUCTION, GROKKING = "induction", "grokking"
NAMES = {
    INDUCTION: "An induction head: copy what followed last time",
    GROKKING: "Grokking: by heart first, understood later",
}


def circuit_choice(link: Link) -> tuple[str, Link]:
    """The circuit on the screen and the link of its settings.

    Changing the circuit brings back the settings with which the other was last seen.
    """
    asked = link.asked("circuit", INDUCTION)
    if asked not in NAMES and link.fresh:
        st.warning(
            say("The link asked for something that cannot be: {what}",
                what=f"circuit: wanted one of {', '.join(NAMES)}, got {asked[:40]}"),
            icon=":material/link_off:",
        )  # fmt: skip
    key = link.start("circuit", asked if asked in NAMES else INDUCTION)
    circuit = st.segmented_control(
        say("Circuit"), NAMES, key=key, format_func=lambda name: say(NAMES[name]), required=True,
        on_change=_bring_back, args=(link.page, key), label_visibility="collapsed",
    )  # fmt: skip
    link.keep("circuit", circuit, INDUCTION)
    return circuit, Link(f"{link.page}.{circuit}", link)


def _bring_back(page: str, key: str) -> None:
    """The URL that belongs to the circuit just chosen."""
    circuit = st.session_state[key]
    fresh = {} if circuit == INDUCTION else {"circuit": circuit}
    st.query_params.from_dict(begin_with(last_written(f"{page}.{circuit}") or fresh))
