"""Measuring what reading, training and generating cost, on this machine, while one waits."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from models.analysis.parallel import (
    MODES,
    Comparison,
    Cost,
    Shape,
    costs_of,
    difference,
)
from pages.ui.language import say
from pages.ui.link import Link

SHORTEST = 16
LONGEST = (64, 128, 256, 512, 1024)
WIDTHS = (32, 64, 128)
LAYERS = (1, 2, 3, 4)
DEFAULTS = {"longest": 128, "width": 64, "layers": 2}
TITLES = {
    "reading": "Reading a given sequence",
    "training": "Training, forward and backward",
    "generating": "Generating it, one after another",
}
_ONE_AT_A_TIME = threading.Lock()


@dataclass(frozen=True, slots=True)
class Sizes:
    """What is measured."""

    longest: int
    width: int
    layers: int

    @property
    def lengths(self) -> list[int]:
        """Positions, doubling up to the longest."""
        return [n for n in (SHORTEST << place for place in range(10)) if n <= self.longest]

    @property
    def shape(self) -> Shape:
        """The networks: a feed-forward part twice as wide as the rest."""
        return Shape(self.width, layers=self.layers, feed_forward=2 * self.width)


@dataclass(frozen=True, slots=True)
class Measured:
    """Costs by mode, and when they were measured."""

    modes: dict[str, Comparison]
    since: float
    """Seconds of `time.time` at which the measurement began."""


def size_controls(link: Link) -> Sizes:
    """The sizes, in the sidebar; the link says the same."""
    with st.sidebar:
        longest = _choice(link, "longest", LONGEST, say("Longest sequence (positions)"),
                          say("Measured from 16 positions on, doubling up to this."))  # fmt: skip
        width = _choice(link, "width", WIDTHS, say("Width (units)"), say("The same for all four networks."))
        layers = _choice(link, "layers", LAYERS, say("Layers"), say("The same for all four networks."))
        st.button(
            say("Measure again"), key=f"{link.page}.measure", icon=":material/timer:", type="primary",
            on_click=_again, args=(f"{link.page}.turn",), help=say("All ways in turns, 3 times each."),
        )  # fmt: skip
    return Sizes(longest, width, layers)


def _choice(link: Link, name: str, options: Sequence[int], label: str, help: str) -> int:
    asked = link.asked(name, str(DEFAULTS[name]))
    known = asked in map(str, options)
    if not known and link.fresh:
        st.warning(
            say("The link asked for something that cannot be: {what}",
                what=f"{name}: wanted one of {', '.join(map(str, options))}, got {asked[:40]}"),
            icon=":material/link_off:",
        )  # fmt: skip
    key = link.start(name, int(asked) if known else DEFAULTS[name])
    value = st.select_slider(label, options, key=key, help=help, persist_state="session")
    link.keep(name, str(value), str(DEFAULTS[name]))
    return value


def _again(key: str) -> None:
    """The next measurement is a new one; those of other visitors stay."""
    st.session_state[key] = time.time()


def measured(link: Link, sizes: Sizes, place: DeltaGenerator) -> Measured:
    """The three ways of use -> their costs; meanwhile `place` tells what is being measured."""
    turn = st.session_state.get(f"{link.page}.turn", 0.0)
    kept = st.session_state.setdefault(f"{link.page}.measured", {})
    if (turn, sizes) not in kept:
        kept.clear()
        kept[turn, sizes] = _measured(sizes, turn, place.empty())
    return kept[turn, sizes]


def _measured(sizes: Sizes, turn: float, told: DeltaGenerator) -> Measured:
    parts = [(mode, length) for length in sizes.lengths for mode in MODES]
    costs: dict[str, list[Cost]] = {mode: [] for mode in MODES}
    began = []
    for done, (mode, length) in enumerate(parts):
        told.progress(
            done / len(parts),
            say(
                "Measuring on this machine: {what}, {length} positions", what=say(TITLES[mode]), length=length
            ),
        )
        since, found = _part(sizes.shape, mode, length, turn)
        began.append(since)
        costs[mode] += found
    apart = difference(sizes.longest, sizes.shape)
    told.empty()
    return Measured({mode: Comparison(tuple(costs[mode]), apart) for mode in MODES}, min(began))


@st.cache_data(max_entries=500, ttl=600, show_spinner=False)
def _part(shape: Shape, mode: str, length: int, turn: float) -> tuple[float, list[Cost]]:
    """When it was measured, and the costs. One measurement at a time, so that none disturbs another."""
    with _ONE_AT_A_TIME:
        return time.time(), costs_of(length, shape, mode)
