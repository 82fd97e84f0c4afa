"""Longer than training: bits per character against the length of the context, for each encoding."""

from __future__ import annotations

import dataclasses
import math

import streamlit as st

from models.analysis.extrapolation import bits_by_length
from models.claims.transformer import LENGTHS, characters_experiment
from models.experiment import Experiment
from models.film import network_at, task_of
from models.settings import settings_of
from models.tasks import Task
from pages.ui.controls.sidebar import setting_control
from pages.ui.language import say
from pages.ui.link import Link
from pages.ui.services import store
from pages.ui.training.group import Group
from viz.positions import length_curves

DEFAULT = ("sinusoidal", "alibi")
PASSAGES = 60


def longer_experiment(link: Link) -> Experiment:
    """The small character model of this view; updates and seed can be set."""
    base = characters_experiment("alibi")
    settings = settings_of(base.train)
    changes = {}
    with st.sidebar:
        st.caption(say("Training"))
        for name, limits in (("steps", (50, 2000)), ("seed", None)):
            own, default = f"longer_{name}", getattr(base.train, name)
            asked, setting = link.asked(own, str(default)), settings[name]
            try:
                value = setting.parse(asked)
            except ValueError:
                value = default
            if name == "seed":
                changes[name] = st.number_input(
                    say(setting.label), 0, int(setting.high), key=link.start(own, value), step=1,
                    help=say(setting.help), persist_state="session",
                )  # fmt: skip
            else:
                changes[name] = setting_control(link, own, setting, value, limits)
            link.keep(own, str(changes[name]), str(default))
    return dataclasses.replace(base, train=dataclasses.replace(base.train, **changes))


def bits_beyond(link: Link, group: Group, task: Task) -> None:
    """Bits per character for contexts shorter and longer than those of training."""
    with st.container(border=True):
        st.markdown(
            f"**{say('How long a text can it read?')}** · "
            + say("the same {n} characters are scored each time; only what stands before them grows", n=16)
        )
        if any(member.run.going for member in group.members.values()):
            st.caption(say("Measured as soon as all have finished."))
            return
        moment = group.board.moment if group.board and group.board.moment is not None else math.inf
        bits = {}
        for name, member in group.members.items():
            steps = [step for step in member.film.moments if step <= moment] or member.film.moments[:1]
            bits[name] = _bits(member.run.id, steps[-1])
        guessing = task.guessing_loss / math.log(2)
        st.plotly_chart(
            length_curves(bits, lengths=LENGTHS, trained=task.length, guessing=guessing),
            key=f"{link.page}.bits",
            alt=say("Bits per character against the length of the context, one line for each encoding."),
        )  # fmt: skip
        trained = LENGTHS.index(task.length)
        parts = [
            say("{name}: {near:.2f} bits at {length}, {far:.2f} at {longest}", name=name,
                near=values[trained], length=task.length, far=values[-1], longest=LENGTHS[-1])
            for name, values in bits.items()
        ]  # fmt: skip
        st.markdown("  \n".join(parts))
        st.caption(say("{n} passages of held-out text; less is better.", n=PASSAGES))


@st.cache_data(max_entries=100, show_spinner=False)
def _bits(run_id: str, step: int) -> tuple[float, ...]:
    experiment = store().run(run_id).experiment
    network = network_at(experiment, store().snapshot(run_id, step))
    text = task_of(experiment).parts()[1]
    return bits_by_length(network, text, LENGTHS, passages=PASSAGES).bits
