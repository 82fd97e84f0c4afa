"""How an answer is found: the beam's tree, and the probabilities at every step."""

from __future__ import annotations

import numpy as np
import streamlit as st
from torch import Tensor

from models.analysis.decoding import Beam, Decoded
from models.tasks.translation import TranslationTask
from pages.ui.language import say
from pages.ui.link import Link
from pages.ui.training.group import Member
from pages.ui.translation.answers import as_written, probability_told
from pages.ui.translation.decoded import beam, decoded
from viz.beam import Branch, beam_tree
from viz.maps import answer_map

MOST_ROWS = 16
"""Answer symbols shown on the map of probabilities: the likeliest."""
WIDTHS = (1, 2, 3, 4, 6, 8)


def beam_width(link: Link) -> int:
    """How many beginnings the search keeps."""
    asked = link.asked("beam", "3")
    start = int(asked) if asked.isdecimal() and len(asked) < 3 and int(asked) in WIDTHS else 3
    width = st.select_slider(
        say("Beam width (beginnings kept)"), WIDTHS, key=link.start("beam", start),
        help=say("1 is greedy: only the most probable symbol is followed."),
    )  # fmt: skip
    link.keep("beam", str(width), "3")
    return width


def beam_view(link: Link, member: Member, moment: int, task: TranslationTask, source: Tensor) -> None:
    """The tree of the search, its answers, and the probabilities at every step of the greedy answer."""
    with st.container(border=True):
        st.markdown(
            f"**{say('How the answer is found ({name}, update {step})', name=member.name, step=moment)}**"
        )
        width = beam_width(link)
        found = beam(member.run.id, moment, source.tolist(), width)
        st.plotly_chart(
            beam_tree(_branches(found, task)), key=f"{link.page}.tree",
            alt=say("A tree: steps run down, the most probable beginnings on the left."),
        )  # fmt: skip
        st.caption(say("Dot size: probability of the symbol. Dotted: thought of and dropped."))
        for place, leaf in enumerate(found.leaves):
            told = probability_told(found.nodes[leaf].log_probability)
            st.markdown(f"{place + 1}. {as_written(task, found.ids(leaf))} · {told}")
    with st.container(border=True):
        st.markdown(f"**{say('The probabilities at every step')}**")
        _probabilities(link, decoded(member.run.id, moment, source.tolist()), task)


def _probabilities(link: Link, found: Decoded, task: TranslationTask) -> None:
    chances = found.probabilities
    rows = np.sort(np.argsort(-chances.max(0))[:MOST_ROWS])
    figure = answer_map(
        chances[:, rows], tokens=[task.answers[i] for i in found.ids], answers=[task.answers[i] for i in rows]
    )
    st.plotly_chart(
        figure, key=f"{link.page}.probabilities",
        alt=say("One column for each step of the answer, one row for each of the likeliest symbols."),
    )  # fmt: skip
    st.caption(
        say(
            "Under each column stands what was written there. The {n} likeliest symbols are shown.",
            n=len(rows),
        )
    )


def _branches(found: Beam, task: TranslationTask) -> list[Branch]:
    best = set(found.path(found.leaves[0]))
    return [
        Branch(
            symbol=say("start") if node.symbol < 0 else task.answers[node.symbol],
            step=node.step,
            probability=node.probability,
            log_probability=node.log_probability,
            parent=node.parent,
            kept=node.kept,
            best=place in best or place == 0,
        )
        for place, node in enumerate(found.nodes)
    ]
