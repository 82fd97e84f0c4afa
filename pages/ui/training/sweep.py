"""Many small runs at the press of a button: progress, and what the store already knows."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from typing import TypeVar

import streamlit as st

from models.experiment import Experiment
from models.training.records import Run
from pages.ui.language import say
from pages.ui.services import attend, engine, ensure, store, visitor
from pages.ui.training.live import TICK
from pages.ui.training.panel import duration, estimated

Key = TypeVar("Key", bound=Hashable)


def sweep(
    page: str,
    experiments: Mapping[Key, Experiment],
    *,
    pictures: Callable[[Mapping[Key, Run]], None],
    minimum: float = 0.0,
) -> None:
    """A button that trains what the store does not have; `pictures` draws the finished runs, live.

    minimum: seconds for each run beside its updates, for the estimate
    """
    going = any(run.going for run in _known(experiments).values())

    @st.fragment(run_every=2 * TICK if going else None, key=f"{page}.sweep")
    def part() -> None:
        runs = _known(experiments)
        if any(run.going for run in runs.values()) != going:
            st.rerun()
        for run in runs.values():
            if run.going:
                attend(run.id)
        finished = {key: run for key, run in runs.items() if run.status == "finished"}
        _panel(page, experiments, runs, len(finished), minimum)
        if finished:
            pictures(finished)
        elif not going:
            st.info(
                say("Nothing trained with these settings yet. Press Train all."), icon=":material/play_arrow:"
            )

    part()


def _known(experiments: Mapping[Key, Experiment]) -> dict[Key, Run]:
    found = {key: store().find(experiment, any_status=True) for key, experiment in experiments.items()}
    return {key: store().run(run_id) for key, run_id in found.items() if run_id}


def _panel(
    page: str,
    experiments: Mapping[Key, Experiment],
    runs: Mapping[Key, Run],
    finished: int,
    minimum: float,
) -> None:
    going = any(run.going for run in runs.values())
    missing = [e for key, e in experiments.items() if key not in runs or runs[key].status != "finished"]
    with st.container(border=True, key=f"{page}-sweep", gap="small"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.button(
                say("Train all"), key=f"{page}.train_all", icon=":material/play_arrow:", type="primary",
                on_click=_start, args=(missing,), disabled=going or not missing,
                help=say("Trains every run that is not in the store yet; nothing is computed twice."),
            )  # fmt: skip
            st.button(
                say("Stop"), key=f"{page}.stop_all", icon=":material/stop:", on_click=_stop,
                args=(list(runs.values()),), disabled=not going,
                help=say("Ends what is going and what waits; what has finished stays."),
            )  # fmt: skip
            if missing and not going:
                seconds = sum(estimated(experiment).seconds + minimum for experiment in missing)
                st.caption(
                    say("{n} of {all} runs to train, about {seconds} on one core",
                        n=len(missing), all=len(experiments), seconds=duration(seconds))
                )  # fmt: skip
        told = say("{n} of {all} runs finished", n=finished, all=len(experiments))
        st.progress(finished / len(experiments), text=told)
        failed = [run for run in runs.values() if run.status == "failed"]
        if failed:
            st.error(failed[0].reason + " " + say("Press Train all to go on."), icon=":material/error:")


def _start(experiments: list[Experiment]) -> None:
    for experiment in experiments:
        attend(ensure(experiment, visitor()))


def _stop(runs: list[Run]) -> None:
    for run in runs:
        if run.going:
            engine().stop(run.id)
