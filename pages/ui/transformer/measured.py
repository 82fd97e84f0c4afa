"""What was measured, in numbers and charts: seconds, operations, steps that wait."""

from __future__ import annotations

import time

import streamlit as st

from models.analysis.parallel import ALL_AT_ONCE, TOKEN_BY_TOKEN, Comparison, Cost
from pages.ui.language import say
from pages.ui.transformer.measuring import TITLES, Measured, Sizes
from viz.timing import cost_curves

NAMES = {
    ALL_AT_ONCE: "Transformer",
    TOKEN_BY_TOKEN: "token by token",
    "rnn": "RNN",
    "lstm": "LSTM",
    "gru": "GRU",
}


def headlines(measurement: Measured, sizes: Sizes) -> None:
    """The ratio, the waiting, the work and the difference, at the longest sequence."""
    found = measurement.modes
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
    minutes = int((time.time() - measurement.since) // 60)
    when = say("just now") if not minutes else say("{n} min ago", n=minutes)
    st.caption(say("At {length} positions, measured on this server {when}.", length=sizes.longest, when=when))


def seconds_charts(page: str, measurement: Measured) -> None:
    """Milliseconds for one sequence against its length, in three columns, and who was fastest."""
    st.caption(say("One sequence of each length. Dotted: the same Transformer token by token, with a cache."))
    found = measurement.modes
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
    if transformer.dependent_steps == fastest.dependent_steps:
        return told + " " + say(
            "{name}: {time:.1f} ms, {work:.1f} times the operations and as many steps that wait.",
            name=NAMES[transformer.way], time=1e3 * transformer.seconds,
            work=transformer.operations / fastest.operations,
        )  # fmt: skip
    return told + " " + say(
        "{name}: {time:.1f} ms, {work:.1f} times the operations, "
        "{steps:,} steps that wait instead of {others:,}.",
        name=NAMES[ALL_AT_ONCE], time=1e3 * transformer.seconds,
        work=transformer.operations / fastest.operations, steps=transformer.dependent_steps,
        others=fastest.dependent_steps,
    )  # fmt: skip


def counted_charts(page: str, measurement: Measured) -> None:
    """What does not depend on the machine: operations and dependent steps of reading."""
    reading = measurement.modes["reading"]
    charts = {
        "steps": (say("Steps that must wait for one another, reading"), say("dependent steps"),
                  lambda cost: cost.dependent_steps),
        "operations": (say("Operations, forward"), say("operations"), lambda cost: cost.operations),
    }  # fmt: skip
    for column, (name, (title, quantity, of)) in zip(st.columns(2), charts.items(), strict=True):
        with column:
            st.markdown(f"**{title}**")
            figure = cost_curves(_lines(reading, of), quantity=quantity)
            st.plotly_chart(figure, key=f"{page}.{name}", alt=say("{title}, against length.", title=title))
    st.caption(say("RNN, LSTM and GRU wait for equally many steps: their lines lie on one another."))


def _lines(comparison: Comparison, of) -> dict[str, tuple[list[int], list[float]]]:
    ways = [way for way in NAMES if comparison.of(way)]
    return {
        NAMES[way]: ([c.length for c in comparison.of(way)], [of(c) for c in comparison.of(way)])
        for way in ways
    }


def numbers(measurement: Measured) -> None:
    """Everything measured and counted, as a table."""
    with st.expander(say("All numbers")):
        rows = [
            _row(mode, cost) for mode, comparison in measurement.modes.items() for cost in comparison.costs
        ]
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
