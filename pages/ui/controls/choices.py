"""Choices of a page's own: each a widget, and a parameter of the link that says the same."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st

from models.settings import shortened
from pages.ui.language import say
from pages.ui.link import Link

MOST_SEGMENTS = 4


def choice(
    link: Link,
    name: str,
    options: Sequence[Any],
    default: Any,
    label: str,
    help: str,
    *,
    shown: Callable[[Any], str] = str,
) -> Any:
    """One of several; a link that asks for another is told so and gets the default."""
    written = {str(option): option for option in options}
    asked = link.asked(name, str(default))
    if asked not in written:
        _notice(link, name, say("one of {options}", options=", ".join(written)), asked)
    key = link.start(name, written.get(asked, default))
    if st.session_state[key] not in options:
        st.session_state[key] = default
    if all(isinstance(option, int) for option in options) and len(options) > MOST_SEGMENTS:
        chosen = st.select_slider(
            label, options, key=key, help=help, format_func=shown, persist_state="session"
        )
    elif len(options) <= MOST_SEGMENTS:
        chosen = st.segmented_control(
            label, options, key=key, help=help, format_func=shown, required=True, persist_state="session"
        )
    else:
        chosen = st.selectbox(label, options, key=key, help=help, format_func=shown, persist_state="session")
    link.keep(name, str(chosen), str(default))
    return chosen


def number(link: Link, name: str, default: int, low: int, high: int, label: str, help: str) -> int:
    """A whole number from `low` to `high`; a link that asks for another is told so and gets the default."""
    asked = link.asked(name, str(default))
    good = asked.isascii() and asked.isdecimal() and len(asked) < 12 and low <= int(asked) <= high
    if not good:
        _notice(link, name, say("a whole number from {low} to {high}", low=low, high=high), asked)
    key = link.start(name, int(asked) if good else default)
    chosen = st.number_input(label, low, high, key=key, step=1, help=help, persist_state="session")
    link.keep(name, str(chosen), str(default))
    return chosen


def renew(link: Link, chosen: str, names: Sequence[str]) -> None:
    """Forget what widgets were set to when another network was chosen: it begins with its own defaults."""
    key = f"{link.page}.renewed"
    if st.session_state.get(key, chosen) != chosen and not link.fresh:
        for name in names:
            st.session_state.pop(f"{link.page}.{name}", None)
            link.given.pop(name, None)
    st.session_state[key] = chosen


def _notice(link: Link, name: str, wanted: str, came: str) -> None:
    if link.fresh:
        told = say("{name}: wanted {wanted}, got {came}", name=name, wanted=wanted, came=shortened(came))
        st.warning(
            say("The link asked for something that cannot be: {what}", what=told), icon=":material/link_off:"
        )
