"""What a person types for a network that translates."""

from __future__ import annotations

import re

import streamlit as st
import torch
from torch import Tensor

from models.tasks.translation import TranslationTask
from pages.ui.controls.another import another_button
from pages.ui.language import say
from pages.ui.link import Link

SOURCES = {
    "english_to_korean": "the white cat saw the big apple in the park yesterday "
    "and the teacher liked the good song",
    "reverse_sequence": "cafebadehijgfac",
}
"""A first source for tasks whose own example is short."""


def source_editor(link: Link, task: TranslationTask) -> Tensor:
    """The numbers (K,) of the source in the text field; the last good one where it cannot be read."""
    example = _first(task)
    key = link.start(f"source.{task.key}", link.asked("source", example))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        text = st.text_input(
            say("Your source ({unit})", unit=say("words") if task.joint else say("characters")),
            key=key,
            max_chars=1000,
            help=say(task.summary),
            persist_state="session",
        )
        another_button(link, _another, key, task, help=say("One that the network has never been trained on."))
    good = f"{link.page}.good.{task.key}"
    try:
        source = task.encode(text)
        st.session_state[good] = text
    except ValueError as error:
        text = st.session_state.get(good, example)
        text, source = _still_read(task, text, example)
        st.warning(
            say(
                "This source cannot be read: {why}. Shown instead: {source}",
                why=_plain(str(error)),
                source=_plain(text),
            ),
            icon=":material/edit_off:",
        )
    link.keep("source", text, example)
    return source


def _still_read(task: TranslationTask, text: str, example: str) -> tuple[str, Tensor]:
    """The last good source, or the example where the task's settings have changed since."""
    try:
        return text, task.encode(text)
    except ValueError:
        return example, task.encode(example)


def _plain(text: str) -> str:
    """Markdown that shows a text as it is: what a stranger wrote into a link stays without form."""
    return re.sub(r"([\\`*_\[\](){}#!|<>~$])", r"\\\1", text)


def _first(task: TranslationTask) -> str:
    text = SOURCES.get(task.key, "")
    return _still_read(task, text, task.example())[0]


def _another(key: str, task: TranslationTask) -> None:
    generator = torch.Generator()
    generator.seed()
    st.session_state[key] = task.read(task.sample(1, generator, held_out=True).inputs[0])
