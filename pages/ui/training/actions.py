"""The buttons of the training panel: Train, Pause, Resume, Step, Stop, Reset, and the learning rate."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from models.experiment import Experiment
from models.training.records import RESUMABLE, Run
from pages.ui.controls.sidebar import LEARNING_RATES
from pages.ui.language import say
from pages.ui.link import write_query
from pages.ui.services import attend, engine, visitor
from pages.ui.training.runs import show_run


@dataclass(frozen=True)
class Action:
    """One button: what it says, what it does, and whether it can be done now."""

    name: str
    icon: str
    help: str
    act: Callable[[], None]
    width: int
    """Pixels, the same whatever it says: a button that shifts under the pointer loses the click."""
    possible: bool = True
    shortcut: str | None = None
    primary: bool = False


def action_row(page: str, actions: Sequence[Action]) -> DeltaGenerator:
    """Buttons side by side; what else is drawn in the container that this returns stands beside them."""
    row = st.container(horizontal=True, gap="xsmall", key=f"{page}-buttons")
    for action in actions:
        row.button(
            say(action.name),
            key=f"{page}.{action.name.lower()}",
            icon=f":material/{action.icon}:",
            type="primary" if action.primary else "secondary",
            on_click=action.act,
            width=action.width,
            help=say(action.help),
            disabled=not action.possible,
            shortcut=action.shortcut if action.possible else None,
        )
    return row


def action_buttons(page: str, experiment: Experiment, run: Run | None) -> None:
    """The buttons for the run on the screen and the settings in the sidebar."""
    train = Action(
        "Train",
        "play_arrow",
        "Train with the settings of the sidebar, from fresh weights. Key: T.",
        lambda: _train(page, experiment, run),
        width=96,
        shortcut="T",
        primary=run is None or not run.going,
    )
    reset = Action(
        "Reset",
        "restart_alt",
        "Fresh weights from the next seed, paused before the first update.",
        lambda: _reset(page, experiment, run),
        width=84,
    )
    row = action_row(page, [train, *run_actions([run] if run else []), reset])
    if run and (run.going or run.status == "paused"):
        with row:
            _learning_rate(page, run)


def run_actions(runs: Sequence[Run]) -> list[Action]:
    """Pause, Resume, Step and Stop, for all runs on the screen that each is possible for.

    Pause and Resume both stand there always: one in the other's place, or a name that changes, is drawn
    anew at the very moment in which a person reaches for the button beside it, and that click was lost.
    """
    going = [run for run in runs if run.going]
    unfinished = [run for run in runs if run.step < run.steps]
    waiting = [run for run in unfinished if run.status in RESUMABLE]
    steppable = [run for run in unfinished if run.status in ("paused", "running")]
    stoppable = [run for run in runs if run.going or (run in waiting and run.status == "paused")]
    pause = Action(
        "Pause",
        "pause",
        "Pause after this update. Key: P.",
        lambda: _each(engine().pause, going),
        width=102,
        possible=bool(going),
        shortcut="P",
    )
    resume = Action(
        "Resume",
        "resume",
        "Go on exactly where it ended. Key: P.",
        lambda: _each(_resume, waiting),
        width=114,
        possible=bool(waiting) and not going,
        shortcut="P",
    )
    step = Action(
        "Step",
        "skip_next",
        "One update, then pause. Key: S.",
        lambda: _each(engine().step, steppable),
        width=93,
        possible=bool(steppable),
        shortcut="S",
    )
    stop = Action(
        "Stop",
        "stop",
        "End this run; what it has learned stays.",
        lambda: _each(engine().stop, stoppable),
        width=78,
        possible=bool(stoppable),
    )
    return [pause, resume, step, stop]


def _each(act: Callable[[str], None], runs: Sequence[Run]) -> None:
    for run in runs:
        act(run.id)


def turn_from(runs: Sequence[Run]) -> None:
    """Others take their place on the screen: what still goes and nobody else watches is paused."""
    for run in runs:
        if run.going:
            engine().turn_from(run.id, visitor())


def _train(page: str, experiment: Experiment, before: Run | None) -> None:
    turn_from([before] if before else [])
    run_id = engine().start(experiment, visitor())
    attend(run_id)
    show_run(page, run_id)


def _resume(run_id: str) -> None:
    attend(run_id)
    engine().resume(run_id)


def _reset(page: str, experiment: Experiment, before: Run | None) -> None:
    turn_from([before] if before else [])
    seed = (experiment.train.seed + 1) % 2**31
    st.session_state[f"{page}.seed"] = seed
    write_query(page, st.query_params.to_dict() | {"seed": str(seed)})
    fresh = dataclasses.replace(experiment, train=dataclasses.replace(experiment.train, seed=seed))
    show_run(page, engine().start(fresh, visitor(), updates=0))


def _learning_rate(page: str, run: Run) -> None:
    """Change the learning rate of the run that is going."""
    now = next((value for _, name, value in reversed(run.changes) if name == "learning_rate"), None)
    now = now or run.experiment.train.learning_rate
    key = f"{page}.learning_rate_now.{run.id}"
    with st.popover(say("Learning rate {rate:g}", rate=now), icon=":material/speed:"):
        st.select_slider(
            say("Learning rate of this run from now on"),
            sorted({*LEARNING_RATES, now}),
            value=now,
            key=key,
            format_func="{:g}".format,
            on_change=lambda: engine().set_learning_rate(run.id, st.session_state[key]),
            help=say("Takes effect with the next update and is marked on the curve."),
        )
