"""The frame of a page: title, what to see, and the end: mathematics, what to try, sources."""

from __future__ import annotations

import streamlit as st

from pages.ui.assets import BROWSER
from pages.ui.language import say
from pages.ui.link import Link
from pages.ui.prose import prose
from pages.ui.services import problems


def begin(page: str, title: str) -> Link:
    """Head of a page: its title and one sentence on what to look for. Returns the page's link."""
    st.html(BROWSER / "streamlit.css")
    st.header(say(title), anchor=False)
    st.markdown(prose(page, "look"))
    for problem in problems():
        st.warning(say(problem), icon=":material/database_off:")
    return Link(page)


def end(page: str) -> None:
    """Foot of a page: the mathematics, what to try next, what was measured and where it comes from."""
    names = {
        "mathematics": "The mathematics",
        "try": "What to try next",
        "sources": "What was measured, and sources",
    }
    for tab, section in zip(st.tabs([say(name) for name in names.values()]), names, strict=True):
        tab.markdown(prose(page, section))
