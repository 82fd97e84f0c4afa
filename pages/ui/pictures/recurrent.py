"""Pictures of a hidden state on its way: what two orders of the same words do, paths, a unit that follows."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from torch import Tensor

from models.film import Film
from models.looks_recurrent import OTHER, Follower, plane_of
from models.tasks import Task
from pages.ui.language import say
from viz.coloured_text import coloured_text, in_rows, row_width
from viz.maps import answer_map
from viz.paths import Path, path_plane, path_space
from viz.picture import Picture
from viz.steps import step_curves


def names_of_orders() -> tuple[str, str]:
    """What the two sequences are called on every picture."""
    return say("your sequence"), say("another order")


def reading_pictures(film: Film, task: Task, probe: Tensor, other: Tensor) -> list[Picture]:
    """What the network answers after each token of both sequences."""
    tokens, others = task.decode(probe), task.decode(other)
    if task.answer_width == 1:
        return [_number_picture(film, task, probe, other)]
    if len(task.answers) == 2 and task.answer_width == 2:
        return [_opinion_picture(film, task, tokens, others)]
    return [
        _answers_picture(film, name, title, words, task.answers)
        for name, title, words in zip(("answer", OTHER + "answer"), names_of_orders(), (tokens, others),
                                      strict=True)
    ]  # fmt: skip


def _opinion_picture(film: Film, task: Task, tokens: Sequence[str], others: Sequence[str]) -> Picture:
    """Of two possible answers, the probability of the second: one curve for each order."""
    answer = say(task.answers[1])
    past = [film["answer"][..., 1], film[OTHER + "answer"][..., 1]]
    figure = step_curves(
        {name: values[-1] for name, values in zip(names_of_orders(), past, strict=True)},
        tokens=(tokens, others),
        quantity=say("probability of: {answer}", answer=answer),
        within=(0, 1),
        guessing=task.chance,
    )
    return Picture(
        name="answer",
        figure=figure,
        alt=say("The probability of {answer} after each word, for both orders of the words.", answer=answer),
        frames={f"data.{place}.y": values for place, values in enumerate(past)},
        title=say("What it believes after each word"),
        note=say("Probability of: {answer}. Words that stand elsewhere are written beside the curve.",
                 answer=answer),
    )  # fmt: skip


def _number_picture(film: Film, task: Task, probe: Tensor, other: Tensor) -> Picture:
    """The number that it answers: one curve for each order, and what would be right, dotted."""
    names, words = names_of_orders(), (task.decode(probe), task.decode(other))
    past = [film["answer"][..., 0], film[OTHER + "answer"][..., 0]]
    right = [task.right_number(sequence).numpy() for sequence in (probe, other)]
    dotted = [say("right for {which}", which=name) for name in names]
    curves = dict(zip((*names, *dotted), (*(values[-1] for values in past), *right), strict=True))
    return Picture(
        name="answer",
        figure=step_curves(
            curves,
            tokens=(*words, *words),
            quantity=say("answer"),
            within=_sums_within(right),
            dotted=dotted,
            beside=False,
        ),
        alt=say("The number that the network answers after each step, for both orders, and the right one."),
        frames={f"data.{place}.y": values for place, values in enumerate(past)},
        title=say("What it answers after each step"),
        note=say("Dotted: the sum of the marked numbers so far. Only the last step is trained and scored."),
    )


def number_curve(answers: np.ndarray, right: np.ndarray, tokens: Sequence[str]):
    """One sequence's answers (time,), and the right ones, dotted."""
    names = say("answer"), say("right")
    curves = dict(zip(names, (answers, right), strict=True))
    told = {"quantity": say("answer"), "within": _sums_within([right]), "dotted": names[1:]}
    return step_curves(curves, tokens=(tokens, tokens), **told)


def _sums_within(right: Sequence[np.ndarray]) -> tuple[float, float]:
    """A fixed range for answers that are sums: of two numbers up to 1, or of more that somebody marked."""
    return -0.25, 0.25 + max(2.0, *(float(values.max()) for values in right))


def _answers_picture(film: Film, name: str, title: str, tokens: Sequence[str], answers: Sequence[str]):
    values = film[name]
    chosen = np.sort(np.argsort(-values[-1].max(0))[:20])
    values = values[..., chosen]
    return Picture(
        name=name,
        figure=answer_map(values[-1], tokens=tokens, answers=[answers[place] for place in chosen]),
        alt=say("The probability that the network gives each answer after each token: {which}.", which=title),
        frames={"data.0.z": values.swapaxes(1, 2)},
        title=say("What it answers: {which}", which=title),
        note=say("Probability of every answer after each token; bright is certain."),
    )


