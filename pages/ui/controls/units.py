"""Which layer's units are shown, and in what order."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

from models.analysis.units import correlations, order_units
from models.experiment import Experiment
from models.film import Film, network_at, task_of
from models.looks import held_out_states
from models.tasks import Task
from models.training.records import Run
from pages.ui.language import say
from pages.ui.link import Link
from pages.ui.services import store

BY_NUMBER = "number"


def layer_choice(link: Link, experiment: Experiment) -> int:
    """The layer to look at, where there are several."""
    layers = experiment.model.layers
    if layers == 1:
        return 0
    asked = link.asked("layer", "0")
    key = link.start("layer", int(asked) if asked.isdecimal() and len(asked) < 3 else 0)
    st.session_state[key] = min(st.session_state[key] or 0, layers - 1)
    layer = st.segmented_control(
        say("Layer to look at"), range(layers), key=key, required=True, help=say("0 reads the input.")
    )
    link.keep("layer", str(layer), "0")
    return layer


def unit_order(link: Link, task: Task) -> Callable[[Run, Film, str], Sequence[int] | None]:
    """A choice of how to sort the units; the function gives their order for a run and a tap."""
    events = list(task.events(task.held_out(1).inputs))
    choices = [BY_NUMBER, *(["events"] if events else []), *events]
    asked = link.asked("sort", BY_NUMBER)
    key = link.start(f"sort.{task.key}", asked if asked in choices else BY_NUMBER)
    if st.session_state[key] not in choices:
        st.session_state[key] = BY_NUMBER
    chosen = st.selectbox(
        say("Sort the units by"),
        choices,
        key=key,
        format_func=lambda name: {
            BY_NUMBER: say("their number"),
            "events": say("what each follows best"),
        }.get(name, say("correlation with: {event}", event=name)),
        help=say(
            "Sorted by how closely each unit follows what happens in the input, on 64 held-out sequences."
        ),
        persist_state="session",
    )
    link.keep("sort", chosen, BY_NUMBER)

    def order(run: Run, film: Film, tap: str) -> Sequence[int] | None:
        if chosen == BY_NUMBER:
            return None
        found = _correlations(run.id, film.moments[-1], tap)
        if chosen in found:
            return [int(unit) for unit in abs(found[chosen]).argsort()[::-1]]
        return order_units(found).units.tolist()

    return order


@st.cache_data(max_entries=200, show_spinner=False)
def _correlations(run_id: str, step: int, tap: str) -> dict:
    experiment = store().run(run_id).experiment
    network = network_at(experiment, store().snapshot(run_id, step))
    return correlations(*held_out_states(network, task_of(experiment), tap))
