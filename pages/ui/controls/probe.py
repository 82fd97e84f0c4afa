"""The sequence that a person edits, to see what the network does with it."""

from __future__ import annotations

import streamlit as st
from torch import Tensor

from models.looks import random_probe
from models.tasks import Task
from pages.ui.controls.another import another_button
from pages.ui.language import say
from pages.ui.link import Link


def probe_editor(link: Link, task: Task, label: str = "Your sequence (tokens separated by spaces)") -> Tensor:
    """The numbers (time,) of the sequence in the text field; the task's example where it is no such thing."""
    example = task.example()
    key = link.start(f"probe.{task.key}", link.asked("probe", example))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        field = st.text_area if task.writes else st.text_input
        text = field(
            say("Your text") if task.writes else say(label),
            key=key,
            max_chars=4000,
            help=say(
                "All maps below show what the network does with this sequence. Known tokens: {tokens}",
                tokens=" ".join(task.symbols[:40]),
            ),
            persist_state="session",
        )
        another_button(link, _another, key, task, help=say("A new sequence of this task, drawn at random."))
    try:
        probe = task.encode(text)
    except ValueError as error:
        st.warning(
            say("This sequence cannot be read: {why}. The example is shown instead.", why=error),
            icon=":material/edit_off:",
        )
        text, probe = example, task.encode(example)
    link.keep("probe", text, example)
    return probe


def _another(key: str, task: Task) -> None:
    st.session_state[key] = random_probe(task)
