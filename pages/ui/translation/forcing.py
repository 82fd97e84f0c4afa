"""Teacher forcing against free running on one source, step by step."""

from __future__ import annotations

import numpy as np
import streamlit as st
from torch import Tensor

from models.analysis.decoding import Decoded
from models.tasks.translation import TranslationTask
from pages.ui.language import say
from pages.ui.link import Link
from pages.ui.training.group import Member
from pages.ui.translation.decoded import decoded, given


def forcing_view(link: Link, member: Member, moment: int, task: TranslationTask, source: Tensor) -> None:
    """Step by step: what the decoder writes freely, and what it would write if given the truth before."""
    with st.container(border=True):
        st.markdown(f"**{say('Teacher forcing against free running, on your source')}**")
        right = task.solve(source)
        if right is None:
            st.caption(
                say("The rules of this task give no answer to this source, so there is no truth to give.")
            )
            return
        free = decoded(member.run.id, moment, source.tolist())
        forced = given(member.run.id, moment, source.tolist(), right)
        st.dataframe(_steps(task, right, free, forced), hide_index=True, key=f"{link.page}.forcing")
        st.caption(_told(right, free, forced))


def _steps(task: TranslationTask, right: list[int], free: Decoded, forced: Decoded) -> dict[str, list]:
    symbols = task.answers
    count = max(len(right), len(free.ids))
    best = forced.probabilities.argmax(-1)
    own = [symbols[i] for i in free.ids]
    sure = [f"{row.max():.0%}" for row in free.probabilities]
    told = [symbols[i] for i in best]
    truth = [f"{row[i]:.0%}" for row, i in zip(forced.probabilities, right, strict=True)]
    columns = {
        say("right"): [symbols[i] for i in right],
        say("writes freely"): own,
        say("how sure"): sure,
        say("given the truth, would write"): told,
        say("probability of the right one"): truth,
    }
    return {name: [*values, *[""] * (count - len(values))] for name, values in columns.items()}


def _told(right: list[int], free: Decoded, forced: Decoded) -> str:
    wrong = sum(one != other for one, other in zip(right, free.ids, strict=False))
    wrong += abs(len(right) - len(free.ids))
    missed = int((forced.probabilities.argmax(-1) != np.array(right)).sum())
    return say(
        "Wrong steps: {free} of {n} running freely, {forced} of {n} with teacher forcing. "
        "After a first mistake a free-running decoder reads what it never saw in training.",
        free=wrong, forced=missed, n=len(right),
    )  # fmt: skip
