"""Pictures of grokking: by heart and understood on one chart, all sums at once, the embedding's waves."""

from __future__ import annotations

import numpy as np
import streamlit as st

from models.analysis.circuits import first_reached
from models.tasks import Task
from pages.ui.language import say
from pages.ui.training.group import Group
from viz.circuits import paired_curves, sum_map, wave_bars
from viz.curves import learning_curves
from viz.picture import Picture

KNOWN, UNDERSTOOD = 0.99, 0.95
LOWEST_TOP = 0.1
"""The axis of the waves ends at least here."""


def grokking_pictures(group: Group, task: Task) -> list[Picture]:
    """Accuracies and size of the weights over the updates, then all sums and the waves of each run."""
    sums = [_sums(group, name) for name in group.members]
    waves = [_waves(group, name) for name in group.members]
    return [_accuracies(group, task), _weights(group), *sums, *waves]


def _accuracies(group: Group, task: Task) -> Picture:
    pairs = {
        say(name): (member.curve("accuracy"), member.curve("training_accuracy"))
        for name, member in group.members.items()
    }
    words = say("never shown"), say("trained on")
    return Picture(
        "accuracy",
        paired_curves(pairs, chance=task.chance, words=words, **_over(group)),
        say("Share of right sums over the updates: trained and never shown, of each run."),
        _cursor(group),
        say("Known by heart, and understood"),
        say("Dotted: pairs trained on. Solid: pairs never shown. The gap between them is grokking."),
    )


def _weights(group: Group) -> Picture:
    curves = {say(name): (group.moments, group.at_moments(name, "weight_size")) for name in group.members}
    return Picture(
        "weights",
        learning_curves(curves, quantity=say("root mean square"), **_over(group)),
        say("Root mean square of all weights over the updates, of each run."),
        _cursor(group),
        say("Size of the weights"),
        say("Root mean square of all weights. Weight decay pulls them towards 0; without it they only grow."),
    )


def _sums(group: Group, name: str) -> Picture:
    values = group.at_moments(name, "sums")
    return Picture(
        f"sums.{name}",
        sum_map(values[-1]),
        say("The probability of the right sum of every pair of numbers, {name}.", name=say(name)),
        {"data.0.z": values},
        say("All sums, {name}", name=say(name)),
        say("Bright: right. First only the pairs trained on, like noise; with weight decay, in the end all."),
    )


def _waves(group: Group, name: str) -> Picture:
    values = group.at_moments(name, "waves")
    top = max(group.at_moments(other, "waves").max() for other in group.members)
    return Picture(
        f"waves.{name}",
        wave_bars(values[-1], highest=max(LOWEST_TOP, 1.1 * float(top))),
        say("Share of each frequency in the embedding of the numbers, {name}.", name=say(name)),
        {"data.0.y": values},
        say("Waves in the embedding, {name}", name=say(name)),
        say("Numbers on a clock face are waves: a network that adds comes to use a few frequencies more."),
    )


def _over(group: Group) -> dict:
    steps = max(member.run.steps for member in group.members.values())
    return {"steps": steps, "cursor": float(group.moments[-1])}


def _cursor(group: Group) -> dict[str, np.ndarray]:
    moments = np.array(group.moments, dtype=float)
    return {"layout.shapes.0.x0": moments, "layout.shapes.0.x1": moments}


def when_it_understood(group: Group) -> None:
    """In numbers: from which update on each run knows its pairs, and from which the others too."""
    for column, (name, member) in zip(st.columns(len(group.members)), group.members.items(), strict=True):
        known = first_reached(*member.curve("training_accuracy"), KNOWN)
        understood = first_reached(*member.curve("accuracy"), UNDERSTOOD)
        column.metric(
            say("{name}: understood", name=say(name)),
            say("not so far") if understood is None else say("from update {step} on", step=understood),
            say("not yet known by heart") if known is None
            else say("by heart from update {step} on", step=known),
            delta_color="off", delta_arrow="off",
            help=say("By heart: {known:.0%} of the pairs trained on are right. "
                     "Understood: {understood:.0%} of the others.", known=KNOWN, understood=UNDERSTOOD),
        )  # fmt: skip
