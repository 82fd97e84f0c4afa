"""What a person asks of word vectors: a word, an analogy, two sets of words, and the axes of the map."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from models.experiment import Experiment
from models.film import task_of
from models.looks_language import seen_words
from models.tasks.corpora import corpus
from models.tasks.words import WordNeighbours
from models.uploads import read_sentences
from pages.ui.language import say
from pages.ui.link import Link
from pages.ui.texts.bring import Wanted, bring

AXES = ("main", "sets")


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of the vectors of one text."""

    word: str
    analogy: tuple[str, str, str]
    """first : second = third : ?"""
    low: tuple[str, ...]
    high: tuple[str, ...]
    axes: str = AXES[0]


EXAMPLES = {
    "small_world": Asked(
        "king", ("man", "king", "woman"), ("man", "king", "boy"), ("woman", "queen", "girl"), "sets"
    ),
    "character_names": Asked(
        "left", ("left", "right", "leftwards"), ("one", "two", "three"), ("left", "right", "above")
    ),
    "python_docs": Asked(
        "true", ("left", "right", "true"), ("list", "tuple", "dict"), ("if", "while", "for")
    ),
}
"""What the page opens on for each text."""


TEXT = Wanted(
    task="word_neighbours",
    read=read_sentences,
    title="A text of your own",
    ask="A plain text in UTF-8, up to 5 MB",
    help="At least 50 sentences and 30 different words. The 1,500 most frequent words are known. The file "
    "stays on this server.",
    use="Learn from this text",
    counted="{name}: {n:,} sentences",
    back="the small world",
    gone="The text of this link is not kept here. Bring the file again; the small world is shown.",
    own=frozenset({"word", "first", "second", "third", "low", "high"}),
)


def bring_text(link: Link) -> None:
    """A text of a person's own in place of those of the page."""
    with st.sidebar:
        bring(link, TEXT)


def legible(experiment: Experiment, base: Experiment) -> Experiment:
    """The experiment, or the base where its text cannot be had or leaves too few words."""
    try:
        task_of(experiment).held_out(1)
    except ValueError as error:
        st.warning(
            say(
                "No words can be learnt with these settings: {why}. The page's own text is shown.", why=error
            ),
            icon=":material/tune:",
        )
        return base
    return experiment


def questions(link: Link, task: WordNeighbours) -> Asked:
    """The questions on the screen; what the link asks for in vain falls back to the text's example."""
    words = seen_words(task)
    example = _of_frequent(words) if task.upload else EXAMPLES[task.corpus]
    fields = {
        "word": (say("Word"), example.word, say("Its nearest words are shown, and where it moves.")),
        "first": (say("Analogy: this word"), example.analogy[0], say("The word to be taken away.")),
        "second": (say("is to this one"), example.analogy[1], say("The word to be added to.")),
        "third": (say("as this one is to …"), example.analogy[2], say("The word to be added.")),
    }
    columns = st.columns(4, vertical_alignment="bottom")
    chosen = [
        _word(link, task, name, words, *said, column)
        for (name, said), column in zip(fields.items(), columns, strict=True)
    ]
    low, high, axes = st.columns([3, 3, 2], vertical_alignment="bottom")
    with low:
        one = _words(link, task, "low", say("A set of words"), words, example.low)
    with high:
        other = _words(link, task, "high", say("and its opposite"), words, example.high)
    with axes:
        asked_axes = _axes(link, task, example.axes)
    if set(one) == set(other):
        st.caption(say("Both sets are the same, so that no line lies between them."))
    return Asked(chosen[0], (chosen[1], chosen[2], chosen[3]), one, other, asked_axes)


def sentences(task: WordNeighbours, most: int = 4) -> None:
    """A few sentences of the text, and how long it is."""
    texts = corpus(task.corpus, task.upload)
    step = max(1, len(texts) // most)
    shown = " · ".join(" ".join(sentence[:14]) for sentence in texts[::step][:most])
    counted = say(
        "{sentences:,} sentences; {words:,} words are known",
        sentences=len(texts),
        words=len(task.symbols) - 1,
    )
    st.caption(f"{counted}. {say('Some of them:')} *{_plain(shown)}*")


def _plain(text: str) -> str:
    """Without Markdown's signs."""
    return "".join("\\" + sign if sign in "*_`[]<>$~:" else sign for sign in text)


def _of_frequent(words: Sequence[str]) -> Asked:
    """What to ask of a text that nobody knows: its most frequent words."""
    first, second, third = words[:3]
    return Asked(first, (first, second, third), (first,), (second,))


def _text(task: WordNeighbours) -> str:
    """What tells the widgets of one text from those of another."""
    return task.upload[:8] or task.corpus


def _known(words: Sequence[str], wanted: Sequence[str]) -> list[str]:
    """Those that the text has; the most frequent word where it has none of them."""
    return [word for word in wanted if word in words] or [words[0]]


def _word(
    link: Link,
    task: WordNeighbours,
    name: str,
    words: tuple[str, ...],
    label: str,
    example: str,
    told: str,
    column,
) -> str:
    default = _known(words, [example])[0]
    key = link.start(f"{name}.{_text(task)}", _known(words, [link.asked(name, default), default])[0])
    if st.session_state[key] not in words:
        st.session_state[key] = default
    chosen = column.selectbox(label, words, key=key, help=told, persist_state="session")
    link.keep(name, chosen, default)
    return chosen


def _words(
    link: Link, task: WordNeighbours, name: str, label: str, words: tuple[str, ...], example: tuple[str, ...]
) -> tuple[str, ...]:
    default = _known(words, example)
    asked = [word for word in link.asked(name, ",".join(default)).split(",") if word in words]
    key = link.start(f"{name}.{_text(task)}", asked or default)
    st.session_state[key] = [word for word in st.session_state[key] if word in words]
    chosen = st.multiselect(
        label, words, key=key, max_selections=12, persist_state="session",
        help=say("The line between the means of the two sets is an axis; every word has a place on it."),
    )  # fmt: skip
    link.keep(name, ",".join(chosen), ",".join(default))
    return tuple(chosen or default)


def _axes(link: Link, task: WordNeighbours, default: str) -> str:
    asked = link.asked("axes", default)
    axes = st.segmented_control(
        say("Axes of the map"),
        AXES,
        key=link.start(f"axes.{_text(task)}", asked if asked in AXES else default),
        required=True,
        format_func={"main": say("main ones"), "sets": say("your sets")}.get,
        help=say("Where the newest vectors differ most, or the line between your sets."),
        persist_state="session",
    )
    link.keep("axes", axes, default)
    return axes
