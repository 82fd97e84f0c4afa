"""One step of a decoder opened up: query, keys, scores, softmax, context and answer, with the numbers."""

from __future__ import annotations

import numpy as np
import streamlit as st

from models.analysis.decoder_step import OpenedStep
from pages.ui.language import say
from pages.ui.link import Link
from pages.ui.pictures.alignment import Pair
from pages.ui.training.live import Shown
from pages.ui.translation.decoded import opened
from viz.opened_step import number_strips, opened_step

SCORES = {
    "dot": r"s_k &= q \cdot m_k",
    "general": r"s_k &= (W d) \cdot m_k",
    "additive": r"s_k &= v \cdot \tanh(W d + U m_k)",
}


def step_choice(shown: Shown, link: Link, pair: Pair) -> int:
    """Which step of the answer is opened: the row clicked, or the one chosen."""
    key, seen = link.start("at", _asked(link, pair)), f"{link.page}.seen_click"
    clicked = shown.board.clicked
    if clicked and clicked["picture"] == "alignment" and clicked != st.session_state.get(seen):
        st.session_state[seen] = clicked
        st.session_state[key] = round(float(clicked["y"]))
    st.session_state[key] = min(st.session_state[key] or 0, len(pair.answer) - 1)
    words = pair.words
    step = st.selectbox(
        say("Step of the answer"), range(len(words)), key=key,
        format_func=lambda i: f"{i + 1}: {words[i]}",
        help=say("Or click a row of the map above."),
    )  # fmt: skip
    link.keep("at", str(step), "0")
    return step


def _asked(link: Link, pair: Pair) -> int:
    asked = link.asked("at", "0")
    return int(asked) if asked.isdecimal() and len(asked) < 4 and int(asked) < len(pair.answer) else 0


def step_view(shown: Shown, link: Link, pair: Pair) -> None:
    """Query, keys, scores, softmax, context and answer of one step, with the numbers."""
    with st.container(border=True):
        st.markdown(f"**{say('One step of the decoder, opened up')}**")
        step = step_choice(shown, link, pair)
        moment = moment_shown(shown)
        found = opened(shown.run.id, moment, pair.source.tolist(), step, pair.answer)
        left, right = st.columns([3, 2])
        with left:
            st.plotly_chart(
                opened_step(found.parts, found.scores, found.weights, source=pair.tokens),
                key=f"{link.page}.opened",
                alt=say("What each unit adds to each score, the scores, and the attention weights."),
            )
        with right:
            _numbers(found, pair, shown.run.experiment.model.attention)
        st.plotly_chart(
            number_strips(_strips(found, pair)), key=f"{link.page}.strips",
            alt=say("Query, the key with the largest score, and the context as rows of colours."),
        )  # fmt: skip
        st.caption(
            say("Top: what each unit adds to the score. Given the answer above, update {step}.", step=moment)
        )


def _strips(found: OpenedStep, pair: Pair) -> dict[str, np.ndarray]:
    best = int(found.weights.argmax())
    return {
        say("query q"): found.query,
        say("key of “{word}”", word=pair.tokens[best]): found.keys[best],
        say("context c"): found.context,
    }


def _numbers(found: OpenedStep, pair: Pair, attention: str) -> None:
    """The equations of the place with the largest weight, their numbers filled in."""
    best = int(found.weights.argmax())
    word = pair.tokens[best]
    st.markdown(say("The largest weight is on **{word}** (place {k}):", word=word, k=best + 1))
    st.latex(_equations(found, attention, best))
    likely = np.argsort(-found.probabilities)[:4]
    st.markdown(say("What is written from the context and the hidden state:"))
    st.dataframe(
        {
            say("symbol"): [pair.task.answers[i] for i in likely],
            say("probability"): [f"{found.probabilities[i]:.1%}" for i in likely],
        },
        hide_index=True,
    )


def _equations(found: OpenedStep, attention: str, place: int) -> str:
    """Score, attention and first number of the context for one source place, one step a line."""
    k = place + 1
    largest = np.argsort(-np.abs(found.parts[place]))[:3]
    parts = "".join(f"{found.parts[place][i]:+.2f}" for i in largest)
    total = float(np.exp(found.scores - found.scores[place]).sum())
    sources = np.argsort(-found.weights)[:2]
    terms = r" \\ &\quad + ".join(
        rf"{found.weights[i]:.2f} \cdot ({found.memory[i][0]:.2f})" for i in sources
    )
    return "\n".join(
        (
            r"\begin{aligned}",
            rf"{SCORES[attention]} \\",
            rf"s_{{{k}}} &= {parts} + \ldots \\",
            rf"&= {found.scores[place]:.2f} \\",
            rf"a_{{{k}}} &= \frac{{1}}{{\sum_k e^{{s_k - s_{{{k}}}}}}} = \frac{{1}}{{{total:.3f}}} \\",
            rf"&= {found.weights[place]:.3f} \\",
            r"c_0 &= \sum_k a_k\, m_{k,0} \\",
            rf"&= {terms} + \ldots \\",
            rf"&= {found.context[0]:.2f}",
            r"\end{aligned}",
        )
    )


def moment_shown(shown: Shown) -> int:
    """The moment on the timeline, or the newest."""
    moments = shown.film.moments
    return shown.board.moment if shown.board.moment in moments else moments[-1]
