"""Which kind of recurrent network a page trains, where it offers several."""

from __future__ import annotations

import dataclasses

import streamlit as st

from models.experiment import CELLS, Experiment
from pages.ui.language import say
from pages.ui.link import Link

STARTS = {"rnn": ("nonlinearity", "start", "gain"), "lstm": ("forget_bias", "start", "gain"),
          "gru": ("start", "gain")}  # fmt: skip
"""The settings of a fresh network that each kind has."""
NAMES = {"rnn": "RNN", "lstm": "LSTM", "gru": "GRU", "transformer": "Transformer"}


def recurrent_kind(link: Link, base: Experiment) -> Experiment:
    """The page's own experiment with the kind of network that the person chose."""
    own = base.model.kind
    asked = link.asked("network", link.given.get("kind", own))
    with st.sidebar:
        kind = st.segmented_control(
            say("Network"),
            CELLS,
            key=link.start("network", asked if asked in CELLS else own),
            format_func=NAMES.get,
            required=True,
            help=say("The same page for a network with gates; what does its gradient do?"),
        )
    link.keep("network", kind, own)
    return dataclasses.replace(base, model=dataclasses.replace(base.model, kind=kind))
