"""Pictures of transfer: the arms side by side over their updates, and one arm before and after."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from models.film import Film
from pages.ui.language import say
from pages.ui.training.group import Group
from viz.maps import unit_map
from viz.picture import Picture
from viz.steps import step_curves
from viz.transfer import accuracy_bars, arm_curves, coloured, correlation_bars, drift_bars

CHANCE = 0.5


def arm_pictures(group: Group, arms: Sequence[str], parts: Sequence[str]) -> list[Picture]:
    """Accuracy over the updates, the gap, what moved and what was forgotten, all arms together.

    arms: names of all arms, in the order of their colours; some may not have begun
    """
    moments = np.array(group.moments, dtype=float)
    cursor = {"layout.shapes.0.x0": moments, "layout.shapes.0.x1": moments}
    shared = {"steps": max(member.run.steps for member in group.members.values()), "cursor": moments[-1]}
    held_out = {name: member_curve(group, name, "held_out") for name in group.members}
    forgotten = {name: member_curve(group, name, "forgotten") for name in group.members}
    forgotten = {name: curve for name, curve in forgotten.items() if not np.isnan(curve[1]).all()}
    pictures = [
        Picture(
            "held out",
            coloured(
                arm_curves(
                    held_out, guessing=CHANCE, quantity=say("share right"), within=(0, 1.04), **shared
                ),
                arms,
            ),
            say("Share of right answers of each arm on held-out reviews over the updates."),
            cursor,
            say("Right on held-out reviews"),
            say("300 reviews that no arm learns from; the dashed line is guessing."),
        ),
        _gap(group),
        _moved(group, arms, parts),
    ]
    if forgotten:
        pictures.append(
            Picture(
                "forgotten",
                coloured(arm_curves(forgotten, quantity=say("loss added (nats a word)"), **shared), arms),
                say("By how much the loss of the first task grows during fine-tuning, for each arm."),
                cursor,
                say("What is forgotten of the first task"),
                say("The first task's own last layer is put back on. A frozen body forgets nothing."),
            )
        )
    return pictures


def member_curve(group: Group, name: str, array: str) -> tuple[list[int], list[float]]:
    """One number of a member's film over its own moments."""
    film = group.members[name].film
    return film.moments, film[array].tolist()


def _gap(group: Group) -> Picture:
    arms = list(group.members)
    training = np.stack([group.at_moments(arm, "training") for arm in arms], 1)
    held_out = np.stack([group.at_moments(arm, "held_out") for arm in arms], 1)
    return Picture(
        "gap",
        accuracy_bars(training[-1], held_out[-1], arms=arms, chance=CHANCE),
        say("For each arm, the share right on the reviews it learns from beside the share on held-out ones."),
        {"data.0.y": training, "data.1.y": held_out},
        say("Training and held out"),
        say("The gap between the two bars is what was learnt by heart. Dashed: guessing."),
    )


def _moved(group: Group, arms: Sequence[str], parts: Sequence[str]) -> Picture:
    values = {name: group.at_moments(name, "drift") for name in group.members}
    limit = 1.08 * max(float(array.max()) for array in values.values())
    figure = drift_bars({name: array[-1] for name, array in values.items()}, parts=parts, limit=limit)
    return Picture(
        "moved",
        coloured(figure, arms),
        say("How far the weights of each part have moved from where fine-tuning began, for each arm."),
        {f"data.{place}.y": array for place, array in enumerate(values.values())},
        say("How far each part's weights moved"),
        say("Distance from the start of fine-tuning, as a share of the weights' length. Frozen: exactly 0."),
    )


def opinion_picture(group: Group, arms: Sequence[str], tokens: Sequence[str], answer: str) -> Picture:
    """What each arm says after each word of the probe."""
    values = {name: group.at_moments(name, "answer")[..., 1] for name in group.members}
    figure = step_curves(
        {name: array[-1] for name, array in values.items()},
        tokens=[tokens] * len(values),
        quantity=say("probability: {answer}", answer=answer),
        within=(-0.02, 1.02),
        guessing=CHANCE,
    )
    return Picture(
        "opinion",
        coloured(figure, arms),
        say("The probability that each arm gives to {answer} after each word of your review.", answer=answer),
        {f"data.{place}.y": array for place, array in enumerate(values.values())},
        say("What each arm says of your review"),
        say("Only the answer after the last word is ever trained."),
        columns=2,
    )


def before_and_after(group: Group, name: str, tokens: Sequence[str], head: tuple[int, int]) -> list[Picture]:
    """One arm's hidden state, and its attention where it has one, before fine-tuning and at each moment."""
    states = group.at_moments(name, "state")
    limit = max(1.0, float(np.abs(states).max()))
    shared = {"tokens": tokens, "signed": True, "limit": limit}
    told = say("What the last layer reads after each word, one row for each unit: {name}.", name=name)
    pictures = [
        Picture("before", unit_map(states[0], name=say("before"), **shared), told, {},
                say("Hidden state before fine-tuning"), name),
        Picture("after", unit_map(states[-1], name=say("at this update"), **shared), told,
                {"data.0.z": states.swapaxes(1, 2)}, say("Hidden state at the update shown"), name),
    ]  # fmt: skip
    if has_attention(group.members[name].film):
        pictures += _attention(group.at_moments(name, "attention")[:, head[0], head[1]], tokens, name, head)
    return pictures


def has_attention(film: Film) -> bool:
    """Whether the network looks back at other words."""
    try:
        film["attention"]
    except KeyError:
        return False
    return True


def _attention(values: np.ndarray, tokens: Sequence[str], name: str, head: tuple[int, int]) -> list[Picture]:
    """values: (moment, query, key); a column for each word that looks, a row for each looked at."""
    where = say("{name}, layer {layer}, head {head}", name=name, layer=head[0], head=head[1])
    shared = {"tokens": tokens, "units": list(tokens)}
    told = say("How much each word (column) attends to each word (row): {where}.", where=where)
    return [
        Picture("attention before", unit_map(values[0], name=say("attention before"), **shared), told, {},
                say("Attention before fine-tuning"), where),
        Picture("attention after", unit_map(values[-1], name=say("attention"), **shared), told,
                {"data.0.z": values.swapaxes(1, 2)}, say("Attention at the update shown"), where),
    ]  # fmt: skip


def language_pictures(film: Film, tokens: Sequence[str]) -> list[Picture]:
    """A language model that sees no label: which of its units follows the feeling all the same."""
    correlation, states = film["correlation"], film["state"]
    unit = int(np.abs(correlation[-1]).argmax())
    limit = max(1.0, float(np.abs(states).max()))
    return [
        Picture(
            "correlation",
            correlation_bars(correlation[-1], what=say("the feeling")),
            say("Correlation of every unit's state after the last word with the feeling of 600 reviews."),
            {"data.0.y": correlation},
            say("A sentiment unit that nobody asked for"),
            say("Correlation with the feeling of 600 held-out reviews. Strongest at the end: unit {unit}.",
                unit=unit),
        ),
        Picture(
            "state",
            unit_map(states[-1], tokens=tokens, name=say("hidden state"), signed=True, limit=limit),
            say("The hidden state after each word of your review, one row for each unit."),
            {"data.0.z": states.swapaxes(1, 2)},
            say("Hidden state on your review"),
            say("Find row {unit}: does it turn where the feeling turns?", unit=unit),
        ),
    ]  # fmt: skip
