"""Which run a page shows."""

from __future__ import annotations

import streamlit as st

from models.experiment import Experiment
from models.film import task_of
from models.training.records import Run, UnknownRun
from pages.ui.language import say
from pages.ui.link import Link, write_query
from pages.ui.services import attend, ensure, store, visitor

BUILD = ("kind", "layers", "bidirectional", "cell", "attention", "heads", "positions", "causal")
"""What of a network decides which taps it has and the axes of their values."""


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
    try:
        return store().run(run_id)
    except UnknownRun:
        if link.fresh:
            st.info(
                say(
                    "The run of this link is not kept here. Press Train: the same settings give the same run."
                ),
                icon=":material/history:",
            )
        return None


def show_run(page: str, run_id: str) -> None:
    """Put a run on the screen: its id goes into the URL."""
    st.session_state[f"{page}.run"] = run_id
    write_query(page, st.query_params.to_dict() | {"run": run_id})


def alike(one: Experiment, other: Experiment) -> bool:
    """Whether the same pictures fit both: the same symbols go into networks of the same build."""
    if any(getattr(one.model, name) != getattr(other.model, name) for name in BUILD):
        return False
    return one.task == other.task and task_of(one).symbols == task_of(other).symbols
