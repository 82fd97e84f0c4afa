"""Which networks read, which answer is followed, and which one explains itself."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from models.experiment import Experiment
from models.side_by_side import READERS, readers
from models.tasks import Task
from pages.ui.language import say
from pages.ui.link import Link


def readers_choice(link: Link, reference: Experiment) -> dict[str, Experiment]:
    """The networks that a person wants side by side: name -> experiment; all where none is chosen."""
    asked = [kind for kind in link.asked("kinds", ",".join(READERS)).split(",") if kind in READERS]
    with st.sidebar:
        chosen = st.pills(
            say("Networks"), list(READERS), selection_mode="multi", format_func=READERS.get,
            key=link.start("kinds", asked or list(READERS)), persist_state="session",
            help=say("Who reads. Each has the size and learning rate that suit it."),
        )  # fmt: skip
    kinds = [kind for kind in READERS if kind in chosen] or list(READERS)
    link.keep("kinds", ",".join(kinds), ",".join(READERS))
    return readers(reference, kinds)


def answer_choice(link: Link, task: Task) -> int:
    """The answer whose probability is shown, by its number; the last one by default."""
    answers = list(task.answers)
    asked = link.asked("answer", answers[-1])
    key = link.start(f"answer.{task.key}", asked if asked in answers else answers[-1])
    if st.session_state[key] not in answers:
        st.session_state[key] = answers[-1]
    answer = st.sidebar.selectbox(
        say("Answer to follow"), answers, key=key, format_func=say,
        help=say("Its probability is drawn; the explanations say what speaks for it."),
    )  # fmt: skip
    link.keep("answer", answer, answers[-1])
    return answers.index(answer)


def one_of(link: Link, names: Sequence[str]) -> str:
    """The network that explains itself beside the bag of words."""
    asked = link.asked("explain", names[0])
    key = link.start("explain", asked if asked in names else names[0])
    if st.session_state[key] not in names:
        st.session_state[key] = names[0]
    name = st.segmented_control(say("Network"), names, key=key, required=True, label_visibility="collapsed")
    link.keep("explain", name, names[0])
    return name
