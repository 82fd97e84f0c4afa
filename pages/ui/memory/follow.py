"""A unit that follows something in the text: found by correlation, shown with an untrained control."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st
from torch import Tensor

from models.film import Film, network_at, task_of
from models.looks_recurrent import Follower, followers
from models.tasks import Task
from models.training.records import Run
from pages.ui.language import say
from pages.ui.link import Link
from pages.ui.pictures.recurrent import unit_pictures
from pages.ui.services import store
from viz.picture import Picture


def following(link: Link, task: Task) -> str:
    """What the unit should follow: one of the events that the task knows of; empty where there are none."""
    events = list(task.events(task.held_out(1).inputs))
    if not events:
        st.info(say("This task names nothing that a unit could follow; choose another."))
        return ""
    asked = link.asked("event", events[0])
    key = link.start(f"event.{task.key}", asked if asked in events else events[0])
    event = st.selectbox(
        say("Which unit follows best"), events, key=key, format_func=say,
        help=say("All units are correlated with it over 64 held-out sequences; the best one is shown."),
    )  # fmt: skip
    link.keep("event", event, events[0])
    return event


def unit_that_follows(
    run: Run, film: Film, task: Task, probe: Tensor, tokens: Sequence[str], event: str, layer: int
) -> list[Picture]:
    """The probe coloured by that unit, the same before training, and the truth."""
    if not event:
        return []
    kind = "cell_state" if run.experiment.model.kind == "lstm" else "hidden_state"
    tap = f"layers.{layer}.{kind}"
    best, control = (_followers(run.id, step, tap)[event] for step in (film.moments[-1], film.moments[0]))
    track = task.events(probe[None])[event][0].numpy()
    return unit_pictures(film, tap, tokens, track, best, control)


@st.cache_data(max_entries=200, show_spinner=False)
def _followers(run_id: str, step: int, tap: str) -> dict[str, Follower]:
    experiment = store().run(run_id).experiment
    return followers(network_at(experiment, store().snapshot(run_id, step)), task_of(experiment), tap)
