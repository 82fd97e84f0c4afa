"""The live part of a page: the training panel and the board, a few times a second while a run is going."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import streamlit as st

from models.experiment import Experiment
from models.film import Film, Look
from models.training.records import Run
from pages.ui.board import BoardState, board
from pages.ui.language import say
from pages.ui.link import Link
from pages.ui.services import ensure, store, visitor
from pages.ui.training.panel import training_panel
from pages.ui.training.runs import run_before, shown_run
from viz.picture import Picture

TICK = 0.25
"""Seconds between two live updates."""
GLANCE = 2.0
"""Seconds between two looks at a paused run: somebody else may go on with it, in another tab."""


@dataclass(frozen=True)
class Shown:
    """What is on the screen."""

    run: Run
    film: Film
    board: BoardState


def live(
    link: Link,
    experiment: Experiment,
    *,
    prepared: Experiment,
    look: Look,
    look_key: str,
    pictures: Callable[[Run, Film], Sequence[Picture]],
    detail: Callable[[Shown], None] | None = None,
    columns: int = 2,
) -> None:
    """Panel and pictures of the run that this page shows, live while it is going.

    prepared: the page's default experiment, trained at first sight
    look: what is seen of the network at one moment; `look_key` says by a text when it is another look
    pictures: run and film -> pictures for the board
    detail: drawn under the board, given what was clicked and the moment shown
    """
    run = shown_run(link, experiment, prepared)
    going = run is not None and run.going

    @st.fragment(run_every=TICK if going else None, key=f"{link.page}.live")
    def part() -> None:
        now = shown_run(link, experiment, prepared)
        if (now is not None and now.going) != going:
            st.rerun()
        training_panel(link.page, experiment, now)
        if now is None:
            st.info(
                say("Nothing trained with these settings yet. Press Train."), icon=":material/play_arrow:"
            )
            return
        seen, film = _seen(link.page, now, look_key, look)
        if seen.id != now.id and now.place:
            st.info(say("Until its turn comes, the pictures show the run before."), icon=":material/history:")
        if not film:
            st.info(say("The first moment is on its way …"), icon=":material/hourglass:")
            return
        state = board(
            pictures(seen, film),
            key=f"{link.page}.board",
            moments=film.moments,
            columns=columns,
            follow=seen.going,
        )
        if detail:
            detail(Shown(seen, film, state))

    part()
    if run is not None and run.status == "paused":
        _glance(link.page, run.id)


def _seen(page: str, run: Run, look_key: str, look: Look) -> tuple[Run, Film]:
    """The run whose pictures stand there, and its film: until a new run's first moment, the one before."""
    film = film_of(run.id, look_key, look).update()
    before = run_before(page, run) if run.going and not film else None
    return (before, film_of(before.id, look_key, look).update()) if before else (run, film)


def _glance(page: str, run_id: str) -> None:
    """Show the page anew when a paused run is no longer that; draws nothing, so it costs next to nothing."""

    @st.fragment(run_every=GLANCE, key=f"{page}.glance")
    def part() -> None:
        if store().run(run_id).status != "paused":
            st.rerun()

    part()


@st.cache_resource(max_entries=24, show_spinner=False)
def film_of(run_id: str, look_key: str, _look: Look) -> Film:
    """The film of one run under one look, shared by everybody who watches it."""
    return Film(store(), run_id, _look)


def replay(
    link: Link,
    experiment: Experiment,
    *,
    look: Look,
    look_key: str,
    pictures: Callable[[Run, Film], Sequence[Picture]],
    columns: int = 2,
) -> None:
    """The pictures of a prepared run without its panel; live while it is still being trained."""
    run_id = ensure(experiment, visitor())
    going = store().run(run_id).going

    @st.fragment(run_every=TICK if going else None, key=f"{link.page}.replay")
    def part() -> None:
        run = store().run(run_id)
        if run.going != going:
            st.rerun()
        film = film_of(run_id, look_key, look).update()
        if film:
            board(
                pictures(run, film),
                key=f"{link.page}.board",
                moments=film.moments,
                columns=columns,
                follow=going,
            )
        else:
            st.info(say("The first moment is on its way …"), icon=":material/hourglass:")

    part()
