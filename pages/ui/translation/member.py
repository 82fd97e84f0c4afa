"""Which of several networks a page looks into, and at which moment of its training."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from pages.ui.language import say
from pages.ui.link import Link
from pages.ui.training.group import Group, Member


def network_choice(link: Link, names: Sequence[str]) -> str:
    """Which network is looked into, where there are several; by its place in the link."""
    asked = link.asked("into", "0")
    place = int(asked) if asked.isdecimal() and len(asked) < 3 and int(asked) < len(names) else 0
    key = link.start("into", place)
    st.session_state[key] = min(st.session_state[key] or 0, len(names) - 1)
    place = st.segmented_control(
        say("Look into"), range(len(names)), key=key, format_func=lambda i: names[i], required=True,
        help=say("Which network's hidden states, beam and probabilities are shown."),
    )  # fmt: skip
    link.keep("into", str(place), "0")
    return names[place]


def moment_of(group: Group, member: Member) -> int:
    """The member's newest moment that is not after the one shown."""
    shown = group.board.moment if group.board and group.board.moment is not None else member.film.moments[-1]
    return max((step for step in member.film.moments if step <= shown), default=member.film.moments[0])
