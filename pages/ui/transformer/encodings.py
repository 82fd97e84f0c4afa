"""The encodings themselves: what stands at each position, what scores see, how RoPE turns a query."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import streamlit as st

from models.analysis.encodings import Encoding, encoding, fresh, learned_of, rotated_pair
from models.experiment import POSITIONS, Experiment
from models.film import network_at
from pages.ui.language import say
from pages.ui.link import Link
from pages.ui.prose import prose
from pages.ui.services import store
from viz.positions import distance_curve, position_curves, position_map, rotation_plane, score_map

NAMES = {
    "none": "none", "sinusoidal": "sinusoidal", "learned": "learned", "rotary": "rotary (RoPE)",
    "alibi": "ALiBi", "relative": "relative (T5)",
}  # fmt: skip
BASES = (10.0, 30.0, 100.0, 300.0, 1000.0, 3000.0, 10_000.0, 100_000.0, 1_000_000.0)
BIASES = ("alibi", "relative")
"""Encodings that add to the scores, one number for each head and distance; vectors have no part in it."""
MOST_CURVES = 8


@dataclass(frozen=True, slots=True)
class Size:
    """How large the shown encoding is."""

    length: int
    width: int
    base: float
    heads: int


def encoding_view(link: Link, trained: dict[str, Experiment]) -> None:
    """One encoding as a map, as curves, as scores; sliders for its size.

    trained: encoding -> the run from which learned ones are read, where it is finished
    """
    kind, size, head = _chosen(link)
    st.markdown(prose("positions", kind))
    shown, told = _encoding(kind, size, head, trained)
    if told:
        st.caption(told)
    _table_charts(link, kind, shown, size)
    _score_charts(kind, shown)
    if kind == "rotary":
        _rotation(link, size)


def _chosen(link: Link) -> tuple[str, Size, int]:
    """Kind, size and head; the link says the same."""
    asked = link.asked("kind", "sinusoidal")
    kind = st.segmented_control(
        say("Encoding"), POSITIONS, key=link.start("kind", asked if asked in POSITIONS else "sinusoidal"),
        format_func=lambda name: say(NAMES[name]), required=True,
        help=say("How a Transformer can be told where each token stands."),
    )  # fmt: skip
    link.keep("kind", kind, "sinusoidal")
    columns = st.columns(4, vertical_alignment="bottom")
    length = _number(link, columns[0], "shown_length", say("Length (positions)"), 8, 128, 48)
    width, base, heads, head = 48, 10_000.0, 4, 0
    if kind in BIASES:
        heads = _number(link, columns[1], "shown_heads", say("Heads"), 1, 12, 4)
        head = _number(link, columns[2], "shown_head", say("Head shown as a map"), 0, 11, 0)
    else:
        width = _number(link, columns[1], "width", say("Width (dimensions)"), 4, 128, 48, step=2)
    if kind in ("sinusoidal", "rotary"):
        base = _base(link, columns[2])
    return kind, Size(length, width, base, heads), min(head, heads - 1)


def _number(
    link: Link, column, name: str, label: str, low: int, high: int, default: int, step: int = 1
) -> int:
    asked = link.asked(name, str(default))
    start = int(asked) if asked.isdecimal() and len(asked) < 6 else default
    start = start if low <= start <= high and (start - low) % step == 0 else default
    value = column.slider(label, low, high, key=link.start(name, start), step=step, persist_state="session")
    link.keep(name, str(value), str(default))
    return value


def _base(link: Link, column) -> float:
    asked = link.asked("base", "10000")
    known = {f"{base:g}": base for base in BASES}
    value = column.select_slider(
        say("Base (slowest over fastest wave)"), BASES, key=link.start("base", known.get(asked, 10_000.0)),
        format_func="{:g}".format, persist_state="session",
        help=say("The last dimensions turn that many times more slowly than the first ones."),
    )  # fmt: skip
    link.keep("base", f"{value:g}", "10000")
    return value


def _encoding(kind: str, size: Size, head: int, trained: dict[str, Experiment]) -> tuple[Encoding, str]:
    """The encoding, and a sentence on where its numbers come from, for those that are learned."""
    if kind not in ("learned", "relative"):
        return encoding(kind, size.length, size.width, base=size.base, heads=size.heads, head=head), ""
    run_id = store().find(trained[kind])
    model = trained[kind].model
    if run_id and (size.width == model.hidden if kind == "learned" else size.heads == model.heads):
        table = _learned(run_id, size.length)
        told = say(
            "As the network of “Trained” has learned it on rows of 16; beyond them it has nothing new."
        )
    else:
        table = fresh(kind, size.length, _divisible(kind, size), size.heads if kind == "relative" else 1)
        told = say(
            "Fresh random values. The network of “Trained”, when it has been trained, shows here what it has "
            "learned: it has width {width} and {heads} heads.", width=model.hidden, heads=model.heads,
        )  # fmt: skip
    return encoding(kind, size.length, size.width, head=head, learned=table), told


def _divisible(kind: str, size: Size) -> int:
    return size.heads if kind == "relative" else size.width


@st.cache_data(max_entries=50, show_spinner=False)
def _learned(run_id: str, length: int) -> np.ndarray:
    run = store().run(run_id)
    return learned_of(network_at(run.experiment, store().snapshot(run_id, run.step)), length)


def _table_charts(link: Link, kind: str, shown: Encoding, size: Size) -> None:
    """The table as a map, and chosen columns of it as curves."""
    columns = shown.table.shape[1]
    known = list(range(columns))
    default = [place for place in (0, 1, columns // 4, columns // 2, columns - 1) if place < columns]
    default = sorted(set(default)) if shown.columns == "dimension" else known[:MOST_CURVES]
    asked = [int(x) for x in link.asked("curves", "").split(",") if x.isdecimal() and int(x) < columns]
    key = link.start(f"curves.{kind}", asked or default)
    st.session_state[key] = [place for place in st.session_state[key] if place < columns] or default
    what = {"dimension": say("dimension"), "head": say("head")}[shown.columns]
    where = {"position": say("position"), "distance": say("distance")}[shown.rows]
    left, right = st.columns(2)
    with left:
        _titled(_table_title(kind), "")
        st.plotly_chart(
            position_map(shown.table, rows=where, columns=what), key="positions.map",
            alt=say("A map: a column for each {where}, a row for each {what}.", where=where, what=what),
        )  # fmt: skip
    with right:
        _titled(say("The same as curves"), "")
        chosen = st.session_state[key][:MOST_CURVES]
        st.plotly_chart(
            position_curves(shown.table, chosen, rows=where, columns=what), key="positions.curves",
            alt=say("Chosen columns of the map as curves."),
        )  # fmt: skip
        st.multiselect(
            say("Which {what}s", what=what), known, key=key, max_selections=MOST_CURVES,
            help=say("At most {n} at once.", n=MOST_CURVES),
        )  # fmt: skip
    link.keep("curves", ",".join(map(str, chosen)) if chosen != default else "", "")


def _table_title(kind: str) -> str:
    if kind == "rotary":
        return say("A query (1, 0, 1, 0 …) as it is turned at each position")
    if kind in BIASES:
        return say("What is added to a score, by distance")
    return say("What is added to the token's vector")


def _score_charts(kind: str, shown: Encoding) -> None:
    """Scores of all pairs, and their mean against distance."""
    left, right = st.columns(2)
    bias = kind in BIASES
    only = shown.depends_on_distance_only
    with left:
        _titled(
            say("The bias of each pair of positions")
            if bias
            else say("Dot product of each pair of positions"),
            "",
        )
        st.plotly_chart(
            score_map(shown.scores), key="positions.scores",
            alt=say("A map of the score of every query position with every key position."),
        )  # fmt: skip
    with right:
        _titled(say("Against distance"), "")
        st.plotly_chart(
            distance_curve(shown.by_distance), key="positions.distance",
            alt=say("The mean score against how far the key stands behind the query."),
        )  # fmt: skip
    st.caption(
        say("All pairs with the same distance have the same score.") if only
        else say("Pairs with the same distance differ: the score also depends on where the pair stands.")
    )  # fmt: skip


def _rotation(link: Link, size: Size) -> None:
    """One pair of dimensions of a query and a key, turned by their positions."""
    with st.container(border=True):
        _titled(say("How RoPE turns a query and a key"), "")
        left, right = st.columns([2, 3], vertical_alignment="center")
        with left:
            query = _number(link, st, "query_at", say("Query stands at (position)"), 0, 127, 12)
            key = _number(link, st, "key_at", say("Key stands at (position)"), 0, 127, 9)
            pairs = size.width // 2
            asked = _number(link, st, "pair", say("Pair of dimensions"), 0, 63, 2)
            pair = min(asked, pairs - 1)
            at_query, at_key = (rotated_pair(place, pair, size.width, size.base) for place in (query, key))
            product = at_query["x"] * at_key["x"] + at_query["y"] * at_key["y"]
            st.latex(
                rf"\cos({at_query['angle']:.3f} - {at_key['angle']:.3f}) "
                rf"= \cos({at_query['angle'] - at_key['angle']:.3f}) = {product:.3f}"
            )
            st.caption(
                say("Pair {pair} of {pairs} turns by {step:.4f} radians a position. Move both by the same "
                    "number of positions: the angle between them, and so their dot product, stays.",
                    pair=pair, pairs=pairs, step=rotated_pair(1, pair, size.width, size.base)["angle"])
            )  # fmt: skip
        with right:
            st.plotly_chart(
                rotation_plane(at_query, at_key), key="positions.rotation",
                alt=say("Two arrows on a circle: one pair of dimensions of the query and of the key."),
            )  # fmt: skip


def _titled(title: str, note: str) -> None:
    st.markdown(f"**{title}**" + (f" · {note}" if note else ""))
