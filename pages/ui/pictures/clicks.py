"""Pictures of a recommender: how good it is beside simple rules, and what it makes of one session."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import streamlit as st
from torch import Tensor

from models.analysis.ranking import compare_recommenders
from models.analysis.units import principal_plane
from models.film import Film, network_at, task_of
from models.looks_clicks import (
    departments,
    exact_departments,
    last_items,
    rule_results,
    rules,
    tastes_of_visitors,
)
from models.tasks import build_task, shop
from models.tasks.clicks import Clicks
from models.training.loop import EVALUATED
from models.training.records import Run
from pages.ui.controls.kinds import NAMES
from pages.ui.language import say
from pages.ui.services import store
from viz.maps import unit_map
from viz.picture import Picture
from viz.ranking import click_bars, named_map, next_item_bars, ranking_curve, visitor_cloud

MOST_ITEMS = 8
QUANTITIES = {"recall_at_5": "recall at 5", "mean_reciprocal_rank": "mean reciprocal rank"}
TOP_GROUPS = 6


def curves(run: Run, film: Film) -> list[Picture]:
    """Recall at 5 and MRR over the updates, the simple rules as level lines."""
    moments = np.array(film.moments, dtype=float)
    frames = {"layout.shapes.0.x0": moments, "layout.shapes.0.x1": moments}
    found = _rules(run.experiment.task_settings)
    metrics = store().metrics(run.id)
    pictures = []
    for metric, told in QUANTITIES.items():
        points = [(step, values[metric]) for step, values in metrics if metric in values]
        curve = [step for step, _ in points], [value for _, value in points]
        level = {say(rule): values[metric] for rule, values in found.items()}
        figure = ranking_curve(
            curve, name=NAMES[run.experiment.model.kind], rules=level, quantity=say(told),
            steps=run.steps, cursor=moments[-1],
        )  # fmt: skip
        pictures.append(
            Picture(
                metric, figure, say("{quantity} of the network over the updates, and of simple rules.",
                                    quantity=say(told).capitalize()),
                frames, say(told).capitalize(),
                say("On the same {n} held-out sessions for all; the lowest line is guessing.", n=EVALUATED),
            )
        )  # fmt: skip
    return pictures


def next_items(film: Film, task: Clicks, session: Tensor) -> Picture:
    """What the network expects after the last click, beside what the rules expect."""
    expected = film["answer"][:, -1]
    others = rules(task, session)
    chosen = [int(place) for place in np.argsort(-expected[-1])[:MOST_ITEMS]]
    bars = {say("network"): expected[-1][chosen]}
    bars |= {say(rule): values[chosen] for rule, values in others.items()}
    return Picture(
        "next",
        next_item_bars(bars, items=[task.symbols[place] for place in chosen]),
        say("The items that the network expects next after this session, with their probabilities."),
        {"data.0.x": expected[:, chosen]},
        say("What comes next?"),
        say("After your last click: the network's {n} best, and what each rule says of them.", n=MOST_ITEMS),
    )


def taste_pictures(film: Film, task: Clicks, session: Tensor) -> list[Picture]:
    """In the made shop: on which department the network counts after each click, and who knows exactly."""
    tokens, rows = task.decode(session), [*(say(t) for t in shop.TASTES), say("everyday")]
    if task.upload:
        return []
    shares = departments(film["answer"]).swapaxes(1, 2)
    return [
        Picture(
            "taste", named_map(shares[-1], columns=tokens, rows=rows, name=say("network")),
            say("The share of the network's expectation on each department after each click."),
            {"data.0.z": shares}, say("The taste that the network sees"),
            say("Share of its expectation on each department after each click. Does it survive the socks?"),
        ),
        Picture(
            "exact",
            named_map(exact_departments(session).T, columns=tokens, rows=rows, name=say("exact")),
            say("The same shares of somebody who knows exactly how the made shop works."), {},
            say("The exact taste"), say("By Bayes' rule from how sessions are made: nobody can know more."),
        ),
    ]  # fmt: skip


def state_pictures(film: Film, task: Clicks, session: Tensor) -> list[Picture]:
    """The hidden state on the session, and where it puts other visitors."""
    states, tokens = film["state"], task.decode(session)
    limit = max(1.0, float(np.abs(states).max()))
    return [
        Picture(
            "state",
            unit_map(states[-1], tokens=tokens, name=say("hidden state"), signed=True, limit=limit),
            say("The hidden state after each click, one row for each unit."),
            {"data.0.z": states.swapaxes(1, 2)}, say("Hidden state: the taste in numbers"),
            say("What the network keeps of the session after each click."),
        ),
        _cloud(film, task),
    ]  # fmt: skip


def _cloud(film: Film, task: Clicks) -> Picture:
    states = film["visitors"]
    plane = principal_plane(states[-1])
    points = plane.project(states)
    low, high = points[-1].min(0), points[-1].max(0)
    ranges = np.stack([low, high], 1) + 0.08 * np.array([-1, 1]) * (high - low)[:, None]
    groups = _grouped(last_items(task)) if task.upload else [say(t) for t in tastes_of_visitors(task)]
    figure, places = visitor_cloud(points[-1], groups=groups, ranges=ranges, shares=plane.share)
    frames: dict[str, np.ndarray] = {}
    for trace, mine in enumerate(places):
        frames |= {f"data.{trace}.x": points[:, mine, 0], f"data.{trace}.y": points[:, mine, 1]}
    told = (
        say("Each point is a held-out visitor; colour: the item clicked last.")
        if task.upload
        else say("Each point is a held-out visitor; colour: the taste that the clicks imply.")
    )
    alt = say("Hidden states of held-out visitors in the plane of their two main directions.")
    return Picture("visitors", figure, alt, frames, say("Visitors who are alike"), told)


def _grouped(items: Sequence[str]) -> list[str]:
    """The commonest items by name, all others together."""
    counted = sorted(set(items), key=lambda item: (-list(items).count(item), item))[:TOP_GROUPS]
    return [item if item in counted else say("others") for item in items]


def mattered_pictures(film: Film, task: Clicks, session: Tensor) -> list[Picture]:
    """Which earlier click mattered: by leaving each out, and by attention where there is one."""
    values, tokens = film["mattered"], task.decode(session)
    limit = max(0.05, 1.1 * float(values.max()))
    pictures = [
        Picture(
            "mattered",
            click_bars(values[-1], tokens=tokens, quantity=say("change of the expectation"), limit=limit),
            say("How much the expectation changes when each click is left out."), {"data.0.y": values},
            say("Which click mattered?"),
            say("Each click is left out once: how much of the expectation moves to other items (0 to 1)."),
        )
    ]  # fmt: skip
    try:
        attention = film["attention"]
    except KeyError:
        return pictures
    moments, layers, heads = attention.shape[:3]
    rows = [say("layer {layer}, head {head}", layer=i, head=h) for i in range(layers) for h in range(heads)]
    looked = attention[:, :, :, -1].reshape(moments, layers * heads, -1)
    pictures.append(
        Picture(
            "attention", named_map(looked[-1], columns=tokens, rows=rows, name=say("attention")),
            say("How much the last click attends to each click, one row for each head."),
            {"data.0.z": looked}, say("Attention: which earlier click each head looks at"),
            say("From the last click; each row adds up to 1."), columns=2,
        )
    )  # fmt: skip
    return pictures


def table(run: Run, moment: int) -> None:
    """Every recommender on all held-out sessions, at the moment shown."""
    with st.container(border=True):
        st.markdown(f"**{say('Against simple rules, on all held-out sessions')}**")
        st.dataframe(
            [
                {say("Recommender"): say(NAMES.get(name, name)), **{k: f"{v:.1%}" for k, v in row.items()}}
                for name, row in _compared(run.id, moment).items()
            ],
            hide_index=True,
        )
        st.caption(
            say("Recall at k: how often the item clicked next is among the k that are recommended. MRR: "
                "the mean of 1 / rank. Update {step}.", step=moment)
        )  # fmt: skip


@st.cache_data(max_entries=200, show_spinner=False)
def _compared(run_id: str, step: int) -> dict[str, dict[str, float]]:
    experiment = store().run(run_id).experiment
    found = compare_recommenders(network_at(experiment, store().snapshot(run_id, step)), task_of(experiment))
    return {
        name: {**{f"recall at {k}": one.recall(k) for k in (1, 5, 10)}, "MRR": one.mean_reciprocal_rank}
        for name, one in found.items()
    }


@st.cache_data(max_entries=50, show_spinner=False)
def _rules(settings: tuple) -> Mapping[str, Mapping[str, float]]:
    return rule_results(build_task("clicks", **dict(settings)), EVALUATED)
