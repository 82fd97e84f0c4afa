"""A text of the person's own to train on: pasted or uploaded, checked, kept in the store."""

from __future__ import annotations

import streamlit as st

from models.tasks import library
from pages.ui.language import say
from pages.ui.link import Link
from pages.ui.services import store


def text_control(link: Link, name: str, value: str) -> str:
    """The key of the text to train on: Python's own reference text, or one of the person's."""
    key = link.start(name, value)
    own = st.session_state[key]
    choices = list(dict.fromkeys([library.PYDOC, own]))
    st.selectbox(
        say("Text"),
        choices,
        key=key,
        format_func=lambda k: say("Python's reference text") if k == library.PYDOC else say("Your text"),
        help=say("What the network learns to continue."),
        persist_state="session",
    )
    with st.expander(say("Use a text of your own"), icon=":material/upload_file:"):
        file = st.file_uploader(
            say("A .txt file in UTF-8, up to 2 MB"),
            type=["txt"],
            max_upload_size=2,
            key=f"{name}.{link.page}.file",
        )
        pasted = st.text_area(say("… or paste a text here"), key=f"{name}.{link.page}.pasted")
        st.button(
            say("Use this text"),
            key=f"{name}.{link.page}.use",
            on_click=_use,
            args=(key, file, pasted),
            disabled=not (file or pasted),
        )
        if refused := st.session_state.pop(f"{key}.refused", None):
            st.error(say("This text cannot be used: {why}.", why=refused), icon=":material/block:")
    return st.session_state[key]


def _use(key: str, file, pasted: str) -> None:
    try:
        text = library.check_upload(file.getvalue() if file else pasted.encode())
    except ValueError as error:
        st.session_state[f"{key}.refused"] = str(error)
        return
    st.session_state[key] = store().save_text(text)
