"""GRU: two gates instead of three; what they do, and what that saves."""

import streamlit as st

from models.film import task_of
from models.looks import sequence_look
from models.prepared import PREPARED
from pages.ui.controls import experiment_controls
from pages.ui.costs import costs
from pages.ui.equation import equation_of_cell
from pages.ui.frame import begin, end
from pages.ui.interventions import interventions
from pages.ui.language import say
from pages.ui.live import live
from pages.ui.pictures import answer_picture, curve_pictures, sample_pictures, tap_pictures
from pages.ui.probe import probe_editor
from pages.ui.units import layer_choice, unit_order

BASE = PREPARED["gru"]
PARTS = ("update_gate", "reset_gate", "candidate", "hidden_state")

link = begin("gru", "GRU: the lighter gates")
experiment = experiment_controls(
    link,
    BASE,
    tasks=("write_keep_clear", "remember_first", "reviews", "brackets", "characters"),
    model=("hidden", "layers"),
    ranges={"hidden": (2, 64), "layers": (1, 3), "steps": (50, 2000), "batch_size": (8, 256)},
    task_settings=("lag", "lags", "length", "depth", "write_rate", "read_rate", "clear_rate", "text"),
)
task = task_of(experiment)
left, right = st.columns([3, 2], vertical_alignment="bottom")
with left:
    probe = probe_editor(link, task)
    tokens = task.decode(probe)
with right:
    layer = layer_choice(link, experiment)
    sort = unit_order(link, task)
taps = [f"layers.{layer}.{part}" for part in PARTS]
NOTES = {
    "update_gate": say("Bright: the old state stays. Dark: the candidate takes its place."),
    "reset_gate": say("Dark: the candidate is made as if there were no past."),
    "candidate": say("What would be written, from -1 to 1."),
    "hidden_state": say("What each unit holds and shows: a GRU has no second, hidden store."),
}


def pictures(run, film):
    order = sort(run, film, taps[3])
    return [
        answer_picture(film, tokens, task.answers),
        *tap_pictures(film, taps, tokens, NOTES, order),
        *curve_pictures(run, film),
        *sample_pictures(film),
    ]


def detail(shown):
    equation_of_cell(shown, "gru", probe, tokens, taps)
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
costs(link, experiment)
end("gru")
