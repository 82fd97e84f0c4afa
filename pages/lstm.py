"""LSTM: gates that remember, seen while they learn."""

import streamlit as st

from models.claims.recurrence import LSTM_COUNTS, LSTM_WITHOUT_FORGET_BIAS, forget_bias_experiment
from models.film import task_of
from models.looks import sequence_look
from models.prepared import PREPARED
from pages.ui.controls import experiment_controls
from pages.ui.equation import equation_of_cell
from pages.ui.frame import begin, end
from pages.ui.interventions import interventions
from pages.ui.language import say
from pages.ui.live import live
from pages.ui.pictures import answer_picture, curve_pictures, sample_pictures, tap_pictures
from pages.ui.presets import presets
from pages.ui.probe import probe_editor
from pages.ui.units import layer_choice, unit_order

BASE = PREPARED["lstm"]
GATES = ("forget_gate", "input_gate", "output_gate", "candidate", "cell_state", "hidden_state")

PRESETS = {
    "lag 20, forget bias 0": LSTM_WITHOUT_FORGET_BIAS.experiment,
    "lag 20, forget bias 3": forget_bias_experiment(20, 3.0, 150),
    "a cell that counts": LSTM_COUNTS.experiment,
}

link = begin("lstm", "LSTM: gates that remember")
presets("lstm", BASE, PRESETS)
experiment = experiment_controls(
    link,
    BASE,
    tasks=("write_keep_clear", "remember_first", "equal_numbers", "characters"),
    model=("hidden", "layers", "forget_bias"),
    ranges={"hidden": (2, 64), "layers": (1, 3), "steps": (50, 2000), "batch_size": (8, 256)},
)
task = task_of(experiment)
left, right = st.columns([3, 2], vertical_alignment="bottom")
with left:
    probe = probe_editor(link, task)
    tokens = task.decode(probe)
with right:
    layer = layer_choice(link, experiment)
    sort = unit_order(link, task)
taps = [f"layers.{layer}.{gate}" for gate in GATES]
NOTES = {
    "forget_gate": say("Dark: the cell lets go of what it held. Bright: it keeps it."),
    "input_gate": say("Bright: the candidate is let in."),
    "output_gate": say("Bright: the cell shows what it holds."),
    "candidate": say("What would be written, from -1 to 1."),
    "cell_state": say("What each cell holds."),
    "hidden_state": say("What each unit shows to the next step and to the answer."),
}


def pictures(run, film):
    order = sort(run, film, taps[4])
    maps = tap_pictures(film, taps, tokens, NOTES, order)
    return [
        answer_picture(film, tokens, task.answers),
        *maps,
        *curve_pictures(run, film),
        *sample_pictures(film),
    ]


def detail(shown):
    equation_of_cell(shown, "lstm", probe, tokens, taps)
    interventions(shown, link, task, probe, tokens)


live(
    link,
    experiment,
    prepared=BASE,
    look=sequence_look(probe),
    look_key=f"sequence {probe.tolist()}",
    pictures=pictures,
    detail=detail,
)
end("lstm")
