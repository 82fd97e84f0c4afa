"""The same task with each encoding side by side, and who notices that the row was shuffled."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np
import streamlit as st

from models.analysis.shuffling import Noticed, noticed
from models.experiment import POSITIONS, Experiment
from models.film import network_at, task_of
from models.tasks import Task
from pages.ui.language import say
from pages.ui.link import Link
from pages.ui.services import store
from pages.ui.training.group import Group
from pages.ui.transformer.encodings import NAMES
from viz.heads import head_map
from viz.picture import Picture
from viz.positions import encoding_curves, noticed_bars

SHUFFLED = 64


def encodings_chosen(link: Link, name: str, default: Sequence[str]) -> list[str]:
    """Which encodings take part; the link says the same."""
    asked = [kind for kind in link.asked(name, ",".join(default)).split(",") if kind in POSITIONS]
    chosen = st.pills(
        say("Encodings"), POSITIONS, selection_mode="multi", key=link.start(name, asked or list(default)),
        format_func=lambda kind: say(NAMES[kind]), help=say("A network of its own for each."),
    )  # fmt: skip
    if not chosen:
        st.warning(
            say("Choose at least one encoding; the first ones take part for now."), icon=":material/pin:"
        )
    kinds = [kind for kind in POSITIONS if kind in (chosen or default)]
    link.keep(name, ",".join(kinds), ",".join(default))
    return kinds


def with_each(experiment: Experiment, kinds: Sequence[str]) -> dict[str, Experiment]:
    """The same experiment with every encoding, by the encoding's name on the screen."""
    return {
        say(NAMES[kind]): dataclasses.replace(
            experiment, model=dataclasses.replace(experiment.model, positions=kind)
        )
        for kind in kinds
    }


def trained_pictures(group: Group, task: Task, tokens: Sequence[str]) -> list[Picture]:
    """Right answers of all encodings on one chart, and what each network looks at."""
    return [accuracy_picture(group, task), *_attention(group, tokens)]


def accuracy_picture(group: Group, task: Task) -> Picture:
    """Right answers on held-out data over the updates, one line for each encoding."""
    moments = np.array(group.moments, dtype=float)
    curves = {name: member.curve("accuracy") for name, member in group.members.items()}
    stops = any(member.run.experiment.train.stop_at for member in group.members.values())
    without_order = getattr(task, "without_order", None)
    figure = encoding_curves(
        curves, guessing=task.chance, without_order=without_order, cursor=float(moments[-1]),
        steps=max(member.run.steps for member in group.members.values()),
    )  # fmt: skip
    return Picture(
        "accuracy",
        figure,
        say("Share of right answers with each encoding over the updates; the dashed line is guessing."),
        {"layout.shapes.0.x0": moments, "layout.shapes.0.x1": moments},
        say("Right answers on held-out data"),
        say("One network for each encoding, all else equal.")
        + (" " + say("A line ends where the network was right enough.") if stops else ""),
        columns=3,
    )


def _attention(group: Group, tokens: Sequence[str]) -> list[Picture]:
    shown = []
    for name in group.members:
        values = group.at_moments(name, "attention")
        shown.append(
            Picture(
                f"attention {name}",
                head_map(values[-1], tokens=tokens, scale=False),
                say(
                    "Attention with {name} positions: a row for each query, a column for each key.", name=name
                ),
                {"data.0.z": values},
                say("Attention: {name}", name=name),
                say("Mean over the heads of the first layer, on your row."),
            )
        )
    return shown


def who_notices(link: Link, group: Group) -> None:
    """Shuffle held-out rows: does each symbol get another answer?"""
    with st.container(border=True):
        st.markdown(
            f"**{say('Shuffle the row: who notices?')}** · "
            + say("share of symbols that get another answer than in the row as it was")
        )
        if any(member.run.going for member in group.members.values()):
            st.caption(say("Measured as soon as all have finished."))
            return
        moment = group.board.moment if group.board else group.moments[-1]
        found = {}
        for name, member in group.members.items():
            steps = [step for step in member.film.moments if step <= moment] or member.film.moments[:1]
            found[name] = _noticed(member.run.id, steps[-1])
        st.plotly_chart(
            noticed_bars({name: one.changed for name, one in found.items()}), key=f"{link.page}.noticed",
            alt=say("For each encoding the share of symbols that get another answer in a shuffled row."),
        )  # fmt: skip
        parts = [f"{name} {one.distance:.1e}" for name, one in found.items()]
        st.caption(
            say("{n} held-out rows, weights of update {step}. Largest difference of two logits that would be "
                "equal if order were unknown: {parts}.", n=SHUFFLED, step=moment, parts=" · ".join(parts))
        )  # fmt: skip


@st.cache_data(max_entries=300, show_spinner=False)
def _noticed(run_id: str, step: int) -> Noticed:
    experiment = store().run(run_id).experiment
    network = network_at(experiment, store().snapshot(run_id, step))
    return noticed(network, task_of(experiment).held_out(SHUFFLED).inputs)