def path_pictures(film: Film, tap: str, tokens: Sequence[str], others: Sequence[str]) -> list[Picture]:
    """The way of the hidden state through both sequences, in a plane and in space."""
    plane, ways = plane_of([film[tap], film[OTHER + tap]])
    paths = {
        name: Path(way[-1], words)
        for name, way, words in zip(names_of_orders(), ways, (tokens, others), strict=True)
    }
    ranges = _ranges(ways)
    flat = {name: Path(path.points[:, :2], path.tokens) for name, path in paths.items()}
    told = say("Axes: main directions of the newest moment, the same at every moment. A diamond is the end.")
    return [
        Picture(
            name="path",
            figure=path_plane(flat, ranges=ranges[:2], shares=plane.share[:2]),
            alt=say("The hidden state's path in the plane of its two main directions, for both orders."),
            frames=_path_frames(ways, "xy"),
            title=say("The path of the hidden state"),
            note=told,
        ),
        Picture(
            name="space",
            figure=path_space(paths, ranges=ranges, shares=plane.share),
            alt=say("The same paths in the space of three main directions; drag to turn."),
            frames=_path_frames(ways, "xyz"),
            title=say("The same in three dimensions"),
            note=say("Drag to turn. {share:.0%} of the variance is shown.", share=float(plane.share.sum())),
        ),
    ]


def _ranges(ways: Sequence[np.ndarray]) -> np.ndarray:
    """(axis, 2) ends that hold every moment, with a margin for the labels."""
    points = np.concatenate([way.reshape(-1, way.shape[-1]) for way in ways])
    points = points[np.isfinite(points).all(1)]
    if not len(points):
        return np.tile([-1.0, 1.0], (ways[0].shape[-1], 1))
    low, high = points.min(0), points.max(0)
    margin = 0.12 * np.maximum(high - low, 1e-3)
    return np.stack([low - margin, high + margin], axis=1)


def _path_frames(ways: Sequence[np.ndarray], axes: str) -> dict[str, np.ndarray]:
    frames = {}
    for place, way in enumerate(ways):
        for number, axis in enumerate(axes):
            frames[f"data.{2 * place}.{axis}"] = way[..., number]
            frames[f"data.{2 * place + 1}.{axis}"] = way[:, -1:, number]
    return frames


def unit_pictures(
    film: Film, tap: str, tokens: Sequence[str], track: np.ndarray, trained: Follower, untrained: Follower
) -> list[Picture]:
    """The text coloured by the unit that follows an event best, beside the best one before training.

    track: (time,) the event itself
    """
    values = film[tap]
    limit = max(1.0, float(np.nanmax(np.abs(values))))
    event = say(trained.event)
    best = say("Unit {unit}: follows “{event}”, r = {r:+.2f}", unit=trained.unit, event=event, r=trained.r)
    told = say("By the newest weights, on 64 held-out sequences. All units read together: r = {r:+.2f}.",
               r=trained.together)  # fmt: skip
    control = say("Control, untrained: unit {unit}, r = {r:+.2f}", unit=untrained.unit, r=untrained.r)
    before = say("The best of all units before the first update. All units read together: r = {r:+.2f}.",
                 r=untrained.together)  # fmt: skip
    truth = say("What really happens: {event}", event=event)
    still = np.repeat(values[:1, :, untrained.unit], len(values), 0)
    tracks, span = np.repeat(track[None], len(values), 0), max(float(np.abs(track).max()), 1e-9)
    return [
        _text_picture("unit", values[..., trained.unit], tokens, limit, best, told),
        _text_picture("control", still, tokens, limit, control, before),
        _text_picture("event", tracks, tokens, span, truth, say("Counted in the text itself; no network.")),
    ]


def _text_picture(
    name: str, values: np.ndarray, tokens: Sequence[str], limit: float, title: str, note: str
) -> Picture:
    """values: (moment, time)."""
    return Picture(
        name=name,
        figure=coloured_text(values[-1], tokens=tokens, name=title, limit=limit),
        alt=say("The text, each token coloured by its value. {title}", title=title),
        frames={"data.0.z": in_rows(values, row_width(tokens))},
        title=title,
        note=note,
        columns=2,
    )
