"""A person's own labelled texts: a CSV that is checked, kept in the store and put into the link."""

from __future__ import annotations

import streamlit as st

from models.experiment import Experiment
from models.film import task_of
from models.uploads import MOST_BYTES, read_labelled, read_text
from pages.ui.language import say
from pages.ui.link import Link
from pages.ui.services import store

TASK = "own_texts"
OF_A_TEXT = ("task", "probe", "order", "answer")
"""Parameters of the link that mean nothing for other texts."""


def asks_for_own(link: Link) -> bool:
    """Whether the link speaks of a person's own texts."""
    return link.given.get("task") == TASK


def bring_texts(link: Link) -> None:
    """Upload a CSV with the columns text and label; go to it, and back to the page's own reviews."""
    kept = st.session_state.setdefault(f"{link.page}.own", {})
    with st.expander(say("Your own texts"), icon=":material/upload_file:", expanded=asks_for_own(link)):
        file = st.file_uploader(
            say("A CSV file in UTF-8 with the columns text and label, up to 5 MB"),
            type=["csv", "tsv", "txt"],
            max_upload_size=MOST_BYTES // 1_000_000,
            key=f"{link.page}.file",
            help=say(
                "At least 20 rows, at least two labels, at least 4 rows of each. It stays on this server."
            ),
        )
        if file and st.button(say("Train on these texts"), key=f"{link.page}.use", type="primary"):
            _use(link, file.getvalue(), file.name, kept)
        own = {say("the reviews of this page"): {}} if asks_for_own(link) else {}
        own |= {name: {"task": TASK, "task.upload": key} for name, key in kept.items()}
        with st.container(horizontal=True, gap="small"):
            for name, query in own.items():
                st.page_link(f"pages/{link.page}.py", label=name, query_params=query, width="content")


def _use(link: Link, data: bytes, name: str, kept: dict[str, str]) -> None:
    """Check a file: a good one becomes what the page trains on, a bad one is explained, all else stays."""
    try:
        text = read_text(data)
        rows = read_labelled(text)
    except ValueError as error:
        st.error(
            say("This file cannot be used: {why}. All else stays as it is.", why=error),
            icon=":material/block:",
        )
        return
    key = store().save_text(text)
    kept[say("{name}: {n:,} texts", name=name, n=len(rows))] = key
    others = {name: value for name, value in link.given.items() if name.split(".")[0] not in OF_A_TEXT}
    st.query_params.from_dict(others | {"task": TASK, "task.upload": key})
    st.rerun()


def available(experiment: Experiment, fallback: Experiment) -> Experiment:
    """The experiment, or the fallback where its texts are not on this server."""
    try:
        task = task_of(experiment)
        task.held_out(1)
    except ValueError as error:
        st.warning(
            say("These texts cannot be had: {why}. Bring the file again; the page's own reviews are shown.",
                why=error),
            icon=":material/link_off:",
        )  # fmt: skip
        return fallback
    return experiment
