"""The Transformer: an encoder and a decoder of attention alone translate, without any recurrence."""

import streamlit as st

from models.film import task_of
from models.looks_transformer import translator_look
from models.prepared import PREPARED
from pages.ui.controls.sidebar import experiment_controls
from pages.ui.frame import begin, end
from pages.ui.language import say
from pages.ui.pictures.alignment import Pair
from pages.ui.pictures.common import curve_pictures
from pages.ui.pictures.translator import translator_pictures
from pages.ui.training.live import live
from pages.ui.training.runs import shown_run
from pages.ui.transformer.heads import follow_click, head_choice
from pages.ui.translation.answers import answers
from pages.ui.translation.decoded import reference
from pages.ui.translation.source import source_editor

BASE = PREPARED["transformer"]

link = begin("transformer", "The Transformer: attention alone")
experiment = experiment_controls(
    link,
    BASE,
    tasks=("english_to_korean", "reverse_sequence", "answer_from_facts"),
    model=("hidden", "layers", "heads", "positions", "feed_forward", "norm"),
    train=("learning_rate", "schedule", "batch_size", "steps", "seed"),
    ranges={
        "hidden": (8, 96), "layers": (1, 3), "heads": (1, 4), "feed_forward": (0, 256),
        "steps": (50, 2000), "batch_size": (8, 128),
    },
)  # fmt: skip
task = task_of(experiment)
left, right = st.columns([3, 2], vertical_alignment="bottom")
with left:
    source = source_editor(link, task)
with right, st.container(horizontal=True):
    chosen = head_choice(link, experiment)
run = shown_run(link, experiment, BASE)
answers(link, lambda: {say("It writes"): run and run.id}, task, source)
pair = Pair(task, source, reference(run and run.id, task, source))


def pictures(run, film):
    return [*translator_pictures(film, pair, chosen), *curve_pictures(run, film)]


live(
    link,
    experiment,
    prepared=BASE,
    look=translator_look(source, pair.answer),
    look_key=f"translator {source.tolist()} {pair.answer}",
    pictures=pictures,
    detail=lambda shown: follow_click(shown, link),
)
end("transformer")
