"""What networks answer to one source: at once, with the beam's tree and the probabilities at every step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import streamlit as st
from torch import Tensor

from models.analysis.decoding import Beam, Decoded
from models.experiment import Experiment
from models.tasks.translation import TranslationTask
from pages.ui.language import say
from pages.ui.link import Link
from pages.ui.services import store
from pages.ui.training.group import Group, Member
from pages.ui.translation.decoded import beam, decoded, given
from viz.beam import Branch, beam_tree
from viz.maps import answer_map

MOST_ROWS = 16
"""Answer symbols shown on the map of probabilities: the likeliest."""
WIDTHS = (1, 2, 3, 4, 6, 8)
TICK = 1.0


def runs_of(experiments: Mapping[str, Experiment]) -> dict[str, str | None]:
    """The run that each experiment has in the store, by name."""
    return {name: store().find(experiment, any_status=True) for name, experiment in experiments.items()}


def answers(link: Link, ids: Mapping[str, str | None], task: TranslationTask, source: Tensor) -> None:
    """The newest answer of each run, shown before all pictures; follows a training.

    ids: name -> run; None where nothing is trained yet
    """
    going = any(store().run(run_id).going for run_id in ids.values() if run_id)

    @st.fragment(run_every=TICK if going else None, key=f"{link.page}.answers")
    def part() -> None:
        right = task.solve(source)
        columns = st.columns(len(ids) + (right is not None))
        for column, (name, run_id) in zip(columns, ids.items(), strict=False):
            steps = store().snapshot_steps(run_id) if run_id else []
            if steps:
                _answer(column, name, task, decoded(run_id, steps[-1], source.tolist()), right, steps[-1])
        if right is not None:
            columns[-1].markdown(f"**{say('Right')}**  \n{_shown(task, right)}")

    part()


def _answer(column, name: str, task: TranslationTask, found: Decoded, right, step: int) -> None:
    sign = "" if right is None else (":green[✓] " if found.ids == right else ":red[✗] ")
    told = say("{probability} · update {step}", probability=_probability(found.log_probability), step=step)
    column.markdown(f"**{name}**  \n{sign}{_shown(task, found.ids)}")
    column.caption(told)


def _probability(log_probability: float) -> str:
    share = float(np.exp(log_probability))
    return say("probability {p:.1%}", p=share) if share >= 0.001 else say("probability below 0.1%")


def _shown(task: TranslationTask, ids: Sequence[int]) -> str:
    """An answer as Markdown that shows it as it is."""
    text = task.read_answer(list(ids)) or say("(nothing)")
    return f":blue[{text}]"


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


def network_choice(link: Link, names: Sequence[str]) -> str:
    """Which network is looked into, where there are several; by its place in the link."""
    asked = link.asked("into", "0")
    place = int(asked) if asked.isdecimal() and len(asked) < 3 and int(asked) < len(names) else 0
    key = link.start("into", place)
    st.session_state[key] = min(st.session_state[key] or 0, len(names) - 1)
    place = st.segmented_control(
        say("Look into"), range(len(names)), key=key, format_func=lambda i: names[i], required=True,
        help=say("Which network's hidden states, beam and probabilities are shown."),
    )  # fmt: skip
    link.keep("into", str(place), "0")
    return names[place]


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
            told = _probability(found.nodes[leaf].log_probability)
            st.markdown(f"{place + 1}. {_shown(task, found.ids(leaf))} · {told}")
    with st.container(border=True):
        st.markdown(f"**{say('The probabilities at every step')}**")
        _probabilities(link, decoded(member.run.id, moment, source.tolist()), task)


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


def moment_of(group: Group, member: Member) -> int:
    """The member's newest moment that is not after the one shown."""
    shown = group.board.moment if group.board and group.board.moment is not None else member.film.moments[-1]
    return max((step for step in member.film.moments if step <= shown), default=member.film.moments[0])
