"""The training panel: Train, Pause, Resume, Step, Stop, Reset, how far it is and how good."""

from __future__ import annotations

import dataclasses

import streamlit as st

from models.estimate import Estimate, estimate, machine_speed
from models.experiment import Experiment
from models.film import task_of
from models.training.records import Run
from models.verdict import verdict
from pages.ui.controls import LEARNING_RATES
from pages.ui.language import say
from pages.ui.runs import show_run
from pages.ui.services import attend, engine, store, visitor


def training_panel(page: str, experiment: Experiment, run: Run | None) -> None:
    """Buttons and state of one page's training; stands inside the page's live fragment."""
    stale = run is not None and run.experiment != experiment
    with st.container(border=True, key=f"{page}-panel", gap="small"):
        left, right = st.columns([2, 1], vertical_alignment="center")
        with left:
            _buttons(page, experiment, run)
        with right:
            if run is not None:
                _progress(run)
            else:
                _before(experiment)
        if stale and not run.going:
            _stale(experiment)
        if run is not None and run.status == "failed":
            reason = f"{run.reason} " + say("Press Resume to go on from the last moment kept.")
            st.error(reason, icon=":material/error:")


def _stale(experiment: Experiment) -> None:
    st.info(
        say(
            "The pictures show a run with other settings. Press Train to train with these: {what}.",
            what=_told(experiment),
        ),
        icon=":material/tune:",
    )


def _buttons(page: str, experiment: Experiment, run: Run | None) -> None:
    status = run.status if run else "none"
    going, waiting = status in ("queued", "running"), status in ("paused", "failed")
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"{page}-buttons"):
        _button(
            page,
            "Train",
            "play_arrow",
            _train,
            (page, experiment),
            primary=not going,
            help="Train with the settings of the sidebar, from fresh weights. Key: T.",
            shortcut="T",
        )
        if going:
            _button(
                page,
                "Pause",
                "pause",
                engine().pause,
                (run.id,),
                help="Pause after this update. Key: P.",
                shortcut="P",
            )
        else:
            _button(
                page,
                "Resume",
                "resume",
                _resume,
                (run,),
                disabled=not waiting or _done(run),
                help="Go on exactly where it was paused. Key: P.",
                shortcut="P",
            )
        _button(
            page,
            "Step",
            "skip_next",
            engine().step,
            (run.id if run else "",),
            disabled=not run or status not in ("paused", "running") or _done(run),
            help="One update, then pause. Key: S.",
            shortcut="S",
        )
        _button(
            page,
            "Stop",
            "stop",
            engine().stop,
            (run.id if run else "",),
            disabled=not (going or waiting),
            help="End this run; what it has learned stays.",
        )
        _button(
            page,
            "Reset",
            "restart_alt",
            _reset,
            (page, experiment),
            help="Fresh weights from the next seed, paused before the first update.",
        )
        if run and status in ("running", "paused", "queued"):
            _learning_rate(page, run)


def _button(page, name, icon, act, args, *, help, primary=False, disabled=False, shortcut=None) -> None:
    st.button(
        say(name),
        key=f"{page}.{name.lower()}",
        icon=f":material/{icon}:",
        type="primary" if primary else "secondary",
        on_click=act,
        args=args,
        help=say(help),
        disabled=disabled,
        shortcut=None if disabled else shortcut,
    )


def _train(page: str, experiment: Experiment) -> None:
    run_id = engine().start(experiment, visitor())
    attend(run_id)
    show_run(page, run_id)


def _resume(run: Run) -> None:
    attend(run.id)
    engine().resume(run.id)


def _reset(page: str, experiment: Experiment) -> None:
    seed = (experiment.train.seed + 1) % 2**31
    st.session_state[f"{page}.seed"] = seed
    fresh = dataclasses.replace(experiment, train=dataclasses.replace(experiment.train, seed=seed))
    run_id = engine().start(fresh, visitor())
    engine().pause(run_id)
    show_run(page, run_id)


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


def _before(experiment: Experiment) -> None:
    st.markdown(f"**{say('Not trained yet')}**")
    st.caption(_told(experiment))


def _told(experiment: Experiment) -> str:
    """What training will take, in words."""
    expected = estimated(experiment)
    return say(
        "{parameters:,} parameters, {steps:,} updates, about {seconds} on this machine",
        parameters=expected.parameters,
        steps=experiment.train.steps,
        seconds=duration(expected.seconds),
    )


def _progress(run: Run) -> None:
    metrics = store().metrics(run.id)
    latest = next((values for _, values in reversed(metrics) if "loss" in values), {})
    st.markdown(f"**{verdict(task_of(run.experiment), latest)}**")
    st.progress(min(1.0, run.step / run.steps), text=_state(run))
    for step, name, value in run.changes:
        changed = say(
            "{name} set to {value:g} at update {step}", name=name.replace("_", " "), value=value, step=step
        )
        st.caption(changed)


def _state(run: Run) -> str:
    """What a run is doing, with the time left."""
    where = say("update {step:,} of {steps:,}", step=run.step, steps=run.steps)
    match run.status:
        case "queued" if run.place > 0:
            return say("Waiting: place {place} in the queue", place=run.place)
        case "queued":
            return say("Starting …")
        case "running":
            left = (run.steps - run.step) * run.seconds / run.step if run.step and run.seconds else 0
            return f"{where} · " + say("{seconds} left", seconds=duration(left))
        case "paused":
            return f"{where} · " + say("paused")
        case "failed":
            return f"{where} · " + say("ended by a fault")
        case "stopped":
            return f"{where} · " + say("stopped")
    parameters = estimated(run.experiment).parameters
    finished = say("finished in {seconds}", seconds=duration(run.seconds))
    return f"{where} · {finished} · " + say("{n:,} parameters", n=parameters)


def _done(run: Run | None) -> bool:
    return run is not None and run.step >= run.steps


def duration(seconds: float) -> str:
    """Seconds, or minutes where there are many."""
    return f"{seconds:.0f} s" if seconds < 100 else f"{seconds / 60:.0f} min"


@st.cache_data(max_entries=500, show_spinner=False)
def estimated(experiment: Experiment) -> Estimate:
    """Parameters and expected seconds of an experiment on this machine."""
    return estimate(experiment, speed=_speed())


@st.cache_data(ttl=60, show_spinner=False)
def _speed() -> float:
    runs = store().recent(8)
    return machine_speed(
        [(run.experiment, run.step, run.seconds) for run in runs if not run.experiment.start_from]
    )
