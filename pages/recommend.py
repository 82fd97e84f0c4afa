"""In a shop: the next click of a visitor, and what reviews say."""

import streamlit as st

from models.claims.language import click_experiment
from models.film import task_of
from models.looks_clicks import SessionLook
from pages.ui.controls.choices import choice, renew
from pages.ui.controls.kinds import NAMES
from pages.ui.controls.sidebar import experiment_controls
from pages.ui.controls.views import view_choice
from pages.ui.frame import begin, end
from pages.ui.language import say
from pages.ui.pictures.clicks import (
    curves,
    mattered_pictures,
    next_items,
    state_pictures,
    table,
    taste_pictures,
)
from pages.ui.texts.review_tools import review_tools
from pages.ui.texts.shop import own_sessions, session_editor
from pages.ui.training.live import live

KINDS = ("rnn", "gru", "lstm", "transformer")
SETTINGS = ("hidden", "layers", "heads")

link = begin("recommend", "In a shop")
view = view_choice(link, {"next": say("The next click"), "reviews": say("Reviews and search")})


def next_click():
    own_sessions(link)
    with st.sidebar:
        kind = choice(
            link, "network", KINDS, "gru", say("Network"), say("Who guesses the next click."), shown=NAMES.get
        )
    renew(link, kind, (*SETTINGS, "learning_rate", "batch_size", "steps", "seed"))
    base = click_experiment(kind)
    experiment = experiment_controls(
        link,
        base,
        model=SETTINGS if kind == "transformer" else SETTINGS[:2],
        ranges={"hidden": (4, 64), "layers": (1, 3), "steps": (50, 2000), "sessions": (50, 6000)},
    )
    task = task_of(experiment)
    session = session_editor(link, task)

    def pictures(run, film):
        return [
            next_items(film, task, session),
            *mattered_pictures(film, task, session),
            *taste_pictures(film, task, session),
            *state_pictures(film, task, session),
            *curves(run, film),
        ]

    live(
        link,
        experiment,
        prepared=base,
        look=SessionLook(session),
        look_key=f"session {session.tolist()}",
        pictures=pictures,
        detail=lambda shown: table(shown.run, shown.board.moment),
    )


if view == "next":
    next_click()
else:
    review_tools(link)
end("recommend")
