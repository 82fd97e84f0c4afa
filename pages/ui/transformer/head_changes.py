"""Silence heads, hear one alone, keep only the strongest attention: what it costs."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import streamlit as st
import torch
from torch import Tensor

from models.analysis.heads import HeadLosses, head_losses, loss_by_share
from models.experiment import Experiment
from models.film import network_at, task_of
from models.looks_transformer import Effect, HeadChange, effect_of
from models.tasks import Task
from pages.ui.language import say
from pages.ui.link import Link
from pages.ui.services import store
from pages.ui.training.live import Shown
from pages.ui.transformer.heads import moment_of
from viz.heads import head_map, loss_grid, share_curve
from viz.maps import answer_map

SEQUENCES = 64
SHARES = (0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1.0)


def head_changes(
    shown: Shown, link: Link, task: Task, probe: Tensor, tokens: Sequence[str], chosen: tuple[int, int]
) -> None:
    """The controls of a change, and what it does to loss, answers and attention."""
    with st.container(border=True):
        st.markdown(f"**{say('What is each head worth?')}** · " + say("the weights stay as they are"))
        change = _chosen(link, shown.run.experiment, chosen)
        if shown.run.going:
            st.caption(say("Shown as soon as the training stands still: pause it, or wait for its end."))
            return
        step = moment_of(shown)
        before = _effect(shown.run.id, step, probe.tolist(), HeadChange())
        after = _effect(shown.run.id, step, probe.tolist(), change)
        _numbers(before, after, task, step)
        _beside(link.page, task, tokens, before, after, chosen)
    with st.container(border=True):
        _every_head(shown, link.page, task, step)
    with st.container(border=True):
        _every_share(shown, link.page, task, step, change.share)


def _chosen(link: Link, experiment: Experiment, chosen: tuple[int, int]) -> HeadChange:
    """Which heads are silent and what share of attention is kept; the link says the same."""
    layers, heads = experiment.model.layers, experiment.model.heads
    names = [f"{layer}.{head}" for layer, head in np.ndindex(layers, heads)]
    asked = [name for name in link.asked("silent", "").split(",") if name in names]
    key = link.start("silent", asked)
    st.session_state[key] = [name for name in st.session_state[key] if name in names]
    left, middle, right = st.columns([3, 1, 2], vertical_alignment="bottom")
    silent = left.pills(
        say("Silenced heads (layer.head)"), names, selection_mode="multi", key=key,
        help=say("A silenced head adds nothing to the stream."),
    )  # fmt: skip
    middle.button(
        say("Solo"), icon=":material/headphones:", key=f"{link.page}.solo", on_click=_solo,
        args=(key, names, chosen),
        help=say("Silence all other heads of the layer you look at."),
    )  # fmt: skip
    wanted = link.asked("keep", "100")
    share = right.slider(
        say("Keep the strongest attention (%)"), 1, 100,
        key=link.start("keep", int(wanted) if wanted.isdecimal() and 1 <= int(wanted) <= 100 else 100),
        help=say("Of every row only its largest entries; they are made to sum to 1 again."),
    )  # fmt: skip
    link.keep("silent", ",".join(silent), "")
    link.keep("keep", str(share), "100")
    pairs = tuple((int(layer), int(head)) for layer, head in (name.split(".") for name in sorted(silent)))
    return HeadChange(pairs, share / 100)


def _solo(key: str, names: Sequence[str], chosen: tuple[int, int]) -> None:
    layer, head = chosen
    st.session_state[key] = [n for n in names if n.startswith(f"{layer}.") and n != f"{layer}.{head}"]


@st.cache_data(max_entries=200, show_spinner=False)
def _effect(run_id: str, step: int, probe: list, change: HeadChange) -> Effect:
    network, task = _network(run_id, step)
    return effect_of(network, task, task.held_out(SEQUENCES), torch.tensor(probe), change)


@st.cache_data(max_entries=100, show_spinner=False)
def _losses(run_id: str, step: int) -> HeadLosses:
    network, task = _network(run_id, step)
    return head_losses(network, task, task.held_out(SEQUENCES))


@st.cache_data(max_entries=100, show_spinner=False)
def _by_share(run_id: str, step: int) -> list[float]:
    network, task = _network(run_id, step)
    return loss_by_share(network, task, task.held_out(SEQUENCES), list(SHARES))


def _network(run_id: str, step: int):
    experiment = store().run(run_id).experiment
    return network_at(experiment, store().snapshot(run_id, step)), task_of(experiment)


def _numbers(before: Effect, after: Effect, task: Task, step: int) -> None:
    columns = st.columns([1, 1, 2], vertical_alignment="center")
    loss, points = after.loss - before.loss, 100 * (after.accuracy - before.accuracy)
    columns[0].metric(say("Loss (nats)"), f"{after.loss:.3f}", f"{loss:+.3f}", **_worse(loss, 5e-4))
    columns[1].metric(
        say("Right"), f"{after.accuracy:.0%}", say("{points:+.0f} points", points=points),
        **_worse(-points, 0.5),
    )  # fmt: skip
    columns[2].caption(
        say("On {n} held-out sequences with the weights of update {step}; guessing gets {chance:.0%}.",
            n=SEQUENCES, step=step, chance=task.chance)
    )  # fmt: skip


def _worse(by: float, least: float) -> dict[str, str]:
    """The colour and arrow of a change: red where it is worse, none where it is smaller than what is told."""
    if abs(by) < least:
        return {"delta_color": "off", "delta_arrow": "off"}
    return {"delta_color": "red" if by > 0 else "green"}


def _beside(
    page: str, task: Task, tokens: Sequence[str], before: Effect, after: Effect, chosen: tuple[int, int]
) -> None:
    """Answers and the chosen head's attention, with the change."""
    rows = np.sort(np.argsort(-np.maximum(before.answer, after.answer).max(0))[:16])
    names = [task.answers[row] for row in rows]
    left, right = st.columns(2)
    for column, told, effect in ((left, say("before"), before), (right, say("with the change"), after)):
        title = say("What it answers, {when}", when=told)
        column.markdown(f"**{title}**")
        figure = answer_map(effect.answer[:, rows], tokens=tokens, answers=names)
        column.plotly_chart(figure, key=f"{page}.answer.{effect is after}", alt=title)
    for column, told, effect in ((left, say("before"), before), (right, say("with the change"), after)):
        title = say("Layer {layer}, head {head}, {when}", layer=chosen[0], head=chosen[1], when=told)
        column.markdown(f"**{title}**")
        figure = head_map(effect.attention[chosen], tokens=tokens)
        column.plotly_chart(figure, key=f"{page}.attention.{effect is after}", alt=title)


def _every_head(shown: Shown, page: str, task: Task, step: int) -> None:
    found = _losses(shown.run.id, step)
    st.markdown(
        f"**{say('The loss without each head, and with each head alone in its layer')}** · "
        + say("unchanged it is {loss:.3f} nats; guessing gets {guessing:.2f}",
              loss=found.whole, guessing=task.guessing_loss)
    )  # fmt: skip
    titles = {say("Silenced"): found.silenced, say("Solo: the others of its layer silenced"): found.solo}
    for place, (column, (title, losses)) in enumerate(zip(st.columns(2), titles.items(), strict=True)):
        column.markdown(title)
        figure = loss_grid(losses, whole=found.whole, guessing=task.guessing_loss)
        column.plotly_chart(figure, key=f"{page}.losses.{place}", alt=title)


def _every_share(shown: Shown, page: str, task: Task, step: int, chosen: float) -> None:
    title = say("The loss when only the strongest attention of every row is kept, in all heads")
    st.markdown(f"**{title}**")
    figure = share_curve(SHARES, _by_share(shown.run.id, step), chosen=chosen, guessing=task.guessing_loss)
    st.plotly_chart(figure, key=f"{page}.shares", alt=title)
