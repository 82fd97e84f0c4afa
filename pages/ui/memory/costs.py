"""What a GRU costs beside an LSTM and a plain RNN of the same size: counted, and measured here and now."""

from __future__ import annotations

import streamlit as st

from models.analysis.timing import OURS, TORCH, Cost, update_costs
from models.experiment import CELLS, Experiment, ModelConfig
from models.tasks import build_task
from pages.ui.controls.kinds import NAMES
from pages.ui.language import say
from pages.ui.link import Link

BATCH = 32


def costs(link: Link, experiment: Experiment) -> None:
    """A table of parameters, operations and measured time; the button measures again."""
    model = experiment.model
    with st.container(border=True):
        left, right = st.columns([4, 1], vertical_alignment="center")
        left.markdown(
            f"**{say('What it costs at the same size')}** · "
            + say("{hidden} units, {layers} layers, {batch} sequences an update",
                  hidden=model.hidden, layers=model.layers, batch=BATCH)
        )  # fmt: skip
        right.button(
            say("Measure again"), key=f"{link.page}.measure", icon=":material/timer:",
            on_click=_measured.clear, help=say("Forward and backward of all of them in turns, 9 times."),
        )  # fmt: skip
        found = _measured(experiment.task, experiment.task_settings, model)
        st.dataframe([_row(cost, found) for cost in found], hide_index=True)
        st.caption(
            say(
                "A GRU has three quarters of the LSTM's recurrent parameters and multiplications. Seconds "
                "depend on the kernel: torch runs the LSTM in one call of oneDNN, GRU and RNN in many small "
                "ones; ours runs GRU and RNN in fewer. Times: the shortest of 9 turns, forward and backward "
                "without the optimizer; a busy machine makes all of them longer."
            )
        )


def _row(cost: Cost, all_costs: list[Cost]) -> dict[str, str]:
    lstm = next(other for other in all_costs if other.kind == "lstm")
    share = cost.recurrent_parameters / lstm.recurrent_parameters
    return {
        say("Network"): NAMES[cost.kind],
        say("Parameters in all"): f"{cost.parameters:,}",
        say("Recurrent parameters"): f"{cost.recurrent_parameters:,} ({share:.0%})",
        say("Multiplications a step"): f"{cost.multiplications:,}",
        say("Our kernel (ms)"): _milliseconds(cost, OURS),
        say("Torch's kernel (ms)"): _milliseconds(cost, TORCH),
    }


def _milliseconds(cost: Cost, kernel: str) -> str:
    return f"{1000 * cost.seconds[kernel]:.2f}" if kernel in cost.seconds else "–"


@st.cache_data(max_entries=100, show_spinner=False)
def _measured(task_key: str, settings: tuple, model: ModelConfig) -> list[Cost]:
    return update_costs(build_task(task_key, **dict(settings)), model, CELLS, batch_size=BATCH)
