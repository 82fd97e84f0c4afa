"""The training panel: buttons, how far the run is and how good."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from models.experiment import Experiment
from models.film import task_of
from models.training.records import Run
from models.verdict import verdict
from pages.ui.language import say
from pages.ui.services import store
from pages.ui.training.actions import action_buttons
from pages.ui.training.estimates import duration, estimated, what_it_takes


def training_panel(page: str, experiment: Experiment, run: Run | None) -> None:
    """Buttons and state of one page's training; stands inside the page's live fragment."""
    stale = run is not None and run.experiment != experiment
    with st.container(border=True, key=f"{page}-panel", gap="small"):
        action_buttons(page, experiment, run)
        told, far = st.columns(2, vertical_alignment="center")
        if run is not None:
            _progress(run, told, far)
        else:
            told.markdown(f"**{say('Not trained yet')}**")
            far.caption(what_it_takes(experiment))
        if stale and not run.going:
            other = say("The pictures show a run with other settings. Press Train to train with these:")
            st.info(f"{other} {what_it_takes(experiment)}.", icon=":material/tune:")
        if run is not None and run.status == "failed":
            told = f"{run.reason} " + say("Press Resume to go on from the last moment kept.")
            st.error(told, icon=":material/error:")
        elif run is not None and run.reason:
            st.info(run.reason, icon=":material/info:")


def _progress(run: Run, told: DeltaGenerator, far: DeltaGenerator) -> None:
    """How good the run is, in words, and how far it is."""
    metrics = store().metrics(run.id)
    latest = next((values for _, values in reversed(metrics) if "loss" in values), {})
    told.markdown(f"**{verdict(task_of(run.experiment), latest)}**")
    far.progress(min(1.0, run.step / run.steps), text=_state(run))
    for step, name, value in run.changes:
        changed = {"name": name.replace("_", " "), "value": value, "step": step}
        far.caption(say("{name} set to {value:g} at update {step}", **changed))


def _state(run: Run) -> str:
    """What a run is doing, with the time left."""
    where = say("update {step:,} of {steps:,}", step=run.step, steps=run.steps)
    match run.status:
        case "queued" if run.place > 0:
            return say("Waiting: place {place} in the queue", place=run.place)
        case "queued":
            return say("Starting …")
        case "running" if run.step and run.seconds:
            left = (run.steps - run.step) * run.seconds / run.step
            return f"{where} · " + say("{seconds} left", seconds=duration(left))
        case "running":
            return where
        case "paused":
            return f"{where} · " + say("paused")
        case "failed":
            return f"{where} · " + say("ended by a fault")
        case "stopped":
            return f"{where} · " + say("stopped")
    parameters = estimated(run.experiment).parameters
    finished = say("finished in {seconds}", seconds=duration(run.seconds))
    return f"{where} · {finished} · " + say("{n:,} parameters", n=parameters)
