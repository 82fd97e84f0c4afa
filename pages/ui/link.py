"""The link is the screen: what a page shows stands in the URL, and the URL decides what it shows.

A page's settings live in widgets while it is open. The URL wins whenever it says something that the
page itself did not write: a link that was opened, a page link with settings, the browser's back button.
"""

from __future__ import annotations

from typing import Any

import streamlit as st


class Link:
    """The URL's parameters for one page."""

    def __init__(self, page: str) -> None:
        """Read the URL and find out whether somebody else than this page wrote it."""
        self.page = page
        self.given = st.query_params.to_dict()
        last = st.session_state.get(f"{page}.link")
        self.fresh = last is None or (bool(self.given) and self.given != last)
        self.own: set[str] = set()
        self.started: set[str] = set()

    def start(self, name: str, value: Any) -> str:
        """The key of a widget, whose value is set to `value` where the URL decides.

        Once in a run of the page: a fragment that runs again leaves what the person has chosen since.
        """
        key = f"{self.page}.{name}"
        if (self.fresh and key not in self.started) or key not in st.session_state:
            st.session_state[key] = value
        self.started.add(key)
        return key

    def asked(self, name: str, default: str) -> str:
        """What the URL says of a parameter of the page's own."""
        self.own.add(name)
        return self.given.get(name, default)

    def write(self, wanted: dict[str, str], own: set[str]) -> None:
        """Make the URL say `wanted` of the parameters `own`; all others stay as they are by now."""
        now = st.query_params.to_dict()
        others = {name: value for name, value in now.items() if name not in own}
        write_query(self.page, others | wanted, always=self.fresh)

    def keep(self, name: str, value: str, default: str) -> None:
        """Make the URL say one parameter of the page's own, or nothing where it is the default."""
        query = {key: text for key, text in st.query_params.to_dict().items() if key != name}
        write_query(self.page, query if value == default else query | {name: value})


def write_query(page: str, query: dict[str, str], *, always: bool = False) -> None:
    """Set the whole URL, and remember that it was this page that did.

    always: tell the browser even what the server believes already; after a page link to the same page
    only the server has the new parameters, and the address bar keeps the old ones
    """
    if always or query != st.query_params.to_dict():
        st.query_params.from_dict(query)
    st.session_state[f"{page}.link"] = query
