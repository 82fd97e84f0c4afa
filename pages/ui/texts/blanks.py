"""The sentence that a person types and the word of it that is hidden; which head is looked at."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from models.experiment import Experiment
from models.tasks.grammar import MASK, Grammar
from pages.ui.language import say
from pages.ui.link import Link

EXAMPLE = "these cats near the river sleep often"
EXAMPLES = (EXAMPLE, "i saw the dog that barks near the house today")
MEAN = "mean"
TRANSFER = Path(__file__).parent.parent.parent / "transfer.py"


@dataclass(frozen=True, slots=True)
class Blank:
    """A sentence and the place of the word that is hidden."""

    words: tuple[str, ...]
    place: int


def blank_editor(link: Link, task: Grammar) -> Blank:
    """A whole sentence, and which word is the blank; the example where the text is no sentence."""
    key = link.start("sentence", link.asked("sentence", EXAMPLE))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        text = st.text_input(
            say("Your sentence (words of the grammar)"), key=key, max_chars=200, persist_state="session",
            help=say("Known words: {words}", words=", ".join(task.symbols[4:])),
        )  # fmt: skip
        for number, example in enumerate(EXAMPLES):
            st.button(
                say("Agreement") if number == 0 else say("Animals"), key=f"{link.page}.example{number}",
                on_click=_take, args=(key, example), help=example,
            )  # fmt: skip
    try:
        words = _words(task, text)
    except ValueError as error:
        st.warning(
            say("This sentence cannot be read: {why}. The example is shown instead.", why=error),
            icon=":material/edit_off:",
        )
        text, words = EXAMPLE, tuple(EXAMPLE.split())
    link.keep("sentence", text, EXAMPLE)
    return Blank(words, _place(link, words))


def _take(key: str, example: str) -> None:
    st.session_state[key] = example


def _words(task: Grammar, text: str) -> tuple[str, ...]:
    """The sentence's words. Raises ValueError where one is unknown, or hidden already."""
    words = tuple(text.lower().split())
    if "___" in words or MASK in words:
        raise ValueError(say("wanted a whole sentence: the blank is chosen below"))
    task.encode(" ".join(words))
    return words


def _place(link: Link, words: tuple[str, ...]) -> int:
    asked = link.asked("blank", "0")
    key = link.start("blank", int(asked) if asked.isdecimal() and len(asked) < 3 else 0)
    if st.session_state[key] is None or st.session_state[key] >= len(words):
        st.session_state[key] = 0
    place = st.segmented_control(
        say("Which word is the blank?"), range(len(words)), key=key, required=True,
        format_func=lambda number: words[number] if number < len(words) else "",
        help=say("BERT sees all the others; GPT only those before it."),
    )  # fmt: skip
    link.keep("blank", str(place), "0")
    return place


def head_choice(link: Link, reference: Experiment) -> tuple[int, str]:
    """The layer and the head whose attention is shown; the mean of all heads by default."""
    layers = [str(layer) for layer in range(reference.model.layers)]
    heads = [MEAN, *(str(head) for head in range(reference.model.heads))]
    with st.container(horizontal=True):
        layer = _one(link, "layer", say("Layer"), layers, layers[-1], say("0 reads the words."))
        head = _one(link, "head", say("Head"), heads, MEAN, say("One attention pattern of this layer."))
    return int(layer), head


def _one(link: Link, name: str, label: str, options: list[str], default: str, told: str) -> str:
    asked = link.asked(name, default)
    key = link.start(name, asked if asked in options else default)
    if st.session_state[key] not in options:
        st.session_state[key] = default
    value = st.segmented_control(
        label, options, key=key, required=True, help=told,
        format_func=lambda option: say("mean of all") if option == MEAN else option,
    )  # fmt: skip
    link.keep(name, value, default)
    return value


def to_transfer() -> None:
    """A link to the page on transfer."""
    if TRANSFER.exists():
        st.page_link(
            "pages/transfer.py",
            label=say("What pre-training is worth: transfer learning"),
            icon=":material/move_down:",
        )
