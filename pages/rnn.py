"""RNN: reading word by word; where its hidden state goes, what it forgets, and why."""

import streamlit as st

from models.film import task_of
from models.looks_recurrent import gradient_look, scored_together, two_orders_look
from models.prepared import PREPARED
from pages.ui.controls.kinds import STARTS, recurrent_kind
from pages.ui.controls.orders import other_order
from pages.ui.controls.probe import probe_editor
from pages.ui.controls.sidebar import experiment_controls
from pages.ui.controls.units import layer_choice
from pages.ui.controls.views import view_choice
from pages.ui.frame import begin, end
from pages.ui.language import say
from pages.ui.memory.follow import following, unit_that_follows
from pages.ui.memory.gradients import connectivity_view, gradient_pictures, law
from pages.ui.memory.interventions import interventions
from pages.ui.memory.starts import RNN_STARTS
from pages.ui.pictures.common import curve_pictures, sample_pictures, tap_pictures
from pages.ui.pictures.recurrent import path_pictures, reading_pictures
from pages.ui.presets import presets
from pages.ui.training.live import live
from pages.ui.transformer.writing import writing

VIEWS = {
    "path": say("Word by word"),
    "unit": say("A unit that follows"),
    "gradient": say("Gradient through time"),
    "change": say("Change it"),
}
TASKS = ("reviews", "remember_first", "brackets", "equal_numbers", "write_keep_clear", "temporal_order",
         "adding", "copy_memory", "characters")  # fmt: skip
RANGES = {"hidden": (2, 64), "layers": (1, 3), "steps": (50, 2000), "batch_size": (8, 256), "clip": (0, 10)}

link = begin("rnn", "RNN: reading word by word")
BASE = PREPARED["rnn"]
presets("rnn", BASE, RNN_STARTS)
own = recurrent_kind(link, BASE)
experiment = experiment_controls(
    link,
    own,
    tasks=TASKS,
    model=("hidden", "layers", "bidirectional", *STARTS[own.model.kind]),
    train=("learning_rate", "clip", "batch_size", "steps", "seed"),
    ranges=RANGES,
    task_settings=("lag", "lags", "length", "depth", "most", "delay", "copied", "text"),
)
task = task_of(experiment)
left, right = st.columns(2, vertical_alignment="bottom")
with left:
    probe = probe_editor(link, task)
with right:
    other = other_order(link, task, probe)
if experiment.model.bidirectional:
    st.caption(say("It reads both ways: an answer in the middle knows what comes after it, too."))
view = view_choice(link, VIEWS)
layer = layer_choice(link, experiment)
tokens, others = task.decode(probe), task.decode(other)
state = f"layers.{layer}.hidden_state"
look, look_key = two_orders_look(probe, other), f"orders {probe.tolist()} {other.tolist()}"
if view == "gradient":
    batch, _ = scored_together(task)
    look, look_key = gradient_look(batch), "gradient"
event = following(link, task) if view == "unit" else ""
NOTES = {"hidden_state": say("What each unit holds after each token, from -1 to 1.")}


def pictures(run, film):
    match view:
        case "unit":
            return unit_that_follows(run, film, task, probe, tokens, event, layer)
        case "gradient":
            return gradient_pictures(run, film, task.decode(batch.inputs[0]))
    reading = reading_pictures(film, task, probe, other)
    if view == "change":
        return reading
    maps = tap_pictures(film, [state], tokens, NOTES)
    return [*reading, *path_pictures(film, state, tokens, others), *maps, *curve_pictures(run, film),
            *sample_pictures(film)]  # fmt: skip


def detail(shown):
    if view == "change":
        interventions(shown, link, task, probe, tokens)
        return
    connectivity_view(shown, "rnn", task, probe, tokens)
    if view == "path" and task.writes and not shown.run.experiment.model.bidirectional:
        writing(shown, link, task, probe)


live(link, experiment, prepared=BASE, look=look, look_key=look_key, pictures=pictures, detail=detail)
if view == "gradient":
    law(link)
end("rnn")
