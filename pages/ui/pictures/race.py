"""Pictures of the race: curves with their spread, answers side by side, how far back each remembers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import streamlit as st

from models.analysis.memory import accuracy_by_lag, at_lag, reach
from models.film import network_at, task_of
from models.race import KINDS, NAMES
from models.settings import settings_of
from models.tasks import Task
from pages.ui.language import say
from pages.ui.link import Link
from pages.ui.services import store
from pages.ui.training.group import Group, Member
from viz.maps import answer_map
from viz.picture import Picture
from viz.race import Spread, lag_curves, race_curves

LAGS = (0.1, 0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0)
"""Lags that are asked for, as parts of the one trained with."""
SEQUENCES = 128


def race_pictures(group: Group, task: Task) -> list[Picture]:
    """Right answers and loss of every network over the updates, with one cursor."""
    moments = np.array(group.moments, dtype=float)
    steps = max(member.run.steps for member in group.members.values())
    shared = {"steps": steps, "cursor": float(moments[-1])}
    frames = {"layout.shapes.0.x0": moments, "layout.shapes.0.x1": moments}
    told = say("Line: mean over the seeds. Band: from the worst seed to the best.")
    right, loss = (_spreads(group, metric) for metric in ("accuracy", "loss"))
    return [
        Picture(
            "accuracy",
            race_curves(right, quantity=say("share right"), guessing=task.chance, within=(0, 1.04), **shared),
            say("Share of right answers of each network over the updates; the dashed line is guessing."),
            frames,
            say("Right answers on held-out data"),
            told,
        ),
        Picture(
            "loss",
            race_curves(loss, quantity=say("loss (nats)"), guessing=task.guessing_loss, **shared),
            say("Loss of each network over the updates; the dashed line is guessing."),
            frames,
            say("Loss on held-out data"),
            told,
        ),
    ]


def answers_side_by_side(group: Group, task: Task, tokens: Sequence[str]) -> list[Picture]:
    """What the first seed of each network answers to the person's sequence, moving over training."""
    shown = []
    for name, members in by_kind(group).items():
        first = members[0]
        values = group.at_moments(first.name, "answer")
        shown.append(
            Picture(
                f"answer {name}",
                answer_map(values[-1], tokens=tokens, answers=task.answers),
                say("The probability that the {name} gives each answer after each token.", name=name),
                {"data.0.z": values.swapaxes(1, 2)},
                say("What the {name} answers", name=name),
                say("To your sequence, {which}.", which=first.name.split(" · ")[-1]),
            )
        )
    return shown


def reach_of_each(link: Link, group: Group, task: Task) -> None:
    """Accuracy against lag at the moment shown: how far back each network remembers."""
    with st.container(border=True):
        st.markdown(f"**{say('How far back does each remember?')}**")
        if not task.lag_setting:
            st.caption(say("This task has no lag to be changed. Choose one that has."))
            return
        if any(member.run.going for member in group.members.values()):
            st.caption(say("Measured as soon as all have finished."))
            return
        lags = _lags(task)
        moment = group.board.moment if group.board else group.moments[-1]
        found = {
            name: np.array([[_at_lags(m.run.id, _newest(m, moment), lags)[lag] for lag in lags]
                            for m in members])
            for name, members in by_kind(group).items()
        }  # fmt: skip
        setting = settings_of(task)[task.lag_setting]
        figure = lag_curves(
            {name: Spread(lags, values) for name, values in found.items()},
            chance=[at_lag(task, lag).chance for lag in lags],
            trained=getattr(task, task.lag_setting),
            unit=setting.unit or say("steps"),
        )
        st.plotly_chart(
            figure, key=f"{link.page}.lags",
            alt=say("Share of right answers of each network against the lag, and what guessing gets."),
        )  # fmt: skip
        st.caption(_told(found, lags, moment))


def by_kind(group: Group) -> dict[str, list[Member]]:
    """The members of each network, seed by seed, in the order of the race."""
    names = [NAMES[kind] for kind in KINDS]
    found = {name: [m for m in group.members.values() if m.name.startswith(f"{name} ·")] for name in names}
    return {name: members for name, members in found.items() if members}


def _spreads(group: Group, metric: str) -> dict[str, Spread]:
    """Each network's curve at the updates at which all of its seeds were measured."""
    spreads = {}
    for name, members in by_kind(group).items():
        curves = [dict(zip(*member.curve(metric), strict=True)) for member in members]
        curves = [curve for curve in curves if curve]
        steps = sorted(set.intersection(*(set(curve) for curve in curves))) if curves else []
        if steps:
            spreads[name] = Spread(steps, np.array([[curve[step] for step in steps] for curve in curves]))
    return spreads


def _lags(task: Task) -> list[int]:
    setting, trained = settings_of(task)[task.lag_setting], getattr(task, task.lag_setting)
    wanted = {round(trained * part) for part in LAGS}
    return sorted(lag for lag in wanted if max(setting.low, 1) <= lag <= setting.high)


def _newest(member: Member, moment: int) -> int:
    """The member's newest moment that is not after the one shown."""
    moments = [step for step in member.film.moments if step <= moment]
    return moments[-1] if moments else member.film.moments[0]


def _told(found: Mapping[str, np.ndarray], lags: Sequence[int], moment: int) -> str:
    """In words: how far each is right nine times in ten, its seeds averaged."""
    reaches = {name: reach(dict(zip(lags, values.mean(0), strict=True))) for name, values in found.items()}
    parts = ", ".join(
        say("{name}: up to {lag}", name=name, lag=lag) if lag else say("{name}: not the shortest", name=name)
        for name, lag in reaches.items()
    )  # fmt: skip
    return say(
        "Right in 9 of 10 at every lag from the shortest on: {parts}. Update {step}; {n} sequences each.",
        parts=parts,
        step=moment,
        n=SEQUENCES,
    )


@st.cache_data(max_entries=400, show_spinner=False)
def _at_lags(run_id: str, step: int, lags: list[int]) -> dict[int, float]:
    experiment = store().run(run_id).experiment
    network = network_at(experiment, store().snapshot(run_id, step))
    return accuracy_by_lag(network, task_of(experiment), lags, sequences=SEQUENCES)
