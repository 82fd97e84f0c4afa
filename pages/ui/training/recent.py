"""The runs that were trained last, with the way back to each."""

from __future__ import annotations

import streamlit as st

from models.prepared import PREPARED, PREPARED_GROUPS, all_prepared
from models.tasks import TASKS
from models.training.records import Run
from pages.ui.language import say
from pages.ui.link import begin_with
from pages.ui.services import store

PAGE_OF_KIND = {
    "rnn": "rnn",
    "lstm": "lstm",
    "gru": "gru",
    "seq2seq": "seq2seq",
    "transformer": "attention_heads",
}
"""The page that shows a run of that kind of network where no page has the experiment as its own."""


def recent_runs() -> None:
    """A row for each of the last runs: what, how far, how good, and a link that opens it."""
    runs = store().recent(8)
    if not runs:
        st.caption(say("Nothing trained yet. The first runs start with the server."))
    for run in runs:
        page = page_of(run)
        metrics = store().metrics(run.id)
        latest = next((values for _, values in reversed(metrics) if "accuracy" in values), {})
        with st.container(horizontal=True, vertical_alignment="center"):
            what = (
                say(TASKS[run.experiment.task].title) if run.experiment.task in TASKS else run.experiment.task
            )
            st.markdown(
                f"**{run.experiment.model.kind}** · {what} · {say(run.status)} · {run.step}/{run.steps}"
                + (f" · {latest['accuracy']:.0%}" if latest else "")
            )
            if page:
                st.page_link(
                    f"pages/{page}.py", label=say("Open"), query_params=begin_with(_query(page, run))
                )


def page_of(run: Run) -> str | None:
    """The page on which a run is at home: the one that opens on it, else the one for its kind of network."""
    for page, experiment in PREPARED.items():
        if experiment == run.experiment:
            return page
    for page, group in PREPARED_GROUPS.items():
        if run.experiment in group.values():
            return page.split(".")[0]
    if run.experiment in all_prepared():
        return "race"
    return PAGE_OF_KIND.get(run.experiment.model.kind)


def _query(page: str, run: Run) -> dict[str, str]:
    """What the page's link says; a page that shows several runs side by side finds its own in the store."""
    base = PREPARED.get(page)
    return run.experiment.to_query(base, TASKS) | {"run": run.id} if base else {}
