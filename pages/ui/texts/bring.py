"""A file that a person brings: checked, kept in the store, and named by the link."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import streamlit as st

from models.tasks import build_task
from models.uploads import MOST_BYTES, read_text
from pages.ui.language import say
from pages.ui.link import Link, begin_with
from pages.ui.services import store

UPLOAD = "task.upload"
TYPES = ["csv", "tsv", "txt"]


@dataclass(frozen=True)
class Wanted:
    """What a page takes from a person. All texts are for `say`."""

    task: str
    """The task that reads it; its setting `upload` is the key of the kept text."""
    read: Callable[[str], Sequence]
    """What the text is taken apart into; raises ValueError, naming row and column, where it cannot be."""
    title: str
    ask: str
    help: str
    use: str
    """The button."""
    counted: str
    """A kept file, with {name} and {n}."""
    back: str
    """What the page has without a file."""
    gone: str
    """The page is told of a file that this server does not have."""
    own: frozenset[str] = frozenset()
    """Parameters of the link that mean nothing for other data; those of the task and the run never do."""


def bring(link: Link, wanted: Wanted, *, name_task: bool = False) -> str:
    """Take a file, go to it, and back to the page's own data; the key of what the link speaks of, or "".

    A key that the store does not know is told of and taken out of the link.
    name_task: whether the link must name the task, because the page's own data is another one
    """
    key = _asked(link, wanted, name_task)
    kept = st.session_state.setdefault(f"{link.page}.own", {})
    with st.expander(say(wanted.title), icon=":material/upload_file:", expanded=bool(key)):
        file = st.file_uploader(
            say(wanted.ask), type=TYPES, max_upload_size=MOST_BYTES // 1_000_000, key=f"{link.page}.file",
            help=say(wanted.help),
        )  # fmt: skip
        st.button(
            say(wanted.use), key=f"{link.page}.use", on_click=_use, disabled=file is None,
            args=(link.page, wanted, name_task, file),
        )  # fmt: skip
        if refused := st.session_state.pop(f"{link.page}.refused", None):
            st.error(
                say("This file cannot be used: {why}. All else stays as it is.", why=refused),
                icon=":material/block:",
            )
        places = {say(wanted.back): {}} if key else {}
        places |= {name: _named(wanted, name_task, other) for name, other in kept.items() if other != key}
        with st.container(horizontal=True, gap="small"):
            for name, query in places.items():
                st.page_link(
                    f"pages/{link.page}.py", label=name, query_params=begin_with(query), width="content"
                )
    return key


def keep(wanted: Wanted, data: bytes) -> tuple[str, int]:
    """Check a file and keep its text: its key and how many rows or sessions it has.

    Raises UploadError where it cannot be used; nothing is kept then.
    """
    text = read_text(data)
    count = len(wanted.read(text))
    return store().save_text(text), count


def _asked(link: Link, wanted: Wanted, name_task: bool) -> str:
    """The key in the link; a link to what is not here is mended."""
    key = link.given.get(UPLOAD, "")
    if not key and not (name_task and link.given.get("task") == wanted.task):
        return ""
    try:
        build_task(wanted.task, upload=key).held_out(1)
    except ValueError:
        st.warning(say(wanted.gone), icon=":material/link_off:")
        for name in _foreign(wanted, link.given):
            del link.given[name]
            st.query_params.pop(name, None)
        return ""
    return key


def _use(page: str, wanted: Wanted, name_task: bool, file) -> None:
    """A good file becomes what the page trains on, a bad one is explained, all else stays."""
    try:
        key, count = keep(wanted, file.getvalue())
    except ValueError as error:
        st.session_state[f"{page}.refused"] = str(error)
        return
    st.session_state[f"{page}.own"][say(wanted.counted, name=file.name, n=count)] = key
    query = st.query_params.to_dict()
    foreign = _foreign(wanted, query)
    others = {name: value for name, value in query.items() if name not in foreign}
    st.query_params.from_dict(begin_with(others | _named(wanted, name_task, key)))


def _named(wanted: Wanted, name_task: bool, key: str) -> dict[str, str]:
    return ({"task": wanted.task} if name_task else {}) | {UPLOAD: key}


def _foreign(wanted: Wanted, query: dict[str, str]) -> set[str]:
    """The parameters that mean nothing for other data."""
    return {name for name in query if name.split(".")[0] in wanted.own | {"task", "run"}}
