"""The store and the engine of this server, and who is looking."""

from __future__ import annotations

import atexit
import os
import threading
from functools import cache

import streamlit as st
import torch
from streamlit.runtime.scriptrunner import get_script_run_ctx

from models.experiment import Experiment
from models.prepared import all_prepared
from models.training.engine import Engine
from models.training.store import Store

_LOCK = threading.Lock()
torch.set_num_threads(1)
"""Looks are small: on a busy machine two threads took fifty times as long as one (28 s against 0.5 s)."""


@cache
def _services() -> tuple[Store, Engine]:
    kept = Store()
    runs = Engine(kept)
    atexit.register(runs.close)
    return kept, runs


def store() -> Store:
    """The store of this server."""
    with _LOCK:
        return _services()[0]


def engine() -> Engine:
    """The engine of this server; the first call starts it."""
    with _LOCK:
        return _services()[1]


def started() -> bool:
    """Whether this server has an engine already."""
    return _services.cache_info().currsize > 0


def problems() -> list[str]:
    """What is wrong with the store or with the training processes, in sentences for the page."""
    told = [store().problem, engine().problem if started() else None]
    return [problem for problem in told if problem]


def visitor() -> str:
    """The name of this browser tab's session."""
    context = get_script_run_ctx()
    return context.session_id if context else "nobody"


def attend(run_id: str) -> None:
    """Say that this visitor watches a run; when the tab is closed the engine hears of it."""
    _presence(visitor())
    engine().attend(run_id, visitor())


@st.cache_resource(scope="session", on_release=lambda name: engine().leave(name), show_spinner=False)
def _presence(name: str) -> str:
    return name


def ensure(experiment: Experiment, name: str) -> str:
    """The id of a run of this experiment, for the visitor of that name: finished or going, else it goes on.

    A run that was laid aside is resumed; where there is none, one begins.
    """
    run_id = store().find(experiment)
    if run_id is None and (begun := store().find(experiment, any_status=True)):
        engine().resume(begun)
        run_id = begun
    return run_id or engine().start(experiment, name)


def prepare() -> None:
    """Start the engine and train what the pages open on, where the store does not have it yet.

    With `UNROLLED_PREPARE=no` a page's run is trained when the page is first opened instead.
    """
    if os.environ.get("UNROLLED_PREPARE") == "no":
        engine()
        return
    for experiment in all_prepared():
        ensure(experiment, "")
