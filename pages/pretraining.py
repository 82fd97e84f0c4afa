"""BERT and GPT: two ways to learn a language from text alone, at the same size, side by side."""

import streamlit as st

from models.claims.language import grammar_experiment
from models.film import task_of
from models.looks_language import blank_look
from models.prepared import PREPARED_GROUPS
from models.side_by_side import ways
from pages.ui.controls.sidebar import experiment_controls
from pages.ui.frame import begin, end
from pages.ui.pictures.blanks import blank_pictures
from pages.ui.prose import prose
from pages.ui.texts.blanks import blank_editor, head_choice, to_transfer
from pages.ui.training.group import live_group

BASE = grammar_experiment("masked")

link = begin("pretraining", "BERT and GPT")
reference = experiment_controls(
    link,
    BASE,
    tasks=("grammar",),
    model=("hidden", "layers", "heads", "feed_forward", "positions"),
    ranges={
        "hidden": (8, 96),
        "layers": (1, 4),
        "steps": (50, 2000),
        "batch_size": (8, 256),
        "heads": (1, 8),
    },
    task_settings=("mask_rate",),
)
task = task_of(reference)
blank = blank_editor(link, task)
layer, head = head_choice(link, reference)
experiments = ways(reference)


def pictures(group):
    return blank_pictures(group, task, blank, layer, head)


live_group(
    link,
    experiments,
    pictures=pictures,
    prepared=experiments == PREPARED_GROUPS["pretraining"],
    look=blank_look(blank.words, blank.place),
    look_key=f"blank {blank.words} {blank.place}",
)
with st.container(border=True):
    st.markdown(prose("pretraining", "kinds"))
    to_transfer()
end("pretraining")
