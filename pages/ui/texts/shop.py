"""A session clicked together, and a shop of the person's own from a CSV."""

from __future__ import annotations

import random
from functools import partial

import streamlit as st
from torch import Tensor

from models.looks_clicks import read_session
from models.tasks import build_task, shop
from models.tasks.clicks import MOST_CLICKS, Clicks
from models.uploads import read_sessions
from pages.ui.language import say
from pages.ui.link import Link
from pages.ui.texts.bring import Wanted, bring

SESSIONS = Wanted(
    task="clicks",
    read=read_sessions,
    title="Sessions of your own",
    ask="A CSV file in UTF-8 with the columns session and item, up to 5 MB",
    help="One row for each click, in the order of the clicks. Sessions of a single click teach nothing and "
    "are left out. One session in five is held out. The file stays on this server.",
    use="Use these sessions",
    counted="{name}: {n:,} sessions",
    back="the made shop",
    gone="The sessions of this link are not kept here. Bring the file again; the made shop is shown.",
    own=frozenset({"session"}),
)
SHELVES = {**shop.DEPARTMENTS, "everyday": shop.EVERYDAY}


def own_sessions(link: Link) -> None:
    """Sessions of a person's own in place of the made shop's, and how many there are."""
    with st.sidebar:
        if key := bring(link, SESSIONS):
            st.caption(_told(key))


def session_editor(link: Link, task: Clicks) -> Tensor:
    """The session (time,) in the text field, filled by hand or by clicking items."""
    example = task.example()
    key = link.start(f"session.{task.upload[:8]}", link.asked("session", example))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        text = st.text_input(
            say("The visitor's clicks so far (items divided by commas)"), key=key, max_chars=4000,
            help=say("Type, or click items below. At most {n} clicks.", n=MOST_CLICKS),
            persist_state="session",
        )  # fmt: skip
        for name, label, icon, act in (
            ("undo", say("Take back"), "undo", _undo),
            ("another", say("Another visitor"), "casino", _another),
        ):
            st.button(label, key=f"{link.page}.{name}", icon=f":material/{icon}:",
                      on_click=act, args=(key, task))  # fmt: skip
    _shelves(link, task, key)
    try:
        session = read_session(task, text)
    except ValueError as error:
        st.warning(
            say("This session cannot be read: {why}. The example is shown instead.", why=error),
            icon=":material/edit_off:",
        )
        text, session = example, read_session(task, example)
    link.keep("session", text, example)
    return session


def _shelves(link: Link, task: Clicks, key: str) -> None:
    """The items, each of which adds a click."""
    with st.expander(say("Click items"), icon=":material/add_shopping_cart:", expanded=not task.upload):
        if task.upload:
            name = f"{link.page}.shelf.own"
            st.selectbox(
                say("Item"), task.symbols[1:], index=None, key=name, on_change=partial(_add, key, name),
                placeholder=say("Search an item to click it"),
            )  # fmt: skip
            return
        department = st.segmented_control(
            say("Shelf"), list(SHELVES), key=link.start("department", next(iter(SHELVES))),
            format_func=lambda name: say(name), required=True, persist_state="session",
        )  # fmt: skip
        name = f"{link.page}.shelf.{department}"
        st.pills(
            say("Items"), SHELVES[department], key=name, on_change=partial(_add, key, name),
            help=say("Each click goes behind the others. Two are for all year, two for summer, two for "
                     "winter."),
        )  # fmt: skip


def _add(key: str, shelf: str) -> None:
    item = st.session_state[shelf]
    st.session_state[shelf] = None
    if item:
        before = st.session_state[key].strip().rstrip(",")
        st.session_state[key] = f"{before}, {item}" if before else item


def _undo(key: str, task: Clicks) -> None:
    try:
        session = read_session(task, st.session_state[key])
    except ValueError:
        session = read_session(task, task.example())
    st.session_state[key] = ", ".join(task.decode(session[:-1] if len(session) > 1 else session))


def _another(key: str, task: Clicks) -> None:
    sessions = task.sessions_of(held_out=True)
    session = sessions[random.randrange(len(sessions))]
    st.session_state[key] = ", ".join(task.decode(session[session != 0]))


def _told(key: str) -> str:
    task = build_task("clicks", upload=key)
    learnt, held_out = (len(task.sessions_of(held_out=part)) for part in (False, True))
    return say(
        "{items:,} items, {learnt:,} sessions to learn from, {held_out:,} held out.",
        items=len(task.symbols) - 1,
        learnt=learnt,
        held_out=held_out,
    )
