"""The same tokens in another order: a second sequence beside the person's own."""

from __future__ import annotations

import hashlib

import streamlit as st
from torch import Tensor

from models.looks_recurrent import another_order, same_tokens
from models.tasks import Task
from pages.ui.language import say
from pages.ui.link import Link


def other_order(link: Link, task: Task, probe: Tensor) -> Tensor:
    """The numbers (time,) of the second sequence: the first in another order until somebody types one."""
    default = another_order(task, probe)
    asked = link.asked("order", default)
    mark = hashlib.sha256(repr(probe.tolist()).encode()).hexdigest()[:8]
    key = link.start(f"order.{task.key}.{mark}", asked if _fits(task, probe, asked) else default)
    field = st.text_area if task.writes else st.text_input
    text = field(
        say("The same in another order"),
        key=key,
        max_chars=4000,
        help=say("What a network that only counts words could not tell apart from your sequence."),
    )
    try:
        other = task.encode(text)
    except ValueError as error:
        st.warning(
            say("This sequence cannot be read: {why}. Another order is shown instead.", why=error),
            icon=":material/edit_off:",
        )
        text, other = default, task.encode(default)
    if not same_tokens(probe, other):
        st.caption(say("These are not the same tokens: the two differ in more than order."))
    link.keep("order", text, default)
    return other


def _fits(task: Task, probe: Tensor, text: str) -> bool:
    """Whether a text of the link is another order of this very sequence, not of an earlier one."""
    try:
        return same_tokens(probe, task.encode(text))
    except ValueError:
        return False
