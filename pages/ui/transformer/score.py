"""The arithmetic of one attention score: query, keys and values with their numbers."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import streamlit as st
import torch
from torch import Tensor

from models.analysis.heads import ScoreArithmetic, score_arithmetic
from models.analysis.score_equation import score_equations
from models.film import network_at
from models.trace import record
from pages.ui.language import say
from pages.ui.services import store
from pages.ui.training.live import Shown
from pages.ui.transformer.heads import moment_of
from viz.heads import product_bars


def score_of_pair(
    shown: Shown, page: str, probe: Tensor, tokens: Sequence[str], chosen: tuple[int, int]
) -> None:
    """How the chosen query came to look at the chosen key, at the moment shown."""
    layer, head = chosen
    with st.container(border=True):
        st.markdown(
            f"**{say('One score, with its numbers')}** · "
            + say(
                "layer {layer}, head {head}; click a cell of its map, or choose here", layer=layer, head=head
            )
        )
        left, right = st.columns(2)
        query = _token(left, f"{page}.score_query", say("Query: the token that looks"), tokens, 0)
        found, values = _arithmetic(shown.run.id, moment_of(shown), probe.tolist(), layer, head, query)
        strongest = int(found.attention.argmax())
        key = _token(right, f"{page}.score_key", say("Key: the token that is looked at"), tokens, strongest)
        st.latex(r"\begin{aligned}" + r"\\[6pt]".join(score_equations(found, key, values)) + r"\end{aligned}")
        st.plotly_chart(
            product_bars(found.query, found.keys[key]), key=f"{page}.products",
            alt=say("Query, key and their product in each unit of the head."),
        )  # fmt: skip
        st.dataframe(_table(found, values, tokens, key), hide_index=True, height=240)
        st.caption(
            say("All keys of this query, the one chosen first, with the weights of update {step}.",
                step=moment_of(shown))
        )  # fmt: skip


def _token(column, key: str, label: str, tokens: Sequence[str], default: int) -> int:
    st.session_state[key] = min(st.session_state.get(key, default), len(tokens) - 1)
    return column.selectbox(
        label, range(len(tokens)), key=key, format_func=lambda place: f"{place}: {tokens[place]}"
    )


@st.cache_data(max_entries=300, show_spinner=False)
def _arithmetic(
    run_id: str, step: int, probe: list, layer: int, head: int, query: int
) -> tuple[ScoreArithmetic, np.ndarray]:
    """One query's arithmetic and the values (K, unit) of its head."""
    network = network_at(store().run(run_id).experiment, store().snapshot(run_id, step))
    trace = record(network, torch.tensor(probe)[None])
    return score_arithmetic(trace, layer, head, query), trace[f"layers.{layer}.value"][0, head]


def _table(
    found: ScoreArithmetic, values: np.ndarray, tokens: Sequence[str], key: int
) -> dict[str, list[str]]:
    """A row for each key, the chosen one on top."""
    order = [key, *(place for place in range(len(tokens)) if place != key)]
    sizes = np.linalg.norm(values, axis=1)
    columns = {
        say("key"): [f"{place}: {tokens[place]}" for place in order],
        say("raw score q·k"): found.raw,
        say("scaled"): found.scaled,
        say("with mask and bias"): found.score,
        say("softmax: attention"): found.attention,
        say("size of its value"): sizes,
        say("size of what it hands on"): found.attention * sizes,
    }
    return {
        name: column if isinstance(column, list) else [_number(column[place]) for place in order]
        for name, column in columns.items()
    }


def _number(value: float) -> str:
    return "−∞" if np.isneginf(value) else f"{value:.3f}"
