"""Attention moved by hand to another source word: what the decoder writes then, old and new side by side."""

from __future__ import annotations

import streamlit as st

from models.analysis.decoding import Decoded
from pages.ui.language import say
from pages.ui.link import Link
from pages.ui.pictures.alignment import Pair
from pages.ui.prose import prose
from pages.ui.training.live import Shown
from pages.ui.translation.decoded import decoded, moved, opened
from pages.ui.translation.opening import moment_shown
from viz.alignment import alignment_map

FIRST = 2
"""Step of the answer whose attention is moved at first sight: a noun, in the page's own sentence."""
EVENLY = -1
"""Stands for attention spread evenly over the source."""


def moving_view(shown: Shown, link: Link, pair: Pair) -> None:
    """Move the attention of one step to another source word and decode again; old and new side by side."""
    moment = moment_shown(shown)
    ids = pair.source.tolist()
    old = decoded(shown.run.id, moment, ids)
    with st.container(border=True):
        st.markdown(f"**{say('Move the attention by hand')}** · " + say("the weights of the network stay"))
        step, place = _move(link, pair, old)
        weights = [1.0] * len(ids) if place == EVENLY else [float(k == place) for k in range(len(ids))]
        new = moved(shown.run.id, moment, ids, step, weights)
        _told(pair, old, new, step)
        for column, name, found in zip(st.columns(2), ("old", "new"), (old, new), strict=True):
            _side(column, link, pair, name, found)
        with st.expander(
            say("Attention is not an explanation"), expanded=True, icon=":material/psychology_alt:"
        ):
            st.markdown(prose("attention", "explanation"))
            _elsewhere(shown, pair, old, step, moment)


def _move(link: Link, pair: Pair, old: Decoded) -> tuple[int, int]:
    """At which step, and where to."""
    words = [pair.task.answers[i] for i in old.ids]
    left, right = st.columns(2)
    step = _place(left, link, "move", say("At this step of its own answer"), len(words),
                  lambda i: f"{i + 1}: {words[i]}")  # fmt: skip
    places = ["evenly", *map(str, range(len(pair.source)))]
    last = places[-1]
    asked = link.asked("to", last)
    key = link.start("to", asked if asked in places else last)
    if st.session_state[key] not in places:
        st.session_state[key] = last
    to = right.selectbox(
        say("All attention goes to"), places, key=key,
        format_func=lambda k: _goal(k, pair),
    )  # fmt: skip
    link.keep("to", to, last)
    return step, EVENLY if to == "evenly" else int(to)


def _goal(place: str, pair: Pair) -> str:
    return say("all words evenly") if place == "evenly" else f"{int(place) + 1}: {pair.tokens[int(place)]}"


def _place(column, link: Link, name: str, label: str, count: int, told) -> int:
    first = min(FIRST, count - 1)
    asked = link.asked(name, str(first))
    key = link.start(name, int(asked) if asked.isdecimal() and len(asked) < 4 else first)
    st.session_state[key] = min(st.session_state[key] or 0, count - 1)
    place = column.selectbox(label, range(count), key=key, format_func=told)
    link.keep(name, str(place), str(first))
    return place


def _told(pair: Pair, old: Decoded, new: Decoded, step: int) -> None:
    symbols = pair.task.answers
    here = symbols[old.ids[step]], symbols[new.ids[step]]
    if here[0] == here[1]:
        st.markdown(
            say("Step {n} still writes **{word}**, although it looks elsewhere.", n=step + 1, word=here[0])
        )
    else:
        st.markdown(
            say("Step {n} now writes **{new}** instead of **{old}**.", n=step + 1, new=here[1], old=here[0])
        )
    later = sum(one != other for one, other in zip(old.ids[step + 1 :], new.ids[step + 1 :], strict=False))
    later += abs(len(old.ids) - len(new.ids))
    st.caption(_told_of_later(later))


def _told_of_later(later: int) -> str:
    moved = say("Only this step's attention was moved.")
    if not later:
        return moved + " " + say("All later steps write the same as before.")
    return moved + " " + say(
        "Later steps that differ: {later}, because the decoder reads what it wrote.", later=later
    )  # fmt: skip


def _side(column, link: Link, pair: Pair, name: str, found: Decoded) -> None:
    told = {"old": say("As it looks by itself"), "new": say("With the attention moved")}[name]
    column.markdown(f"**{told}**  \n{pair.task.read_answer(found.ids) or say('(nothing)')}")
    column.plotly_chart(
        alignment_map(found.attention, source=pair.tokens, target=[pair.task.answers[i] for i in found.ids]),
        key=f"{link.page}.moved.{name}",
        alt=say("{told}: attention, one row for each word written.", told=told),
    )


def _elsewhere(shown: Shown, pair: Pair, old: Decoded, step: int, moment: int) -> None:
    """What would be written with all attention on each source word in turn."""
    found = opened(shown.run.id, moment, pair.source.tolist(), step, old.ids)
    symbols = pair.task.answers
    st.markdown(
        say(
            "At step {n} the network writes **{word}**. With all attention on one source word, the same is "
            "written for {same} of {all} words:",
            n=step + 1, word=symbols[old.ids[step]], same=found.same_answer, all=len(pair.tokens),
        )
    )  # fmt: skip
    st.dataframe(
        {
            say("all attention on"): pair.tokens,
            say("attention by itself"): [f"{weight:.2f}" for weight in found.weights],
            say("would write"): [symbols[i] for i in found.elsewhere],
            say("how sure"): [f"{p:.0%}" for p in found.elsewhere_probability],
        },
        hide_index=True,
    )
