"""Change something inside the network on the screen: its answers before and after, side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import streamlit as st
import torch
from torch import Tensor

from models.analysis.interventions import Intervention, compare, reset_at
from models.experiment import Experiment
from models.film import network_at, task_of
from models.looks_recurrent import under
from models.tasks import Task
from pages.ui.language import say
from pages.ui.link import Link
from pages.ui.pictures.recurrent import number_curve
from pages.ui.services import store
from pages.ui.training.live import Shown
from viz.maps import answer_map, unit_map

SEQUENCES = 128
RESET = "reset"
GATES = {
    "rnn": (),
    "lstm": ("forget_gate", "input_gate", "output_gate"),
    "gru": ("update_gate", "reset_gate"),
}
STATES = {"rnn": ("hidden_state",), "lstm": ("cell_state", "hidden_state"), "gru": ("hidden_state",)}
ACTIONS = {
    "gate": {"zero": "hold it shut (0)", "one": "hold it open (1)", "half": "hold it half open"},
    "state": {"zero": "set it to 0", "negate": "turn its sign", "mean": "the same for every sequence (mean)"},
}


@dataclass(frozen=True, slots=True)
class Change:
    """What a person asked for."""

    tap: str
    """A tap's name, or `reset` for all states at once."""
    action: str
    step: int | None
    """Only at this step; None at all."""
    units: tuple[int, ...]
    """Only these; all where empty."""

    def interventions(self, network: torch.nn.Module) -> list[Intervention]:
        """The same as interventions in a network."""
        if self.tap == RESET:
            return reset_at(network, self.step or 0)
        steps = None if self.step is None else (self.step,)
        return [Intervention(self.tap, self.action, steps, self.units or None)]


def interventions(shown: Shown, link: Link, task: Task, probe: Tensor, tokens: Sequence[str]) -> None:
    """The controls of one change, and what it does to answers, accuracy and states."""
    with st.container(border=True):
        st.markdown(f"**{say('Change something inside')}** · " + say("the weights stay as they are"))
        change = _chosen(link, shown.run.experiment, tokens)
        if shown.run.going:
            st.caption(say("Shown as soon as the training stands still: pause it, or wait for its end."))
            return
        moment = shown.board.moment if shown.board.moment in shown.film.moments else shown.film.moments[-1]
        found = _compared(shown.run.id, moment, probe.tolist(), change)
        _accuracy(found["metrics"], task, moment)
        for name in ("answer", *_states(shown.run.experiment, change)):
            _beside(link.page, name, found["before"][name], found["after"][name], probe, task)


