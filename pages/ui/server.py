"""What the server needs beside the pages: the board's files, and the engine started and ended with it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pandas  # noqa: F401  plotly and Streamlit both look for it; two visits importing it at once fail
import streamlit as st
from streamlit.runtime.pages_manager import PagesManager

from models.training.records import StoreFault
from pages.ui.assets import routes
from pages.ui.language import say
from pages.ui.services import engine, prepare

__all__ = ["explain", "lifespan", "routes"]

PagesManager.uses_pages_directory = False
"""Streamlit takes a folder named pages for its older kind of multi-page app until the first visit has
called `st.navigation`: a deep link on a fresh server would show a wrong menu. This says at once that
there is a table of contents."""


@asynccontextmanager
async def lifespan(_app: st.App) -> AsyncIterator[None]:
    """Start the engine with the server, beside its first requests, and end it with the server."""
    starting = asyncio.get_running_loop().run_in_executor(None, prepare)
    try:
        yield
    finally:
        await starting
        engine().close()


def explain(error: Exception) -> bool:
    """Tell a visitor of an error that no page foresaw, in words; the server's log has the whole of it."""
    if isinstance(error, StoreFault):
        st.error(say(str(error)), icon=":material/database_off:")
    else:
        told = "This part of the page met an error that it does not know. The server's log has noted it. "
        told += "Other settings or a reload may help."
        st.error(say(told), icon=":material/error:")
    return True
