"""What networks answer to one source, before all pictures."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import streamlit as st
from torch import Tensor

from models.analysis.decoding import Decoded
from models.experiment import Experiment
from models.tasks.translation import TranslationTask
from pages.ui.language import say
from pages.ui.link import Link
from pages.ui.services import store
from pages.ui.translation.decoded import decoded

TICK = 1.0
"""Seconds between two looks at a training that is going."""
Runs = Mapping[str, str | None]
"""Name of a network -> its run; None where nothing is trained yet."""


def runs_of(experiments: Mapping[str, Experiment]) -> Runs:
    """The run that each experiment has in the store, by name."""
    return {name: store().find(experiment, any_status=True) for name, experiment in experiments.items()}


def answers(
    link: Link, runs: Callable[[], Runs], task: TranslationTask, source: Tensor, *, awaited: bool = False
) -> None:
    """The newest answer of each run to a source (K,), shown before all pictures; follows a training.

    runs: asked again at every look
    awaited: whether the page is about to train what has no run yet
    """

    @st.fragment(run_every=TICK if follows(runs(), awaited) else None, key=f"{link.page}.answers")
    def part() -> None:
        _answers(task, source, runs())

    part()


def follows(runs: Runs, awaited: bool) -> bool:
    """Whether a training is going, or, where one is awaited, about to."""
    states = [store().run(run_id) if run_id else None for run_id in runs.values()]
    waiting = any(run is None or run.status == "paused" for run in states)
    return any(run is not None and run.going for run in states) or (awaited and waiting)


def _answers(task: TranslationTask, source: Tensor, runs: Runs) -> None:
    right = task.solve(source)
    columns = st.columns(len(runs) + (right is not None))
    for column, (name, run_id) in zip(columns, runs.items(), strict=False):
        steps = store().snapshot_steps(run_id) if run_id else []
        if steps:
            _answer(column, name, task, decoded(run_id, steps[-1], source.tolist()), right, steps[-1])
    if right is not None:
        columns[-1].markdown(f"**{say('Right')}**  \n{as_written(task, right)}")


def _answer(column, name: str, task: TranslationTask, found: Decoded, right, step: int) -> None:
    sign = "" if right is None else (":green[✓] " if found.ids == right else ":red[✗] ")
    told = say(
        "{probability} · update {step}", probability=probability_told(found.log_probability), step=step
    )
    column.markdown(f"**{name}**  \n{sign}{as_written(task, found.ids)}")
    column.caption(told)


def probability_told(log_probability: float) -> str:
    """A probability in words, from its logarithm."""
    share = float(np.exp(log_probability))
    return say("probability {p:.1%}", p=share) if share >= 0.001 else say("probability below 0.1%")


def as_written(task: TranslationTask, ids: Sequence[int]) -> str:
    """An answer as Markdown that shows it as it is."""
    text = task.read_answer(list(ids)) or say("(nothing)")
    return f":blue[{text}]"
