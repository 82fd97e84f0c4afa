"""Finished runs put straight into the store, where a test needs one and no engine."""

from __future__ import annotations

from models.experiment import Experiment
from models.training.loop import train
from pages.ui.services import store


def stored(experiment: Experiment) -> str:
    """Train here and now, and keep every snapshot as a worker would; the run's id."""
    run_id = store().create(experiment)
    for snapshot in train(experiment):
        store().append(run_id, snapshot)
    store().desk.record(run_id, status="finished")
    return run_id
