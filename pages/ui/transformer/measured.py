"""What reading, training and generating cost on this machine, measured when the page is opened."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from models.analysis.parallel import ALL_AT_ONCE, MODES, TOKEN_BY_TOKEN, Comparison, Cost, compare
from pages.ui.language import say
from pages.ui.link import Link
from viz.timing import cost_curves

SHORTEST = 16
LONGEST = (64, 128, 256, 512, 1024)
WIDTHS = (32, 64, 128)
LAYERS = (1, 2, 3, 4)
DEFAULTS = {"longest": 128, "width": 64, "layers": 2}
NAMES = {
    ALL_AT_ONCE: "Transformer",
    TOKEN_BY_TOKEN: "token by token",
    "rnn": "RNN",
    "lstm": "LSTM",
    "gru": "GRU",
}
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


def size_controls(link: Link) -> Sizes:
    """The sizes, in the sidebar; the link says the same."""
    with st.sidebar:
        longest = _choice(link, "longest", LONGEST, say("Longest sequence (positions)"),
                          say("Measured from 16 positions on, doubling up to this."))  # fmt: skip
        width = _choice(link, "width", WIDTHS, say("Width (units)"), say("The same for all four networks."))
        layers = _choice(link, "layers", LAYERS, say("Layers"), say("The same for all four networks."))
        st.button(
            say("Measure again"), key=f"{link.page}.measure", icon=":material/timer:", type="primary",
            on_click=measured.clear, help=say("All ways in turns, 3 times each."),
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


@st.cache_data(max_entries=50, show_spinner="Measuring on this machine …")
def measured(sizes: Sizes) -> dict[str, Comparison]:
    """The three ways of use -> their costs. One measurement at a time, so that none disturbs another."""
    lengths = [n for n in (SHORTEST << place for place in range(10)) if n <= sizes.longest]
    shape = {"width": sizes.width, "layers": sizes.layers, "feed_forward": 2 * sizes.width}
    with _ONE_AT_A_TIME:
        return {mode: compare(lengths, mode=mode, **shape) for mode in MODES}


def headlines(found: dict[str, Comparison], sizes: Sizes) -> None:
    """The ratio, the waiting, the work and the difference, at the longest sequence."""
    at_once, by_token = (found["reading"].of(way)[-1] for way in (ALL_AT_ONCE, TOKEN_BY_TOKEN))
    tiles = (
        (say("Token by token takes longer"), f"{found['reading'].ratio(sizes.longest):.0f}×",
         say("{slow:.1f} ms, not {fast:.1f} ms", slow=1e3 * by_token.seconds, fast=1e3 * at_once.seconds)),
        (say("Steps that wait"), f"{at_once.dependent_steps:,}",
         say("token by token: {n:,}", n=by_token.dependent_steps)),
        (say("Operations (millions)"), f"{at_once.operations / 1e6:,.1f}", say("in both ways the same")),
        (say("Answers differ by"), f"{found['reading'].difference:.1g}", say("at most, in logits")),
    )  # fmt: skip
    for column, (label, value, told) in zip(st.columns(len(tiles)), tiles, strict=True):
        column.metric(label, value, told, delta_color="off", delta_arrow="off")


def seconds_charts(page: str, found: dict[str, Comparison]) -> None:
    """Milliseconds for one sequence against its length, in three columns, and who was fastest."""
    st.caption(say("One sequence of each length. Dotted: the same Transformer token by token, with a cache."))
    for column, (mode, comparison) in zip(st.columns(len(found)), found.items(), strict=True):
        with column:
            st.markdown(f"**{say(TITLES[mode])}**")
            lines = _lines(comparison, lambda cost: 1e3 * cost.seconds)
            st.plotly_chart(
                cost_curves(lines, quantity=say("milliseconds")), key=f"{page}.{mode}",
                alt=say("{title}: milliseconds for one sequence against its length, by network.",
                        title=say(TITLES[mode])),
            )  # fmt: skip
            st.caption(_fastest(comparison))


def _fastest(comparison: Comparison) -> str:
    """In words: the fastest at the longest sequence, and where the Transformer stands."""
    longest = max(cost.length for cost in comparison.costs)
    last = sorted((c for c in comparison.costs if c.length == longest), key=lambda cost: cost.seconds)
    fastest = last[0]
    transformer = next(cost for cost in last if cost.way in (ALL_AT_ONCE, TOKEN_BY_TOKEN))
    told = say("At {length} positions the fastest here: {name}, {time:.1f} ms.",
               length=longest, name=NAMES[fastest.way], time=1e3 * fastest.seconds)  # fmt: skip
    if transformer is fastest:
        return told
    return told + " " + say(
        "{name}: {time:.1f} ms, {work:.1f} times the operations, "
        "{steps:,} steps that wait instead of {others:,}.",
        name=NAMES[ALL_AT_ONCE], time=1e3 * transformer.seconds,
        work=transformer.operations / fastest.operations, steps=transformer.dependent_steps,
        others=fastest.dependent_steps,
    )  # fmt: skip


def counted_charts(page: str, found: dict[str, Comparison]) -> None:
    """What does not depend on the machine: operations and dependent steps of reading."""
    charts = {
        "steps": (say("Steps that must wait for one another, reading"), say("dependent steps"),
                  lambda cost: cost.dependent_steps),
        "operations": (say("Operations, forward"), say("operations"), lambda cost: cost.operations),
    }  # fmt: skip
    for column, (name, (title, quantity, of)) in zip(st.columns(2), charts.items(), strict=True):
        with column:
            st.markdown(f"**{title}**")
            figure = cost_curves(_lines(found["reading"], of), quantity=quantity)
            st.plotly_chart(figure, key=f"{page}.{name}", alt=say("{title}, against length.", title=title))


def _lines(comparison: Comparison, of) -> dict[str, tuple[list[int], list[float]]]:
    ways = [way for way in NAMES if comparison.of(way)]
    return {
        NAMES[way]: ([c.length for c in comparison.of(way)], [of(c) for c in comparison.of(way)])
        for way in ways
    }


def numbers(found: dict[str, Comparison]) -> None:
    """Everything measured and counted, as a table."""
    with st.expander(say("All numbers")):
        rows = [_row(mode, cost) for mode, comparison in found.items() for cost in comparison.costs]
        st.dataframe(rows, hide_index=True)


def _row(mode: str, cost: Cost) -> dict[str, object]:
    return {
        say("What"): mode,
        say("Network"): NAMES[cost.way],
        say("Positions"): cost.length,
        say("Milliseconds"): round(1e3 * cost.seconds, 3),
        say("Dependent steps"): cost.dependent_steps,
        say("Operations, forward"): cost.operations,
    }
