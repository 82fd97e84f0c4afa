"""The button beside a text field that puts another example into it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from pages.ui.language import say
from pages.ui.link import Link


def another_button(link: Link, act: Callable[..., None], *given: Any, help: str) -> None:
    """A click calls `act` with what is given."""
    st.button(
        say("Another"),
        icon=":material/casino:",
        key=f"{link.page}.another",
        on_click=act,
        args=given,
        help=help,
    )
