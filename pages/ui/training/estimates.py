"""How large a network is and how long its training takes, as the pages say it."""

from __future__ import annotations

import streamlit as st

from models.estimate import Estimate, estimate, machine_speed
from models.experiment import Experiment
from pages.ui.language import say
from pages.ui.services import store


@st.cache_data(max_entries=500, show_spinner=False)
def estimated(experiment: Experiment) -> Estimate:
    """Parameters and expected seconds of an experiment on this machine."""
    return estimate(experiment, speed=_speed())


@st.cache_data(ttl=60, show_spinner=False)
def _speed() -> float:
    runs = [run for run in store().recent(8) if not run.experiment.start_from]
    return machine_speed([(run.experiment, run.step, run.seconds) for run in runs])


def what_it_takes(experiment: Experiment) -> str:
    """What training will take, in words."""
    expected = estimated(experiment)
    return say(
        "{parameters:,} parameters, {steps:,} updates, about {seconds} on this machine",
        parameters=expected.parameters,
        steps=experiment.train.steps,
        seconds=duration(expected.seconds),
    )


def duration(seconds: float) -> str:
    """Seconds, or minutes where there are many."""
    return f"{seconds:.0f} s" if seconds < 100 else f"{seconds / 60:.0f} min"
