"""The link is the screen: what a page shows stands in the URL, and the URL decides what it shows.

A page's settings live in widgets while it is open. The URL wins whenever it says something that the
page itself did not write: a link that was opened, a page link with settings, the browser's back button.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

BEGIN = "begin"
"""A parameter that says: begin with this link, even if this page wrote the same a moment ago. Never kept."""

EMBEDDING = ("embed", "embed_options")
"""Parameters that are Streamlit's own: it keeps them in the URL whatever a page writes."""

REMEMBERED = 20
"""Links that a page wrote and that the browser may not know yet when it next asks."""


class _Written:
    """What one page wrote into the URL lately, the newest last.

    One object, changed in place: Streamlit may end a script at any use of `st`, so between the browser
    being told and this being noted there must be none.
    """

    def __init__(self) -> None:
        self.all: list[dict[str, str]] = []
        self.of_part: dict[str, dict[str, str]] = {}

    def note(self, part: str, query: dict[str, str]) -> None:
        """One link more, written by a part of the page; a live page writes the same again and again."""
        self.all = [*(known for known in self.all if known != query), query][-REMEMBERED:]
        self.of_part[part] = query


class Link:
    """The URL's parameters for one page, or for one part of a page whose parts have settings of their own."""

    def __init__(self, page: str, whole: Link | None = None) -> None:
        """Read the URL and find out whether somebody else than this page wrote it.

        whole: the link of the page that this is a part of

        A line is never as fast as a hand: who moves two sliders within its delay sends the second with the
        link that was there before the first. A link that this page wrote earlier is therefore no wish, unless
        the person went back to it, came from another page or followed a link that says so (`begin_with`).
        """
        self.page = page
        self.own: set[str] = set()
        self.started: set[str] = set()
        if whole:
            self.given, self.fresh = dict(whole.given), whole.fresh
            return
        written = _written(page)
        here = st.session_state.get("link.page") == page
        st.session_state["link.page"] = page
        given = _link_of_this_script()
        asked = given.pop(BEGIN, None) is not None or _gone_back()
        late = here and not asked and given in written.all
        self.fresh = asked or not written.all or (bool(given) and given != written.all[-1] and not late)
        if self.fresh:
            written.note(page, given)
        elif given != written.all[-1]:
            given = written.all[-1]
            st.query_params.from_dict(given)
        self.given = dict(given)

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


def begin_with(query: dict[str, str]) -> dict[str, str]:
    """`query` for a link that is to be followed even where the page wrote the same before."""
    return query | {BEGIN: "1"}


def last_written(part: str) -> dict[str, str] | None:
    """The link that a part of a page wrote last; None where it wrote none."""
    return _written(part).of_part.get(part)


def write_query(page: str, query: dict[str, str], *, always: bool = False) -> None:
    """Set the whole URL, and remember that it was this page that did.

    always: tell the browser even what the server believes already; after a page link to the same page
    only the server has the new parameters, and the address bar keeps the old ones
    """
    query = {name: value for name, value in query.items() if name != BEGIN}
    told = st.query_params.to_dict() == query
    _written(page).note(page, query)
    if always or not told:
        st.query_params.from_dict(query)


def _written(page: str) -> _Written:
    return st.session_state.setdefault(f"{page.split('.')[0]}.written", _Written())


def _link_of_this_script() -> dict[str, str]:
    """The URL that the browser sent with its wish, and what a callback made of it.

    Not `st.query_params`: all scripts of a tab share these, and one that is being left off may still change
    them when the next has begun.
    """
    context = get_script_run_ctx(suppress_warning=True)
    pairs = parse_qsl(context.query_string, keep_blank_values=True) if context else ()
    return {name: value for name, value in pairs if name.lower() not in EMBEDDING}


def _gone_back() -> bool:
    """Whether the browser's back or forward button led here."""
    context = get_script_run_ctx(suppress_warning=True)
    return context is not None and context.is_history_navigation
