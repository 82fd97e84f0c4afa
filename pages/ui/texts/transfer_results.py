"""What each arm costs and reaches, in one table; and when it is not what the textbook says."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from models.analysis.transfer import ARMS, Cost, accuracies, cost
from models.experiment import Experiment
from models.film import network_at
from models.looks_transfer import FirstTask
from models.training.records import Run
from models.transfer_plan import Setup, surprises
from pages.ui.language import say
from pages.ui.services import store
from pages.ui.texts.transfer import ARM_NAMES, SURPRISES
from pages.ui.training.group import Group
from pages.ui.training.live import TICK


def results(page: str, setup: Setup, experiments: Mapping[str, Experiment], group: Group) -> None:
    """A row for every finished arm; `experiments`: name of the arm -> experiment."""
    runs = {name: member.run for name, member in group.members.items() if member.run.status == "finished"}
    with st.container(border=True):
        left, right = st.columns([4, 1], vertical_alignment="center")
        left.markdown(f"**{say('What each arm reaches, and what it costs')}**")
        right.button(
            say("Measure again"), key=f"{page}.measure", icon=":material/timer:", on_click=_cost.clear,
            help=say("Times 12 updates of each arm on this machine, now."),
        )  # fmt: skip
        if len(runs) < len(experiments):
            st.caption(say("Measured as soon as all have finished."))
            return
        found = {name: accuracies_of(run.id, run.step) for name, run in runs.items()}
        rows = [_row(name, run, found[name]) for name, run in runs.items()]
        st.dataframe(rows, hide_index=True)
        st.caption(
            say(
                "Held out: 1,000 reviews, guessing is right in half of them. Memory: weights, and "
                "gradients and two optimizer averages for each weight that is trained. An update of a "
                "frozen body is fast because what it makes of each labelled review is computed once; the arm "
                "that is thawed gradually begins like that and ends like the one of all parameters. "
                "Times are the shortest of 12 updates; a busy machine makes all of them longer."
            )
        )
        _surprises(setup, found)


def first_training(page: str, pretraining: Experiment) -> None:
    """How far the first task is, while it is being trained: the arms wait for it."""
    run_id = store().find(pretraining)
    if run_id is None or not store().run(run_id).going:
        return

    @st.fragment(run_every=2 * TICK, key=f"{page}.first")
    def part() -> None:
        run = store().run(run_id)
        if not run.going:
            st.rerun()
        told = say("First, without labels: update {step:,} of {steps:,}", step=run.step, steps=run.steps)
        st.progress(min(1.0, run.step / run.steps), text=told)

    part()


def _row(name: str, run: Run, found: Mapping[str, float]) -> dict[str, str]:
    taken = _cost(run.experiment)
    return {
        say("Arm"): name,
        say("Trained parameters"): f"{taken.trainable:,}",
        say("Memory (kB)"): f"{taken.bytes / 1000:,.0f}",
        say("Update (ms)"): f"{1000 * taken.seconds_per_update:.2f}",
        say("Training"): f"{found['training']:.0%}",
        say("Held out"): f"{found['held out']:.1%}",
        say("Gap (points)"): f"{100 * found['gap']:.0f}",
    }


def _surprises(setup: Setup, found: Mapping[str, Mapping[str, float]]) -> None:
    held_out = {name: found[say(ARM_NAMES[name])]["held out"] for name in ARMS}
    for name in surprises(held_out, 0.5):
        st.info(say(SURPRISES[name], labelled=setup.labelled), icon=":material/lightbulb:")


@st.cache_data(max_entries=400, show_spinner=False)
def accuracies_of(run_id: str, step: int) -> dict[str, float]:
    """Right in training and on 1,000 held-out reviews, and the gap, of a run at one step."""
    experiment = store().run(run_id).experiment
    return accuracies(network_at(experiment, store().snapshot(run_id, step)), experiment)


@st.cache_data(max_entries=100, show_spinner=False)
def _cost(experiment: Experiment) -> Cost:
    return cost(experiment, final_weights(experiment.start_from) if experiment.start_from else None)


def first_task(pretraining: Experiment) -> FirstTask:
    """The first task with its last layer, once its run has finished."""
    return FirstTask(pretraining, final_weights(pretraining))


def final_weights(experiment: Experiment):
    """The last weights of an experiment that the store has."""
    run_id = store().find(experiment)
    return store().snapshot(run_id, store().snapshot_steps(run_id)[-1]).weights
