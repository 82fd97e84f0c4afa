"""What networks make of one source, remembered: answers, beams, opened steps, attention moved by hand."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import streamlit as st
import torch
from torch import Tensor

from models.analysis.decoder_step import OpenedStep, open_step
from models.analysis.decoding import (
    Beam,
    Decoded,
    beam_search,
    decode,
    decode_given,
    decode_with_attention,
)
from models.film import network_at, task_of
from models.looks_seq2seq import Yardstick, measure, measure_agreement, yardstick
from models.networks.seq2seq import Seq2SeqNetwork
from models.tasks.translation import TranslationTask
from pages.ui.services import store

EVERY = 6
"""Measures that take long are taken at every sixth moment of training, and at the newest."""
COMPARED = 32
"""Held-out sequences on which attention is compared with the known alignment."""


def _own(run_id: str, step: int) -> Seq2SeqNetwork:
    return network_at(store().run(run_id).experiment, store().snapshot(run_id, step))


@st.cache_data(max_entries=400, show_spinner=False)
def decoded(run_id: str, step: int, source: Sequence[int]) -> Decoded:
    """The greedy answer by the weights of one moment."""
    return decode(_own(run_id, step), torch.tensor(source))


@st.cache_data(max_entries=200, show_spinner=False)
def given(run_id: str, step: int, source: Sequence[int], answer: Sequence[int]) -> Decoded:
    """What it thinks at each step of writing this answer."""
    return decode_given(_own(run_id, step), torch.tensor(source), answer)


@st.cache_data(max_entries=200, show_spinner=False)
def beam(run_id: str, step: int, source: Sequence[int], width: int) -> Beam:
    """The finished search."""
    return beam_search(_own(run_id, step), torch.tensor(source), width, pruned=1)


@st.cache_data(max_entries=200, show_spinner=False)
def moved(run_id: str, step: int, source: Sequence[int], at: int, weights: Sequence[float]) -> Decoded:
    """The greedy answer with the attention of one target step moved by hand."""
    return decode_with_attention(_own(run_id, step), torch.tensor(source), {at: weights})


@st.cache_data(max_entries=200, show_spinner=False)
def opened(run_id: str, step: int, source: Sequence[int], at: int, answer: Sequence[int]) -> OpenedStep:
    """One target step of the given answer, opened up."""
    return open_step(_own(run_id, step), torch.tensor(source), at, answer)


def reference(run_id: str | None, task: TranslationTask, source: Tensor) -> list[int]:
    """The answer that is looked at: the right one, else what the newest weights of a run write."""
    steps = store().snapshot_steps(run_id) if run_id else []
    right = task.solve(source)
    if right is not None or not steps:
        return right or [task.end]
    return decoded(run_id, steps[-1], source.tolist()).ids


@lru_cache(maxsize=8)
def stick_of(task: TranslationTask) -> Yardstick:
    """The sequences on which networks of one task are measured."""
    return yardstick(task)


@st.cache_data(max_entries=3000, show_spinner=False)
def measured(run_id: str, step: int) -> dict[str, np.ndarray]:
    """`models.looks_seq2seq.measure` of one moment."""
    task = task_of(store().run(run_id).experiment)
    return measure(_own(run_id, step), task, stick_of(task))


@st.cache_data(max_entries=3000, show_spinner=False)
def agreeing(run_id: str, step: int) -> dict[str, float]:
    """Agreement of attention with the known alignment at one moment, on held-out sequences."""
    experiment = store().run(run_id).experiment
    task = task_of(experiment)
    return measure_agreement(_own(run_id, step), task, task.held_out(COMPARED))


def some(moments: Sequence[int]) -> list[int]:
    """The moments at which long measures are taken."""
    return sorted({*moments[::EVERY], moments[-1]})


def held(values: np.ndarray, at: Sequence[int], moments: Sequence[int]) -> np.ndarray:
    """Values measured at some moments, for every moment: the newest one not after it."""
    places = np.searchsorted(at, moments, side="right") - 1
    return values[places.clip(min=0)]
