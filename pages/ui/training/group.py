"""Several runs side by side on one page: the same experiment but for one thing, live on shared pictures."""

from __future__ import annotations

import math
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
from pages.ui.training.actions import Action, action_row, run_actions, turn_from
from pages.ui.training.estimates import duration, estimated
from pages.ui.training.live import TICK, film_of
from pages.ui.training.runs import kept_run, show_runs, shown_runs
from viz.picture import Picture

ACROSS = 5
"""Most runs side by side in the panel."""


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
        _start({name: e for name, e in experiments.items() if _waits(e, first_sight=link.fresh)})
    going = any(run.going for run in shown_runs(link, experiments).values())

    @st.fragment(run_every=2 * TICK if going else None, key=f"{link.page}.group")
    def part() -> None:
        runs = shown_runs(link, experiments)
        if any(run.going for run in runs.values()) != going:
            st.rerun()
        _panel(link.page, experiments, runs)
        members = _members(runs, look, look_key) or _members(_before(link.page, runs), look, look_key)
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


def _members(
    runs: Mapping[str, Run], look: Mapping[str, Look] | Look | None, look_key: str
) -> dict[str, Member]:
    """The runs of which there is something to see."""
    members = {name: Member(name, run, _film(name, run, look, look_key)) for name, run in runs.items()}
    return {name: member for name, member in members.items() if look is None or member.film}


def _before(page: str, runs: Mapping[str, Run]) -> dict[str, Run]:
    """The runs whose place these take: their pictures stand until the first moment of the new ones."""
    before = st.session_state.get(f"{page}.runs_before", {})
    earlier = {name: kept_run(run_id) for name, run_id in before.items() if name in runs}
    return {name: run for name, run in earlier.items() if run and run.experiment == runs[name].experiment}


def _film(name: str, run: Run, look: Mapping[str, Look] | Look | None, look_key: str) -> Film | None:
    if look is None:
        return None
    film = film_of(run.id, look_key, look[name] if isinstance(look, Mapping) else look).update()
    return film if len(film) else None


def _waits(experiment: Experiment, *, first_sight: bool) -> bool:
    """Whether it was never begun, or was laid aside before this visitor came."""
    begun = store().find(experiment, any_status=True)
    return begun is None or (first_sight and store().run(begun).status == "paused")


def _start(experiments: Mapping[str, Experiment]) -> None:
    """Train what is not finished or going: go on with what was begun, begin the rest."""
    for experiment in experiments.values():
        if store().find(experiment) is None:
            attend(ensure(experiment, visitor()))


def _panel(page: str, experiments: Mapping[str, Experiment], runs: Mapping[str, Run]) -> None:
    """The buttons for all runs, and how far and how good every run is, side by side."""
    with st.container(border=True, key=f"{page}-panel", gap="small"):
        row = action_row(page, _actions(page, experiments, runs))
        row.caption(" ".join(_told(experiments, runs)))
        rows = math.ceil(len(runs) / ACROSS)
        for row in np.array_split(list(runs), rows) if rows else ():
            for column, name in zip(st.columns(len(row)), row, strict=True):
                run = runs[name]
                column.progress(min(1.0, run.step / run.steps), text=_line(name, run))
        for name, run in runs.items():
            if run.status == "failed":
                st.error(f"{name}: {run.reason} " + say("Press Resume to go on."), icon=":material/error:")


def _actions(page: str, experiments: Mapping[str, Experiment], runs: Mapping[str, Run]) -> list[Action]:
    """What can be done with all runs at once; where all are trained, Train trains them all anew."""
    missing = {name: experiment for name, experiment in experiments.items() if name not in runs}
    train = Action(
        "Train",
        "play_arrow",
        "Train what was not begun with these settings yet; else all again from fresh weights. Key: T.",
        lambda: _start(missing) if missing else _again(page, experiments, runs),
        width=96,
        possible=bool(missing) or not any(run.going for run in runs.values()),
        shortcut="T",
        primary=not any(run.going for run in runs.values()),
    )
    reset = Action(
        "Reset",
        "restart_alt",
        "All untrained again, paused before the first update.",
        lambda: _again(page, experiments, runs, updates=0),
        width=84,
    )
    return [train, *run_actions(list(runs.values())), reset]


def _again(
    page: str, experiments: Mapping[str, Experiment], before: Mapping[str, Run], updates: int | None = None
) -> None:
    """New runs of all, on the screen in place of those that were there."""
    turn_from(list(before.values()))
    st.session_state[f"{page}.runs_before"] = {name: run.id for name, run in before.items()}
    begun = [engine().start(experiment, visitor(), updates=updates) for experiment in experiments.values()]
    for run_id in begun:
        attend(run_id)
    show_runs(page, begun)


def _told(experiments: Mapping[str, Experiment], runs: Mapping[str, Run]) -> list[str]:
    """What the numbers are, what guessing gets, and how long it still takes."""
    told = []
    if runs:
        chance = max(task_of(run.experiment).chance for run in runs.values())
        told.append(say("Share of right held-out answers. Guessing gets {chance:.0%}.", chance=chance))
    left = sum(
        (run.steps - run.step) * run.seconds / run.step for run in runs.values() if run.going and run.step
    )
    if left:
        told.append(say("About {seconds} of work left.", seconds=duration(left)))
    missing = [experiment for name, experiment in experiments.items() if name not in runs]
    if missing:
        seconds = sum(estimated(experiment).seconds for experiment in missing)
        told.append(say("{n} to train, about {seconds}.", n=len(missing), seconds=duration(seconds)))
    return told


def _line(name: str, run: Run) -> str:
    """One run's name, how good it is, and how far where it has not finished."""
    if run.status == "queued":
        return f"**{name}** · " + say("place {place} in the queue", place=max(1, run.place))
    metrics = store().metrics(run.id)
    right = next((values["accuracy"] for _, values in reversed(metrics) if "accuracy" in values), None)
    told = f"**{name}**" if right is None else f"**{name}** · " + f"{right:.0%}"
    return told if run.status == "finished" else f"{told} · {run.step:,}/{run.steps:,}"
