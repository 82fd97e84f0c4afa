"""A small app for the tests of the board: a finished film, or `?live` `?single` `?one` `?rival`."""

import sys
import time
from pathlib import Path

import numpy as np
import plotly.graph_objects as go
import streamlit as st

sys.path.insert(0, str(Path(__file__).parents[3]))

from pages.ui.assets import routes
from pages.ui.board import board
from viz.picture import Picture

UNITS, TOKENS, MOMENTS = 32, 12, 100
GATES = ("forget", "input", "output", "candidate", "cell", "hidden")


def film(name: str, moments: int, seed: int) -> Picture:
    """A map of noise that turns into stripes."""
    noise = np.random.default_rng(seed).random((UNITS, TOKENS))
    stripes = np.tile(np.arange(TOKENS) % 2, (UNITS, 1))
    share = np.linspace(0, 1, MOMENTS)[:moments, None, None]
    maps = (1 - share) * noise + share * stripes
    figure = go.Figure(
        go.Heatmap(z=maps[-1], x=[str(i) for i in range(TOKENS)], zmin=0, zmax=1, colorscale="Viridis"),
        layout={"meta": {"link": "tokens"}, "xaxis": {"type": "category"}},
    )
    return Picture(name, figure, alt=f"{name} gate", frames={"data.0.z": maps}, title=f"{name} gate")


def loss(moments: int) -> Picture:
    steps = np.arange(moments) * 10
    figure = go.Figure(
        [
            go.Scatter(x=steps, y=np.exp(-steps / 200), name="loss"),
            go.Scatter(x=steps, y=steps * 0 + 0.7, name="guessing"),
        ],
        layout={
            "shapes": [{"type": "line", "x0": 0, "x1": 0, "y0": 0, "y1": 1, "yref": "paper"}],
            "height": 260,
        },
    )
    past = {"layout.shapes.0.x0": steps, "layout.shapes.0.x1": steps}
    return Picture(
        "loss", figure, alt="loss", frames=past, title="Loss <script>", note="Lower is better.", columns=2
    )


def show(count: int, *, follow: bool) -> None:
    maps = int(st.query_params.get("maps", 3))
    pictures = [film(gate, count, seed) for seed, gate in enumerate(GATES[:maps])] + [loss(count)]
    state = board(pictures, key="board", moments=[10 * i for i in range(count)], columns=2, follow=follow)
    st.json({"moment": state.moment, "clicked": state.clicked}, expanded=True)


@st.fragment(run_every=float(st.query_params.get("every", 0.3)))
def live() -> None:
    time.sleep(float(st.query_params.get("slow", 0)))
    st.session_state.count = min(st.session_state.get("count", 3) + 1, MOMENTS)
    show(st.session_state.count, follow=True)


def page() -> None:
    st.session_state.runs = st.session_state.get("runs", 0) + 1
    st.title("Board")
    if "live" in st.query_params:
        live()
    elif "single" in st.query_params:
        board([film("forget", 1, 0)], key="board", moments=[0], columns=1)
    elif "one" in st.query_params:
        board([film("forget", MOMENTS, 0)], key="board", moments=range(MOMENTS), columns=1)
    elif "rival" in st.query_params:
        rival()
    elif not ("hide" in st.query_params and st.toggle("Hide the board")):
        show(MOMENTS, follow=False)
    st.text(f"runs: {st.session_state.runs}")


@st.fragment(run_every=float(st.query_params.get("every", 0.3)))
def rival() -> None:
    """The same live pictures by st.plotly_chart, for the bench."""
    st.session_state.count = min(st.session_state.get("count", 3) + 1, MOMENTS)
    count = st.session_state.count
    maps = int(st.query_params.get("maps", 3))
    columns = st.columns(2)
    for at, picture in enumerate(
        [*(film(gate, count, seed) for seed, gate in enumerate(GATES[:maps])), loss(count)]
    ):
        columns[at % 2].plotly_chart(picture.figure, key=f"rival.{picture.name}")


if __name__ == "__main__":
    st.set_page_config(layout="wide")
    page()
else:
    app = st.App(__file__, routes=routes())
