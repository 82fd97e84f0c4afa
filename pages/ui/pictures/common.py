"""Pictures that several pages show: maps of a run's taps over training, and its learning curves."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from models.film import Film, task_of
from models.training.records import Run
from pages.ui.language import say
from pages.ui.services import store
from viz.curves import learning_curves
from viz.maps import answer_map, unit_map
from viz.picture import Picture
from viz.text import text_panel, written

SIGNED = ("hidden_state", "candidate", "cell_state", "embedding")
"""Taps whose values lie on both sides of 0."""


def tap_pictures(
    film: Film,
    taps: Sequence[str],
    tokens: Sequence[str],
    notes: dict[str, str],
    order: Sequence[int] | None = None,
) -> list[Picture]:
    """One unit x token map for each tap, moving over training.

    notes: last part of a tap's name -> one sentence that says how to read it
    order: the units from top to bottom; by number where None
    """
    return [_tap_picture(film, tap, tokens, notes, order) for tap in taps]


def _tap_picture(film, tap, tokens, notes, order) -> Picture:
    values = film[tap]
    rows = np.arange(values.shape[-1]) if order is None else np.asarray(order)
    values = values[..., rows]
    kind = tap.rsplit(".", 1)[-1]
    title = say(kind.replace("_", " ").capitalize())
    limit = max(1.0, float(np.abs(values).max())) if kind == "cell_state" else 1.0
    figure = unit_map(
        values[-1],
        tokens=tokens,
        name=title,
        signed=kind in SIGNED,
        limit=limit,
        units=[str(row) for row in rows],
    )
    alt = say(
        "{title}: a map with one column for each of {steps} tokens and one row for each of {units} units.",
        title=title,
        steps=len(tokens),
        units=len(rows),
    )
    frames = {"data.0.z": values.swapaxes(1, 2)}
    return Picture(name=tap, figure=figure, alt=alt, frames=frames, title=title, note=notes.get(kind, ""))


def answer_picture(film: Film, tokens: Sequence[str], answers: Sequence[str], *, most: int = 20) -> Picture:
    """The probability of every answer after every token; of many answers, the likeliest."""
    values = film["answer"]
    chosen = np.sort(np.argsort(-values[-1].max(0))[:most])
    values = values[..., chosen]
    figure = answer_map(values[-1], tokens=tokens, answers=[answers[i] for i in chosen])
    return Picture(
        name="answer",
        figure=figure,
        alt=say("The probability that the network gives each answer after each token."),
        frames={"data.0.z": values.swapaxes(1, 2)},
        title=say("What the network answers"),
        note=say("Probability of every answer after each token; bright is certain."),
    )


def curve_pictures(run: Run, film: Film) -> list[Picture]:
    """Loss and headline metric over training on held-out data, the guessing line, and a cursor."""
    task = task_of(run.experiment)
    metrics = store().metrics(run.id)
    marks = [(step, f"{name} {value:g}") for step, name, value in run.changes]
    headline = task.headline if task.headline != "loss" else "accuracy"
    loss = {
        say("held-out loss"): _curve(metrics, "loss"),
        say("training loss"): _curve(metrics, "training_loss"),
    }
    right = {say(f"held-out {headline}"): _curve(metrics, headline)}
    if headline != "accuracy":
        right[say("held-out accuracy")] = _curve(metrics, "accuracy")
    moments = np.array(film.moments, dtype=float)
    cursor = {"layout.shapes.0.x0": moments, "layout.shapes.0.x1": moments}
    shared = {"steps": run.steps, "marks": marks, "cursor": moments[-1]}
    quantity = say("loss (nats)") if task.answer_width > 1 else say("mean squared error")
    return [
        Picture(
            name="loss",
            figure=learning_curves(loss, guessing=task.guessing_loss, quantity=quantity, **shared),
            alt=say("Loss over the updates; the dashed line is what guessing gets."),
            frames=cursor,
            title=say("Loss"),
            note=say("Lower is better; the dashed line is pure guessing."),
        ),
        Picture(
            name="accuracy",
            figure=learning_curves(
                right, guessing=task.chance, quantity=say("share right"), within=(0, 1.02), **shared
            ),
            alt=say("Share of right answers over the updates; the dashed line is what guessing gets."),
            frames=cursor,
            title=say("Right answers"),
            note=say("On held-out data; the dashed line is pure guessing."),
        ),
    ]


def _curve(metrics: list[tuple[int, dict[str, float]]], name: str) -> tuple[list[int], list[float]]:
    points = [(step, values[name]) for step, values in metrics if name in values]
    return [step for step, _ in points], [value for _, value in points]


def sample_pictures(film: Film) -> list[Picture]:
    """What the network writes at each moment, for tasks that can be written."""
    samples = film.samples
    if not samples[-1]:
        return []
    texts = [written(sample) for sample in samples]
    return [
        Picture(
            name="sample",
            figure=text_panel(texts[-1]),
            alt=say("A text written by the network: {text}", text=samples[-1]),
            frames={"layout.annotations.0.text": np.array(texts, dtype=object)},
            title=say("What the network writes"),
            note=say("Drawn character by character from its own probabilities, temperature 0.7."),
            columns=2,
        )
    ]
