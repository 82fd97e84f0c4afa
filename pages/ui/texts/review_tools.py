"""Reviews in a shop: what is said about what, and search by what a language model made of the words."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import streamlit as st

from models.analysis.review_search import (
    FOUND,
    KEPT,
    QUERIES,
    best,
    by_meaning,
    by_subject,
    by_words,
    opinions,
    same_feeling,
    shelf,
    vectors,
)
from models.experiment import Experiment
from models.film import network_at
from models.networks import Network
from models.transfer_plan import Setup
from pages.ui.language import say
from pages.ui.link import Link
from pages.ui.services import attend, engine, ensure, store, visitor
from pages.ui.training.live import TICK

CLASSIFIER = Setup().arm("frozen")
"""A language model of reviews, and a last layer trained on 16 labels: pages/transfer shows how."""
QUERY = "the plot was thrilling"
OWN = (
    "the acting was not bad , it was superb .\nthe music was rather dull .\n"
    "the plot was clever but the cast was weak ."
)
MOST_LINES = 40


def review_tools(link: Link) -> None:
    """Analysis and search, as soon as the two networks are trained."""
    if not _ready():
        return
    search, analysis = st.columns(2, gap="large")
    with search:
        _search(link)
    with analysis:
        _own_reviews(link)
    _subjects()


def _ready() -> bool:
    """Whether the networks are there; if not they are trained, which takes some seconds."""
    run_id = ensure(CLASSIFIER, visitor())
    if store().run(run_id).status == "finished":
        return True

    @st.fragment(run_every=2 * TICK, key="recommend.waiting")
    def part() -> None:
        run, first = store().run(run_id), store().find(CLASSIFIER.start_from)
        if run.status == "finished":
            st.rerun()
        if run.status in ("failed", "stopped", "paused"):
            st.error(run.reason or say("The training was stopped."), icon=":material/error:")
            st.button(say("Resume"), key="recommend.resume", on_click=engine().resume, args=(run_id,))
            return
        attend(run_id)
        done = store().run(first) if first else run
        st.info(say("A language model is reading unlabelled reviews first …"), icon=":material/hourglass:")
        st.progress(min(1.0, done.step / done.steps))

    part()
    return False


def _search(link: Link) -> None:
    st.markdown(f"**{say('Search')}**")
    text = st.text_input(
        say("Find reviews like"), key=link.start("query", link.asked("query", QUERY)), max_chars=300,
        help=say("Words that the reviews use. The network has never been told what feels alike."),
        persist_state="session",
    )  # fmt: skip
    try:
        query = vectors(_language(), [text])[0]
    except ValueError as error:
        st.warning(
            say("This cannot be searched: {why}. The example is shown instead.", why=error),
            icon=":material/edit_off:",
        )
        text, query = QUERY, vectors(_language(), [QUERY])[0]
    link.keep("query", text, QUERY)
    kept = shelf()
    meaning, words = by_meaning(query, _shelf_vectors()), by_words(text, kept.texts)
    _hits(say("By hidden state"), best(meaning), meaning, kept.texts)
    _hits(say("By shared words"), best(words), words, kept.texts)
    share = _same_feeling()
    st.caption(
        say("Among the {k} found for each of {n} other reviews, {meaning:.0%} feel as the query does by "
            "hidden state and {words:.0%} by shared words; chance is 50%. What a network finds alike is what "
            "its first task gave it a reason to keep.", k=FOUND, n=QUERIES, **share)
    )  # fmt: skip


def _hits(title: str, places: Sequence[int], scores: np.ndarray, texts: Sequence[str]) -> None:
    st.markdown(title)
    rows = [{say("Review"): texts[place], say("Likeness"): f"{scores[place]:.2f}"} for place in places]
    st.dataframe(rows, hide_index=True)


def _own_reviews(link: Link) -> None:
    st.markdown(f"**{say('Analysis')}**")
    text = st.text_area(
        say("Reviews, one in each line"), key=link.start("reviews", OWN), height=120, max_chars=8000,
        help=say("At most {n} lines, in words that the reviews use.", n=MOST_LINES),
        persist_state="session",
    )  # fmt: skip
    rows, refused = [], []
    for number, line in enumerate([line for line in text.splitlines() if line.strip()][:MOST_LINES], 1):
        try:
            told = float(opinions(_classifier(), [line])[0])
        except ValueError as error:
            refused.append(say("Line {number}: {why}.", number=number, why=error))
        else:
            verdict = say("positive") if told > 0.5 else say("negative")
            rows.append({say("Review"): line, say("Opinion"): verdict, say("P(positive)"): f"{told:.2f}"})
    if rows:
        st.dataframe(rows, hide_index=True)
    if refused:
        st.warning("\n\n".join(refused), icon=":material/edit_off:")
    st.caption(say("Read by a frozen language model whose last layer learnt from 16 labelled reviews."))


def _subjects() -> None:
    kept = shelf()
    found = _shelf_opinions()
    right = float(((found > 0.5) == kept.positive).mean())
    st.markdown(f"**{say('What is said about what')}**")
    st.dataframe(
        [
            {
                say("Subject"): subject,
                say("Reviews"): count,
                say("Positive, by the network"): f"{told:.0%}",
                say("Positive, as meant"): f"{meant:.0%}",
            }
            for subject, count, told, meant in by_subject(kept, found)
        ],
        hide_index=True,
    )
    st.caption(
        say("{n} reviews that no network has learnt from, the least liked subject first. The network is "
            "right about {right:.1%} of them; guessing about half.", n=KEPT, right=right)
    )  # fmt: skip


def _final(experiment: Experiment) -> Network:
    run_id = store().find(experiment)
    return network_at(experiment, store().snapshot(run_id, store().snapshot_steps(run_id)[-1]))


def _language() -> Network:
    return _final(CLASSIFIER.start_from)


def _classifier() -> Network:
    return _final(CLASSIFIER)


@st.cache_data(show_spinner=False)
def _shelf_vectors() -> np.ndarray:
    return vectors(_language(), shelf().texts)


@st.cache_data(show_spinner=False)
def _shelf_opinions() -> np.ndarray:
    return opinions(_classifier(), shelf().texts)


@st.cache_data(show_spinner=False)
def _same_feeling() -> dict[str, float]:
    return same_feeling(_language())
