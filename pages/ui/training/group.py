"""Several runs side by side on one page: the same experiment but for one thing, live on shared pictures.

A group needs no run ids in the link: equal experiments give equal runs, so the store finds them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import streamlit as st

from models.experiment import Experiment
from models.film import Film, Look, task_of
from models.training.records import Run
from pages.ui.board import BoardState, board
from pages.ui.language import say
from pages.ui.link import Link
from pages.ui.services import attend, engine, ensure, store, visitor
from pages.ui.training.estimates import duration, estimated
from pages.ui.training.live import TICK, film_of
from viz.picture import Picture

ACROSS = 4
"""Runs side by side in the panel."""


@dataclass(frozen=True)
class Member:
    """One run of a group, and its film where the page looks into the networks."""

    name: str
    run: Run
    film: Film | None

    def curve(self, metric: str) -> tuple[list[int], list[float]]:
        """Steps and values of one metric so far."""
        rows = [(step, values[metric]) for step, values in store().metrics(self.run.id) if metric in values]
        return [step for step, _ in rows], [value for _, value in rows]

    def latest(self, metric: str) -> float | None:
        """The newest value of a metric."""
        values = self.curve(metric)[1]
        return values[-1] if values else None


@dataclass(frozen=True)
class Group:
    """What is on the screen: the members that have a run, and the moments of the shared timeline."""

    members: dict[str, Member]
    moments: list[int]
    board: BoardState | None = None

    def at_moments(self, name: str, array: str) -> np.ndarray:
        """One member's array at every moment of the shared timeline: its newest one not after it."""
        film = self.members[name].film
        places = np.searchsorted(film.moments, self.moments, side="right") - 1
        return film[array][places.clip(min=0)]


def live_group(
    link: Link,
    experiments: Mapping[str, Experiment],
    *,
    pictures: Callable[[Group], Sequence[Picture]],
    prepared: bool = False,
    look: Mapping[str, Look] | Look | None = None,
    look_key: str = "",
    detail: Callable[[Group], None] | None = None,
    columns: int = 2,
) -> None:
    """Panel and pictures of several runs, live while any of them is going.

    experiments: name -> experiment
    prepared: whether these are the page's own defaults, which are trained at first sight
    look: what is seen of each network (one look for all, or one per name); None looks into none
    """
    if prepared:
        _start({name: e for name, e in experiments.items() if _waits(e)})
    going = any(run.going for run in _runs(experiments).values())

    @st.fragment(run_every=2 * TICK if going else None, key=f"{link.page}.group")
    def part() -> None:
        runs = _runs(experiments)
        if any(run.going for run in runs.values()) != going:
            st.rerun()
        _panel(link.page, experiments, runs)
        members = {name: Member(name, run, _film(name, run, look, look_key)) for name, run in runs.items()}
        members = {name: m for name, m in members.items() if look is None or m.film}
        if not members:
            told = (
                "The first moment is on its way …"
                if runs
                else "Nothing trained with these settings yet. Press Train."
            )
            st.info(say(told), icon=":material/hourglass:" if runs else ":material/play_arrow:")
            return
        moments = sorted({step for m in members.values() for step in (m.film.moments if m.film else [])})
        group = Group(members, moments)
        state = board(
            pictures(group), key=f"{link.page}.board", moments=moments, columns=columns, follow=going
        )
        if detail:
            detail(Group(members, moments, state))

    part()


def _runs(experiments: Mapping[str, Experiment]) -> dict[str, Run]:
    found = {name: store().find(e, any_status=True) for name, e in experiments.items()}
    return {name: store().run(run_id) for name, run_id in found.items() if run_id}


def _film(name: str, run: Run, look: Mapping[str, Look] | Look | None, look_key: str) -> Film | None:
    if look is None:
        return None
    film = film_of(run.id, look_key, look[name] if isinstance(look, Mapping) else look).update()
    return film if len(film) else None


def _waits(experiment: Experiment) -> bool:
    """Whether it was never begun, or was laid aside unwatched; what a person stopped stays so."""
    begun = store().find(experiment, any_status=True)
    return begun is None or store().run(begun).status == "paused"


def _start(experiments: Mapping[str, Experiment]) -> None:
    """Train what is not finished or going: go on with what was begun, begin the rest."""
    for experiment in experiments.values():
        if store().find(experiment) is None:
            attend(ensure(experiment, visitor()))


def _stop(runs: Mapping[str, Run]) -> None:
    for run in runs.values():
        if run.going:
            engine().stop(run.id)


def _panel(page: str, experiments: Mapping[str, Experiment], runs: Mapping[str, Run]) -> None:
    """Train all, Stop all, and how far and how good every run is, side by side."""
    there = {name for name, run in runs.items() if run.going or run.status == "finished"}
    missing = {name: experiment for name, experiment in experiments.items() if name not in there}
    with st.container(border=True, key=f"{page}-panel", gap="small"):
        buttons, states = st.columns([1, 4])
        with buttons.container(horizontal=True, gap="small"):
            _buttons(page, experiments, runs, missing)
        with states:
            for start in range(0, len(runs), ACROSS):
                row = list(runs.items())[start : start + ACROSS]
                for column, (name, run) in zip(st.columns(ACROSS), row, strict=False):
                    column.progress(min(1.0, run.step / run.steps), text=_line(name, run))
            if runs:
                chance = max(task_of(run.experiment).chance for run in runs.values())
                st.caption(say("Share of right held-out answers. Guessing gets {chance:.0%}.", chance=chance))
        if missing:
            seconds = sum(estimated(experiment).seconds for experiment in missing.values())
            st.caption(say("{n} to train, about {seconds}", n=len(missing), seconds=duration(seconds)))
        for name, run in runs.items():
            if run.status == "failed":
                st.error(f"{name}: {run.reason} " + say("Press Train to go on."), icon=":material/error:")


def _buttons(page: str, experiments: Mapping, runs: Mapping[str, Run], missing: Mapping) -> None:
    st.button(
        say("Train"), key=f"{page}.train", icon=":material/play_arrow:", type="primary", width=98,
        on_click=_start, args=(experiments,), disabled=not missing, shortcut="T" if missing else None,
        help=say("Train every network that is not trained with these settings yet. Key: T."),
    )  # fmt: skip
    st.button(
        say("Stop"), key=f"{page}.stop", icon=":material/stop:", on_click=_stop, args=(runs,), width=82,
        disabled=not any(run.going for run in runs.values()), help=say("End the runs that are going."),
    )  # fmt: skip


def _line(name: str, run: Run) -> str:
    """One run's name, how good it is, and how far where it has not finished."""
    if run.status == "queued":
        return f"**{name}** · " + say("place {place} in the queue", place=max(1, run.place))
    metrics = store().metrics(run.id)
    right = next((values["accuracy"] for _, values in reversed(metrics) if "accuracy" in values), None)
    told = f"**{name}**" if right is None else f"**{name}** · " + f"{right:.0%}"
    return told if run.status == "finished" else f"{told} · {run.step:,}/{run.steps:,}"
