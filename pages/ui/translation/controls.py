"""The controls that the pages on encoder and decoder share."""

from __future__ import annotations

import dataclasses

import streamlit as st

from models.claims import seq2seq as claims
from models.experiment import Experiment
from models.tasks.translation.date_forms import SIXTEEN, chosen
from pages.ui.controls.sidebar import experiment_controls
from pages.ui.language import say
from pages.ui.link import Link
from pages.ui.presets import presets

TASKS = ("english_to_korean", "reverse_sequence", "read_dates", "answer_from_facts")
PRESETS = {
    "Reverse a sequence": claims.REVERSAL_MENDED.experiment,
    "Dates of 16 languages": claims.DATES.experiment,
    "Answer from facts": claims.FACTS.experiment,
}


def translation_controls(link: Link, base: Experiment) -> Experiment:
    """The experiment that a person sets: a network with attention on one of the translation tasks."""
    experiment = experiment_controls(
        link,
        base,
        tasks=TASKS,
        model=("attention", "cell", "hidden", "bidirectional"),
        train=("teacher_forcing", "learning_rate", "schedule", "warmup", "batch_size", "steps", "seed"),
        ranges={"hidden": (8, 128), "steps": (50, 2000), "batch_size": (8, 256), "warmup": (0, 200)},
    )
    experiment = _with_attention(_with_languages(link, experiment))
    presets(link.page, base, PRESETS)
    return experiment


def _with_languages(link: Link, experiment: Experiment) -> Experiment:
    """The experiment with the languages that a person chose; the same where the task has none."""
    if experiment.task != "read_dates":
        return experiment
    default = ",".join(SIXTEEN[:4])
    now = chosen(str(experiment.task_options.get("languages", default)))
    options = list(dict.fromkeys([*SIXTEEN, *now]))
    with st.sidebar:
        codes = st.multiselect(
            say("Languages of the dates"),
            options,
            key=link.start("languages", list(now)),
            help=say("One network reads them all. Changing them needs a new training."),
            persist_state="session",
        )
    if not codes:
        st.warning(say("Wanted at least one language, got none; English is used."), icon=":material/tune:")
    languages = ",".join(codes or ["en"])
    link.keep("task.languages", languages, default)
    settings = {name: value for name, value in experiment.task_settings if name != "languages"}
    if languages != default:
        settings["languages"] = "16" if languages == ",".join(SIXTEEN) else languages
    return dataclasses.replace(experiment, task_settings=settings)


def _with_attention(experiment: Experiment) -> Experiment:
    """The experiment, with dot attention where a person switched attention off."""
    if experiment.model.attention != "none":
        return experiment
    st.info(
        say(
            "This page needs a network with attention, so dot is used. One without stands beside it on the "
            "page “A sentence in one vector”."
        ),
        icon=":material/visibility:",
    )
    return dataclasses.replace(experiment, model=dataclasses.replace(experiment.model, attention="dot"))
