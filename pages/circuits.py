"""Circuits appear: an induction head closes, and learning by heart turns into understanding."""

import dataclasses

import streamlit as st

from models.claims.transformer import GROKKING, INDUCTION
from models.film import task_of
from models.looks_circuits import grokking_look, induction_look
from pages.ui.controls.probe import probe_editor
from pages.ui.controls.sidebar import experiment_controls
from pages.ui.frame import begin, end
from pages.ui.pictures.grokking import grokking_pictures, when_it_understood
from pages.ui.pictures.induction import FLAT, induction_pictures, when_it_formed
from pages.ui.prose import prose
from pages.ui.training.group import live_group
from pages.ui.transformer import circuit_choice as circuits


def induction(link):
    """Two layers of attention beside one, on random symbols that repeat."""
    base = INDUCTION.experiment
    deep = experiment_controls(
        link,
        base,
        model=("layers", "heads", "hidden"),
        ranges={"layers": (2, 3), "heads": (1, 4), "hidden": (16, 128), "steps": (50, 1000)},
    )
    flat = dataclasses.replace(deep, model=dataclasses.replace(deep.model, layers=1))
    task = task_of(deep)
    probe = probe_editor(link, task)
    tokens = task.decode(probe)
    live_group(
        link,
        {f"{NUMBERS[deep.model.layers]} layers": deep, FLAT: flat},
        pictures=lambda group: induction_pictures(group, task, probe, tokens),
        prepared=deep == base,
        look=induction_look(probe),
        look_key=f"induction {probe.tolist()}",
        detail=when_it_formed,
    )


def grokking(link):
    """Addition on a clock face with weight decay and without."""
    base = GROKKING.experiment
    decayed = experiment_controls(
        link,
        base,
        model=("hidden", "embedding"),
        train=("weight_decay", "learning_rate", "steps", "seed"),
        task_settings=("modulus", "share"),
        ranges={"modulus": (11, 61), "weight_decay": (0, 3), "steps": (100, 3000)},
    )
    free = dataclasses.replace(decayed, train=dataclasses.replace(decayed.train, weight_decay=0.0))
    task = task_of(decayed)
    live_group(
        link,
        {f"weight decay {e.train.weight_decay:g}": e for e in (decayed, free)},
        pictures=lambda group: grokking_pictures(group, task),
        prepared=decayed == base,
        look=grokking_look,
        look_key="grokking",
        detail=when_it_understood,
    )


NUMBERS = {2: "two", 3: "three", 4: "four"}
SHOWN = {circuits.INDUCTION: induction, circuits.GROKKING: grokking}

page = begin("circuits", "Circuits appear")
circuit, link = circuits.circuit_choice(page)
st.markdown(prose("circuits", circuit))
SHOWN[circuit](link)
end("circuits")