def _chosen(link: Link, experiment: Experiment, tokens: Sequence[str]) -> Change:
    """Four choices: what, how, at which step, which units."""
    kind, options = experiment.model.kind, _options(experiment)
    what, how, when, which = st.columns(4)
    with what:
        tap = _choice(
            link, "change", say("What"), options, _named, say("A gate, a state, or everything held.")
        )
    actions = ACTIONS["gate" if tap.rsplit(".", 1)[-1] in GATES[kind] else "state"]
    with how:
        if tap == RESET:
            st.selectbox(say("How"), [say("empty every state")], disabled=True, key=f"{link.page}.how.reset")
            action = "zero"
        else:
            told = say("What becomes of its value.")
            action = _choice(link, "how", say("How"), list(actions), lambda name: say(actions[name]), told)
    steps = ["all", *map(str, range(len(tokens)))] if tap != RESET else [*map(str, range(len(tokens)))]
    with when:
        default = steps[len(steps) // 2] if tap == RESET else "all"
        chosen = _choice(
            link, "at", say("At which token"), steps, lambda name: _token(name, tokens),
            say("Everywhere, or at one token only."), default,
        )  # fmt: skip
    with which:
        units = _units(link, experiment, disabled=tap == RESET)
    return Change(tap, action, None if chosen == "all" else int(chosen), () if tap == RESET else units)


def _options(experiment: Experiment) -> list[str]:
    """All taps to choose from, the best known first."""
    kind = experiment.model.kind
    taps = [f"layers.{layer}.{name}" for layer in range(experiment.model.layers)
            for name in (*GATES[kind], *STATES[kind])]  # fmt: skip
    return [*taps, RESET] if GATES[kind] else [RESET, *taps]


def _choice(link: Link, name: str, label: str, options: list[str], told, help: str, default: str = "") -> str:
    """A select box whose choice stands in the link; what the link asks for in vain falls back."""
    default = default or options[0]
    asked = link.asked(name, default)
    key = link.start(name, asked if asked in options else default)
    if st.session_state[key] not in options:
        st.session_state[key] = default
    value = st.selectbox(label, options, key=key, format_func=told, help=help)
    link.keep(name, value, default)
    return value


def _units(link: Link, experiment: Experiment, *, disabled: bool) -> tuple[int, ...]:
    count = experiment.model.hidden
    asked = [
        int(unit) for unit in link.asked("units", "").split(",") if unit.isdecimal() and int(unit) < count
    ]
    key = link.start("units", asked)
    st.session_state[key] = [unit for unit in st.session_state[key] if unit < count]
    units = st.multiselect(
        say("Which units"), range(count), key=key, disabled=disabled, placeholder=say("all"),
        help=say("None chosen means all of them."),
    )  # fmt: skip
    link.keep("units", ",".join(map(str, units)), "")
    return tuple(units)


def _named(tap: str) -> str:
    if tap == RESET:
        return say("reset the whole state")
    layer, name = tap.rsplit(".", 1)
    return f"{say(name.replace('_', ' '))} ({layer})"


def _token(name: str, tokens: Sequence[str]) -> str:
    return say("everywhere") if name == "all" else f"{name}: {tokens[int(name)]}"


def _states(experiment: Experiment, change: Change) -> list[str]:
    """The maps that show the change best: the states of its layer."""
    layer = "layers.0" if change.tap == RESET else change.tap.rsplit(".", 1)[0]
    return [f"{layer}.{STATES[experiment.model.kind][0]}"]


@st.cache_data(max_entries=200, show_spinner=False)
def _compared(run_id: str, step: int, probe: list, change: Change) -> Mapping[str, Mapping]:
    """Metrics on held-out sequences and what is seen of the probe, without and with the change."""
    experiment = store().run(run_id).experiment
    task, network = task_of(experiment), network_at(experiment, store().snapshot(run_id, step))
    changes, inputs = change.interventions(network), torch.tensor(probe)
    both = compare(network, task, task.held_out(SEQUENCES), changes)
    return {
        "metrics": {"before": both.before.metrics, "after": both.after.metrics},
        "before": under(network, task, inputs),
        "after": under(network, task, inputs, changes),
    }


def _accuracy(metrics: Mapping[str, Mapping[str, float]], task: Task, moment: int) -> None:
    before, after = (metrics[when].get("accuracy", float("nan")) for when in ("before", "after"))
    left, middle, right = st.columns([1, 1, 2], vertical_alignment="center")
    left.metric(say("Right before"), f"{before:.0%}")
    middle.metric(
        say("Right after"), f"{after:.0%}", say("{points:+.0f} points", points=100 * (after - before))
    )
    right.caption(
        say("On {n} held-out sequences with the weights of update {step}; guessing gets {chance:.0%}.",
            n=SEQUENCES, step=moment, chance=task.chance)
    )  # fmt: skip


def _beside(page: str, name: str, before: np.ndarray, after: np.ndarray, probe: Tensor, task: Task) -> None:
    """The same picture twice, on the same scale."""
    limit, tokens = max(1.0, float(np.abs(before).max()), float(np.abs(after).max())), task.decode(probe)
    told = {"before": say("before"), "after": say("after")}
    for column, (when, values) in zip(st.columns(2), (("before", before), ("after", after)), strict=True):
        if name == "answer" and task.answer_width == 1:
            title = say("What it answers")
            figure = number_curve(values[:, 0], task.right_number(probe).numpy(), tokens)
        elif name == "answer":
            rows = np.sort(np.argsort(-np.maximum(before, after).max(0))[:20])
            title = say("What it answers")
            names = [task.answers[row] for row in rows]
            figure = answer_map(values[:, rows], tokens=tokens, answers=names)
        else:
            title = say(name.rsplit(".", 1)[-1].replace("_", " ").capitalize())
            figure = unit_map(values, tokens=tokens, name=title, signed=True, limit=limit)
        column.markdown(f"**{title}, {told[when]}**")
        alt = say("{title}, {when} the change: one column for each token.", title=title, when=told[when])
        column.plotly_chart(figure, key=f"{page}.{name}.{when}", alt=alt)
