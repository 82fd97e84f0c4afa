"""Order matters: reviews in which a bag of words must fail and networks that read in order do not."""

import streamlit as st

from models.claims.language import review_experiment
from models.film import task_of
from models.looks_language import opinions_look
from models.prepared import PREPARED_GROUPS
from pages.ui.controls.orders import other_order
from pages.ui.controls.probe import probe_editor
from pages.ui.controls.sidebar import experiment_controls
from pages.ui.frame import begin, end
from pages.ui.pictures.readers import Reading, explanations, reading_pictures
from pages.ui.texts.own_texts import bring_texts
from pages.ui.texts.readers import answer_choice, readers_choice
from pages.ui.training.group import live_group

BASE = review_experiment("gru")

link = begin("order_matters", "Order matters")
task_name = bring_texts(link)
reference = experiment_controls(
    link,
    BASE,
    tasks=(task_name,),
    train=("batch_size", "steps", "seed"),
    task_settings=("templates", "every_word", "labelled", "least", "longest"),
    ranges={"steps": (50, 2000), "batch_size": (8, 256), "labelled": (20, 5000)},
)
experiments = readers_choice(link, reference)
task = task_of(reference)
left, right = st.columns([4, 3], vertical_alignment="bottom")
with left:
    probe = probe_editor(link, task, "Your sentence")
with right:
    other = other_order(link, task, probe)
reading = Reading(task, probe, other, answer_choice(link, task))


def pictures(group):
    return reading_pictures(group, reading)


def detail(group):
    explanations(link, group, reading)


live_group(
    link,
    experiments,
    pictures=pictures,
    prepared=set(experiments.values()) <= set(PREPARED_GROUPS["order_matters"].values()),
    look=opinions_look((probe, other)),
    look_key=f"opinions {probe.tolist()} {other.tolist()}",
    detail=detail,
)
end("order_matters")
