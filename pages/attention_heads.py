"""Self-attention: every head, one score with its numbers, what each head is worth, the logit lens."""

import dataclasses

import streamlit as st

from models.film import task_of
from models.looks_transformer import heads_look
from models.prepared import PREPARED
from pages.ui.controls.probe import probe_editor
from pages.ui.controls.sidebar import experiment_controls
from pages.ui.controls.views import view_choice
from pages.ui.frame import begin, end
from pages.ui.language import say
from pages.ui.pictures.common import answer_picture, curve_pictures, sample_pictures
from pages.ui.pictures.heads import head_pictures, lens_pictures
from pages.ui.presets import presets
from pages.ui.training.live import live
from pages.ui.transformer.head_changes import head_changes
from pages.ui.transformer.heads import MOST_TOKENS, follow_click, head_choice, shortened
from pages.ui.transformer.score import score_of_pair
from pages.ui.transformer.writing import writing

PREPARED_RUN = PREPARED["attention_heads"]
VIEWS = {
    "heads": say("Every head"),
    "changes": say("What is each head worth?"),
    "lens": say("The answer, layer by layer"),
    "writing": say("It writes"),
}
RANGES = {
    "hidden": (8, 96), "layers": (1, 4), "heads": (1, 8), "feed_forward": (0, 256),
    "length": (4, 32), "steps": (50, 2000), "batch_size": (8, 128),
}  # fmt: skip
SHAPE = ("hidden", "layers", "heads", "positions", "feed_forward", "norm", "dropout")
PRESETS = {
    "remember the first symbol": dataclasses.replace(PREPARED_RUN, task="remember_first", task_settings={}),
    "a small GPT": dataclasses.replace(PREPARED_RUN, task="characters", task_settings={}),
}

link = begin("attention_heads", "Self-attention heads")
presets("attention_heads", PREPARED_RUN, PRESETS)
task_asked = st.session_state.get("attention_heads.task") if not link.fresh else link.given.get("task")
causal = task_asked == "characters"  # who sees the next character need not learn to foretell it
BASE = dataclasses.replace(PREPARED_RUN, model=dataclasses.replace(PREPARED_RUN.model, causal=causal))
experiment = experiment_controls(
    link,
    BASE,
    tasks=("order", "remember_first", "characters"),
    model=SHAPE if causal else (*SHAPE, "causal"),
    ranges=RANGES | ({"length": (16, 128)} if causal else {}),
    task_settings=("rule", "length", "lag", "text"),
)
task = task_of(experiment)
view = view_choice(link, VIEWS if task.writes else {name: VIEWS[name] for name in VIEWS if name != "writing"})
left, right = st.columns([3, 2], vertical_alignment="bottom")
with left:
    whole = probe_editor(link, task)
    probe = whole[:MOST_TOKENS] if view == "writing" else shortened(whole)
    tokens = task.decode(probe)
chosen = (0, 0)
if view in ("heads", "changes"):
    with right, st.container(horizontal=True):
        chosen = head_choice(link, experiment)


def pictures(run, film):
    match view:
        case "lens":
            answer = answer_picture(film, tokens, task.answers)
            return [*lens_pictures(film, task, tokens), answer, curve_pictures(run, film)[1]]
        case "writing":
            return [*sample_pictures(film), *curve_pictures(run, film)]
    seen = head_pictures(film, tokens, chosen)
    return [seen[0]] if view == "changes" else [*seen, *curve_pictures(run, film), *sample_pictures(film)]


def detail(shown):
    follow_click(shown, link)
    match view:
        case "heads":
            score_of_pair(shown, "attention_heads", probe, tokens, chosen)
        case "changes":
            head_changes(shown, link, task, probe, tokens, chosen)
        case "writing":
            writing(shown, link, task, whole)


live(
    link,
    experiment,
    prepared=PREPARED_RUN,
    look=heads_look(probe),
    look_key=f"heads {probe.tolist()}",
    pictures=pictures,
    detail=detail,
)
end("attention_heads")
