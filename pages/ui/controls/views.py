"""Which part of a page is open: only what is looked at is computed."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from pages.ui.language import say
from pages.ui.link import Link


def view_choice(link: Link, views: Mapping[str, str]) -> str:
    """One of several views by name; the first by default, and where the link asks for another."""
    names = list(views)
    asked = link.asked("view", names[0])
    view = st.segmented_control(
        say("What to look at"),
        names,
        key=link.start("view", asked if asked in names else names[0]),
        format_func=views.get,
        required=True,
        label_visibility="collapsed",
    )
    link.keep("view", view, names[0])
    return view
