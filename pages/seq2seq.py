"""Sequence to sequence: a sentence squeezed through one vector, and what attention changes."""

import dataclasses

import streamlit as st

from models.film import task_of
from models.looks_seq2seq import encoder_look
from models.prepared import PREPARED_GROUPS
from pages.ui.frame import begin, end
from pages.ui.language import say
from pages.ui.pictures.seq2seq import answers_over_training, encoder_pictures, networks_compared
from pages.ui.training.group import live_group
from pages.ui.translation.answers import answers, runs_of
from pages.ui.translation.controls import translation_controls
from pages.ui.translation.forcing import forcing_view
from pages.ui.translation.member import moment_of, network_choice
from pages.ui.translation.search import beam_view
from pages.ui.translation.source import source_editor

BASE = PREPARED_GROUPS["seq2seq"]["with attention"]

link = begin("seq2seq", "A sentence in one vector")
experiment = translation_controls(link, BASE)
one_vector = dataclasses.replace(experiment.model, attention="none")
experiments = {
    say("with attention"): experiment,
    say("one vector"): dataclasses.replace(experiment, model=one_vector),
}
task = task_of(experiment)
left, right = st.columns([2, 1], vertical_alignment="bottom")
with left:
    source = source_editor(link, task)
with right:
    looked_into = network_choice(link, list(reversed(experiments)))
answers(link, lambda: runs_of(experiments), task, source, awaited=experiment == BASE)
tokens = task.decode(source)


def into(group):
    return looked_into if looked_into in group.members else next(iter(group.members))


def pictures(group):
    units = experiment.model.hidden
    forward = units - units // 2 if experiment.model.bidirectional else units
    by_length, training, forcing = networks_compared(group, task)
    return [
        by_length,
        training,
        answers_over_training(group, task, source),
        *encoder_pictures(group, into(group), tokens, forward=forward),
        forcing,
    ]


def detail(group):
    member = group.members[into(group)]
    moment = moment_of(group, member)
    left, right = st.columns([3, 2])
    with left:
        beam_view(link, member, moment, task, source)
    with right:
        forcing_view(link, member, moment, task, source)


live_group(
    link,
    experiments,
    pictures=pictures,
    prepared=experiment == BASE,
    look=encoder_look(source),
    look_key=f"encoder {source.tolist()}",
    detail=detail,
)
end("seq2seq")
