"""Pictures of an induction head: right answers, scores of all heads, where they look."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import streamlit as st
from torch import Tensor

from models.analysis.circuits import first_reached, induction_stripe
from models.tasks import Task
from pages.ui.language import say
from pages.ui.training.group import Group
from viz.circuits import next_curves, score_curves, stripe_map
from viz.curves import learning_curves
from viz.picture import Picture

FLAT = "one layer"
"""The network beside the deeper one; its scores are dotted."""
FORMED = 0.3
"""From this induction score on a head is called an induction head; one layer stays below it."""
SCORES = {
    "previous": (
        "Looks at the token before",
        "Each head's attention to the token just before, averaged. 0.1 is layer 0, head 1.",
    ),
    "induction": (
        "Looks after the last time",
        "Each head's attention to the token that followed the last time, averaged over the later copies.",
    ),
}


def induction_pictures(group: Group, task: Task, probe: Tensor, tokens: Sequence[str]) -> list[Picture]:
    """Right answers and scores over the updates, then the row of symbols and where each head looks."""
    maps = [picture for name in group.members for picture in _maps(group, name, probe, tokens)]
    right = _right(group, task)
    return [right, *(_scores(group, score) for score in SCORES), _next(group, task, tokens), *maps]


def head_name(network: str, layer: int, head: int) -> str:
    """A head as the maps call it."""
    return say("{network}: layer {layer}, head {head}", network=say(network), layer=layer, head=head)


def _right(group: Group, task: Task) -> Picture:
    curves = {say(name): member.curve("accuracy") for name, member in group.members.items()}
    return Picture(
        "accuracy",
        learning_curves(
            curves, guessing=task.chance, quantity=say("share right"), within=(0, 1.04), **_over(group)
        ),
        say("Share of right answers from the second copy on, of each network; the dashed line is guessing."),
        _cursor(group),
        say("Right from the second copy on"),
        say("On held-out rows. The steep rise is the moment at which the circuit closes."),
    )


def _scores(group: Group, score: str) -> Picture:
    title, note = SCORES[score]
    deep, flat = ({name for name in group.members if (name == FLAT) is wanted} for wanted in (False, True))
    return Picture(
        score,
        score_curves(
            *(_of_heads(group, names, score) for names in (deep, flat)),
            quantity=say("attention"),
            **_over(group),
        ),
        say("{title}: score of every head over the updates.", title=say(title)),
        _cursor(group),
        say(title),
        say(note),
    )


def _of_heads(group: Group, names: set[str], score: str) -> dict:
    """The curve of every head of some networks, by a name short enough for a legend."""
    curves = {}
    for name in names:
        values = group.at_moments(name, score)
        short = say("{network}: {layer}.{head}") if name == FLAT else say("head {layer}.{head}")
        for layer, head in np.ndindex(values.shape[1:]):
            told = short.format(network=say(name), layer=layer, head=head)
            curves[told] = (group.moments, values[:, layer, head])
    return curves


def _next(group: Group, task: Task, tokens: Sequence[str]) -> Picture:
    rights = {say(name): group.at_moments(name, "right") for name in group.members}
    shown = next_curves({name: v[-1] for name, v in rights.items()}, tokens=tokens, chance=task.chance)
    return Picture(
        "next",
        shown,
        say("Probability of the symbol that really comes next after each token of your row."),
        {f"data.{place}.y": values for place, values in enumerate(rights.values())},
        say("Your row: is the next symbol known?"),
        say("Nothing can be known in the first copy; from the second on everything could."),
    )


def _maps(group: Group, name: str, probe: Tensor, tokens: Sequence[str]) -> list[Picture]:
    values = group.at_moments(name, "attention")
    stripe = induction_stripe(probe.tolist())
    return [
        Picture(
            f"{name}.{layer}.{head}",
            stripe_map(values[-1, layer, head], tokens=tokens, stripe=stripe),
            say("Where {head} looks: queries from top to bottom, keys from left to right.",
                head=head_name(name, layer, head)),
            {"data.0.z": values[:, layer, head]},
            head_name(name, layer, head),
            say("Bright: where it looks. The squares are the two stripes of the circuit."),
        )
        for layer, head in np.ndindex(values.shape[1:3])
    ]  # fmt: skip


def _over(group: Group) -> dict:
    steps = max(member.run.steps for member in group.members.values())
    return {"steps": steps, "cursor": float(group.moments[-1])}


def _cursor(group: Group) -> dict[str, np.ndarray]:
    moments = np.array(group.moments, dtype=float)
    return {"layout.shapes.0.x0": moments, "layout.shapes.0.x1": moments}


def when_it_formed(group: Group) -> None:
    """In numbers: when each network's best head became an induction head, and what it knows now."""
    for column, (name, member) in zip(st.columns(len(group.members)), group.members.items(), strict=True):
        values = group.at_moments(name, "induction")
        layer, head = np.unravel_index(values[-1].argmax(), values[-1].shape)
        best = values[:, layer, head]
        since = first_reached(group.moments, best, FORMED)
        told = say("none so far") if since is None else say("from update {step} on", step=since)
        column.metric(
            say("Induction head of {name}", name=say(name)), told,
            say("best: layer {layer}, head {head}, score {score:.2f}; {right:.0%} right",
                layer=layer, head=head, score=best[-1], right=member.latest("accuracy") or 0),
            delta_color="off", delta_arrow="off",
            help=say("A head counts from a score of {score} on.", score=FORMED),
        )  # fmt: skip
