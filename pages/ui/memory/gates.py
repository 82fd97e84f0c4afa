"""What the pages on gated networks share: a probe, gates as maps, the equation of a cell, interventions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from models.experiment import Experiment
from models.film import Film, task_of
from models.looks import sequence_look
from models.training.records import Run
from pages.ui.controls.probe import probe_editor
from pages.ui.controls.units import layer_choice, unit_order
from pages.ui.link import Link
from pages.ui.memory.equation import equation_of_cell
from pages.ui.memory.interventions import interventions
from pages.ui.pictures.common import answer_picture, curve_pictures, sample_pictures, tap_pictures
from pages.ui.training.live import Shown, live
from pages.ui.transformer.writing import writing
from viz.picture import Picture


def gates(
    link: Link, experiment: Experiment, prepared: Experiment, *, notes: Mapping[str, str], sorted_by: str
) -> None:
    """The live part of a page on a gated network.

    notes: gate or state -> one sentence that says how to read its map, in the order of the maps
    sorted_by: the state whose correlation with the input's events sorts the units
    """
    task = task_of(experiment)
    left, right = st.columns([3, 2], vertical_alignment="bottom")
    with left:
        probe = probe_editor(link, task)
        tokens = task.decode(probe)
    with right:
        layer = layer_choice(link, experiment)
        sort = unit_order(link, task)
    taps = [f"layers.{layer}.{name}" for name in notes]

    def pictures(run: Run, film: Film) -> Sequence[Picture]:
        order = sort(run, film, f"layers.{layer}.{sorted_by}")
        return [
            answer_picture(film, tokens, task.answers),
            *tap_pictures(film, taps, tokens, dict(notes), order),
            *curve_pictures(run, film),
            *sample_pictures(film),
        ]

    def detail(shown: Shown) -> None:
        equation_of_cell(shown, link.page, probe, tokens, taps)
        interventions(shown, link, task, probe, tokens)
        if task.writes and not shown.run.experiment.model.bidirectional:
            writing(shown, link, task, probe)

    live(
        link,
        experiment,
        prepared=prepared,
        look=sequence_look(probe),
        look_key=f"sequence {probe.tolist()}",
        pictures=pictures,
        detail=detail,
    )
