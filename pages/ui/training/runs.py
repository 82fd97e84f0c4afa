"""Which run a page shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from models.experiment import Experiment
from models.film import task_of
from models.training.records import Run, UnknownRun
from pages.ui.language import say
from pages.ui.link import Link, write_query
from pages.ui.services import attend, ensure, store, visitor

BUILD = ("kind", "layers", "bidirectional", "cell", "attention", "heads", "positions", "causal")
"""What of a network decides which taps it has and the axes of their values."""

MOST_NAMED = 40
"""Runs that one link may name."""


def shown_run(link: Link, experiment: Experiment, prepared: Experiment) -> Run | None:
    """The run on the screen: the link's, else an equal one that the store has, else the page's own.

    prepared: the page's own default, which is trained at first sight
    A run whose pictures would not fit the controls (another task, another kind of network) is not shown.
    """
    run = _of_link(link)
    if run is None or run.experiment != experiment:
        known = store().find(experiment)
        if known is None and experiment == prepared and (run is None or not run.going):
            known = ensure(experiment, visitor())
        if known is None and run is None:
            known = store().find(prepared)
        if known:
            run = store().run(known)
    if run and not alike(run.experiment, experiment):
        return None
    if run:
        show_run(link.page, run.id)
        if run.going:
            attend(run.id)
    return run


def _of_link(link: Link) -> Run | None:
    run_id = st.query_params.get("run") or st.session_state.get(f"{link.page}.run")
    if not run_id:
        return None
    run = kept_run(run_id)
    if run is None and link.fresh:
        told = "The run of this link is not kept here. Press Train: the same settings give the same run."
        st.info(say(told), icon=":material/history:")
    return run


def show_run(page: str, run_id: str) -> None:
    """Put a run on the screen: its id goes into the URL."""
    shown = st.session_state.get(f"{page}.run")
    if shown and shown != run_id:
        st.session_state[f"{page}.run_before"] = shown
    st.session_state[f"{page}.run"] = run_id
    write_query(page, st.query_params.to_dict() | {"run": run_id})


def run_before(page: str, run: Run) -> Run | None:
    """The run that was on the screen before this one, where the same pictures fit both."""
    before = kept_run(st.session_state.get(f"{page}.run_before") or "")
    return before if before and alike(before.experiment, run.experiment) else None


def kept_run(run_id: str) -> Run | None:
    """A run; None where the store does not have it."""
    try:
        return store().run(run_id)
    except UnknownRun:
        return None


def shown_runs(link: Link, experiments: Mapping[str, Experiment]) -> dict[str, Run]:
    """The runs of a page that shows several: those that its link names, else the best that the store has."""
    named = _named(link.page)
    found = {name: named.get(experiment) or _known(experiment) for name, experiment in experiments.items()}
    shown = {name: run for name, run in found.items() if run}
    for run in shown.values():
        if run.going:
            attend(run.id)
    return shown


def show_runs(page: str, run_ids: Sequence[str]) -> None:
    """Put several runs on the screen: their ids go into the URL."""
    st.session_state[f"{page}.runs"] = ids = ",".join(run_ids)
    write_query(page, st.query_params.to_dict() | {"runs": ids})


def _named(page: str) -> dict[Experiment, Run]:
    """The runs that the link names, or that were last put on the screen, by what they train."""
    ids = st.query_params.get("runs") or st.session_state.get(f"{page}.runs", "")
    named = [kept_run(run_id) for run_id in ids.split(",")[:MOST_NAMED]]
    return {run.experiment: run for run in named if run}


def _known(experiment: Experiment) -> Run | None:
    run_id = store().find(experiment, any_status=True)
    return store().run(run_id) if run_id else None


def alike(one: Experiment, other: Experiment) -> bool:
    """Whether the same pictures fit both: the same symbols go into networks of the same build."""
    if any(getattr(one.model, name) != getattr(other.model, name) for name in BUILD):
        return False
    return one.task == other.task and task_of(one).symbols == task_of(other).symbols
