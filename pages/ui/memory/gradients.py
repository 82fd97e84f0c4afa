"""How far back a loss reaches: gradient through time, its law without a network, and connectivity."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import streamlit as st
from torch import Tensor

from models.analysis.gradients import connectivity, gradient_law
from models.film import Film, network_at
from models.tasks import Task
from models.training.records import Run
from pages.ui.language import say
from pages.ui.link import Link
from pages.ui.services import store
from pages.ui.training.live import Shown
from viz.coloured_text import coloured_text, step_at
from viz.gradients import CEILING, FLOOR, bounded, gradient_curves, law_curves
from viz.picture import Picture
from viz.race import Spread, race_curves

NONLINEARITIES = ("linear", "tanh", "relu")


def gradient_pictures(run: Run, film: Film, tokens: Sequence[str]) -> list[Picture]:
    """The size of dLoss_T / dh_t against t at the moment shown, before training, and at its newest moment."""
    past = bounded(film["gradient"])
    layers = [say("layer {layer}", layer=layer) for layer in range(past.shape[1])]
    at = [dict(zip(layers, past[moment], strict=True)) for moment in (-1, 0)]
    ends = (np.nanmin(past), np.nanmax(past)) if np.isfinite(past).any() else (FLOOR, CEILING)
    figure = gradient_curves(at[0], before=at[1], last=at[0], tokens=tokens, ends=ends)
    return [
        Picture(
            name="gradient",
            figure=figure,
            alt=say("The size of the gradient of the last answer's loss against the step, logarithmic."),
            frames={f"data.{layer}.y": past[:, layer] for layer in range(len(layers))},
            title=say("Gradient through time"),
            note=say(
                "Size of dLoss at the last answer by the hidden state at step t, mean of 16 sequences; the "
                "first one stands under the axis. Smaller than 10⁻¹² is drawn at the bottom."
            ),
            columns=2,
        ),
        norm_picture(run, film),
    ]


def norm_picture(run: Run, film: Film) -> Picture:
    """The norm of all gradients at each evaluation, and the norm at which they are clipped."""
    rows = [(step, values["gradient_norm"]) for step, values in store().metrics(run.id)
            if np.isfinite(values.get("gradient_norm", np.nan))]  # fmt: skip
    steps, norms = [step for step, _ in rows], [norm for _, norm in rows]
    clip = run.experiment.train.clip
    moments = np.array(film.moments, dtype=float)
    figure = race_curves(
        {say("gradient norm, before clipping"): Spread(steps, np.array([norms]))},
        quantity=say("norm"),
        steps=run.steps,
        guessing=clip or None,
        line=say("clipped above {clip:g}", clip=clip),
        cursor=moments[-1],
    )
    return Picture(
        name="norm",
        figure=figure,
        alt=say("The norm of the gradient over the updates, before clipping."),
        frames={"layout.shapes.0.x0": moments, "layout.shapes.0.x1": moments},
        title=say("The gradient as a whole"),
        note=say("What is above the dashed line was scaled down to it before the update."),
        columns=2,
    )


def law(link: Link) -> None:
    """The law gain ^ steps, without a network and without training."""
    with st.container(border=True):
        st.markdown(
            f"**{say('The law, without a network')}** · " + say("h′ = f(gain · Q · h + x), Q a rotation")
        )
        left, middle, right = st.columns(3)
        gain = left.slider(
            say("Gain"), 0.5, 2.0, key=link.start("law_gain", _asked(link, "law_gain", 0.9, 0.5, 2.0)),
            help=say("Below 1 the gradient vanishes, above 1 it explodes."), step=0.05,
            persist_state="session",
        )  # fmt: skip
        steps = middle.slider(
            say("Gap (steps)"), 5, 100, help=say("How far the loss is from the first step."),
            key=link.start("law_steps", int(_asked(link, "law_steps", 60, 5, 100))),
            persist_state="session",
        )  # fmt: skip
        asked = link.asked("law_function", "linear")
        function = right.segmented_control(
            say("Function f"), NONLINEARITIES, required=True,
            key=link.start("law_function", asked if asked in NONLINEARITIES else "linear"),
            help=say("The law is exact for the linear one; tanh can only shrink it further."),
        )  # fmt: skip
        for name, value, default in (
            ("gain", gain, 0.9),
            ("steps", steps, 60),
            ("function", function, "linear"),
        ):
            link.keep(f"law_{name}", str(value), str(default))
        sizes = gradient_law(gain, steps, nonlinearity=function)
        exact = float(gain) ** np.arange(steps - 1, -1, -1)
        st.plotly_chart(
            law_curves({say("gradient, {function}", function=function): sizes}, exact=exact),
            key=f"{link.page}.law",
            alt=say("The size of the gradient against the step, and gain to the power of the distance."),
        )
        told = say(
            "After {steps} steps {share:.1e} of the gradient is left.", steps=steps - 1, share=sizes[0]
        )
        st.caption(told)


def _asked(link: Link, name: str, default: float, low: float, high: float) -> float:
    """A number out of the URL, within its bounds."""
    try:
        return min(high, max(low, float(link.asked(name, str(default)))))
    except ValueError:
        return default


def connectivity_view(shown: Shown, page: str, task: Task, probe: Tensor, tokens: Sequence[str]) -> None:
    """How much one answer depends on each earlier token: chosen, or clicked in a picture."""
    key = f"{page}.asked_step"
    clicked = shown.board.clicked
    if clicked and clicked != st.session_state.get(f"{page}.seen_connectivity"):
        st.session_state[f"{page}.seen_connectivity"] = clicked
        step = _step_clicked(clicked, tokens)
        if step is not None:
            st.session_state[key] = step
    if st.session_state.get(key) not in range(len(tokens)):
        st.session_state[key] = len(tokens) - 1
    with st.container(border=True):
        st.markdown(f"**{say('What an answer depends on')}** · " + say("choose a token, or click one above"))
        position = st.selectbox(
            say("The answer after"), range(len(tokens)), key=key, format_func=lambda i: f"{i}: {tokens[i]}"
        )
        sizes = _connectivity(shown.run.id, moment_of(shown), probe.tolist(), position)
        largest = float(sizes.max())
        figure = coloured_text(
            sizes / largest if largest else sizes, tokens=tokens, name=say("dependence"), signed=False,
            marked=position,
        )  # fmt: skip
        st.plotly_chart(
            figure, key=f"{page}.connectivity",
            alt=say("The tokens, each coloured by how much the chosen answer depends on it."),
        )  # fmt: skip
        most = np.argsort(-sizes)[:3]
        names = ", ".join(f"{tokens[step]} ({sizes[step] / (largest or 1):.0%})" for step in most)
        st.caption(
            say(
                "Size of the gradient of the likeliest answer's logit by each token's vector; the largest is "
                "100 %. Most: {names}. Update {step}.",
                names=names,
                step=moment_of(shown),
            )
        )


def moment_of(shown: Shown) -> int:
    """The training step on the screen."""
    return shown.board.moment if shown.board.moment in shown.film.moments else shown.film.moments[-1]


def _step_clicked(clicked: dict, tokens: Sequence[str]) -> int | None:
    """Which token a click on a text, a map or a curve meant."""
    if clicked["picture"] in ("unit", "control", "event"):
        return step_at(clicked["x"], clicked["y"], tokens)
    if clicked["picture"] in ("answer", "hidden_state") and isinstance(clicked["x"], int | float):
        return min(int(clicked["x"]), len(tokens) - 1)
    return None


@st.cache_data(max_entries=300, show_spinner=False)
def _connectivity(run_id: str, step: int, probe: list, position: int) -> np.ndarray:
    import torch

    experiment = store().run(run_id).experiment
    network = network_at(experiment, store().snapshot(run_id, step))
    return connectivity(network, torch.tensor(probe), position)
