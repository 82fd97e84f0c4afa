"""Pictures of an encoder and a decoder side by side: lengths, teacher forcing, the vector handed over."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch

from models.looks_recurrent import plane_of
from models.tasks.translation import TranslationTask
from pages.ui.language import say
from pages.ui.training.group import Group, Member
from pages.ui.translation.decoded import decoded, held, measured, some, stick_of
from viz.curves import learning_curves
from viz.maps import unit_map
from viz.paths import Path, path_plane
from viz.picture import Picture
from viz.shares import Share, share_curves
from viz.text import text_panel, written

FEWEST = 3
"""Symbols of a source from which on its path is drawn."""


def networks_compared(group: Group, task: TranslationTask) -> list[Picture]:
    """How far the answers of all networks hold up: by length, over training, with teacher forcing or free."""
    found = {name: _over(member) for name, member in group.members.items()}
    return [_by_length(group, task, found), _exact_curve(group, task), _by_place(group, found)]


def _over(member: Member) -> tuple[list[int], dict[str, np.ndarray]]:
    """The moments at which a network was measured, and what was found, each (moment, ...)."""
    at = some(member.film.moments)
    each = [measured(member.run.id, step) for step in at]
    return at, {name: np.stack([one[name] for one in each]) for name in each[0]}


def _by_length(group: Group, task: TranslationTask, found: dict) -> Picture:
    stick = stick_of(task)
    ranges = [f"{low}–{high}" if high > low else str(low) for low, high in stick.ranges]
    values = {name: held(some_of["exact"], at, group.moments) for name, (at, some_of) in found.items()}
    figure = share_curves(
        {name: Share(shares[-1], place) for place, (name, shares) in enumerate(values.items())},
        x=[sum(ends) / 2 for ends in stick.ranges],
        labels=ranges,
        across=say("length of the source ({unit})", unit=_unit(task)),
        quantity=say("answers without a mistake"),
        guessing=task.exact_chance,
    )
    return Picture(
        name="lengths",
        figure=figure,
        alt=say("Share of answers without a mistake against the length of the source, for each network."),
        frames={f"data.{place}.y": shares for place, shares in enumerate(values.values())},
        title=say("Right answers by length of the source"),
        note=say("Held-out data, at most {n} of each length, running freely.",
                 n=int(np.bincount(stick.group).max())),
    )  # fmt: skip


def _exact_curve(group: Group, task: TranslationTask) -> Picture:
    moments = np.array(group.moments, dtype=float)
    return Picture(
        name="exact",
        figure=learning_curves(
            {name: member.curve("exact") for name, member in group.members.items()},
            guessing=task.exact_chance,
            quantity=say("answers without a mistake"),
            steps=max(member.run.steps for member in group.members.values()),
            within=(0, 1.04),
            cursor=moments[-1],
        ),
        alt=say("Share of answers without a mistake over the updates, for each network."),
        frames={"layout.shapes.0.x0": moments, "layout.shapes.0.x1": moments},
        title=say("Right answers while training"),
        note=say("All lengths together, held-out data, running freely. Same data, same updates."),
    )


def _by_place(group: Group, found: dict) -> Picture:
    """Teacher forcing against free running, at each place of the answer."""
    shares, frames = {}, {}
    for place, (name, (at, some_of)) in enumerate(found.items()):
        for kind, told in (("free", say("free running")), ("forced", say("teacher forcing"))):
            values = held(some_of[kind], at, group.moments)
            frames[f"data.{len(shares)}.y"] = values
            shares[f"{name}, {told}"] = Share(values[-1], place, dashed=kind == "forced")
    width = next(iter(frames.values())).shape[1]
    return Picture(
        name="places",
        figure=share_curves(
            shares,
            x=range(1, width + 1),
            across=say("place in the answer"),
            quantity=say("right symbols"),
        ),
        alt=say("Share of right symbols at each place of the answer, free running and with teacher forcing."),
        frames=frames,
        title=say("Teacher forcing against free running"),
        note=say(
            "Dotted: the decoder is given the right symbol before. Solid: it reads its own, mistakes too."
        ),
        columns=2,
    )


def answers_over_training(group: Group, task: TranslationTask, source: torch.Tensor) -> Picture:
    """What each network writes for the person's source, at the moments of training."""
    lines = []
    for name, member in group.members.items():
        at = some(member.film.moments)
        texts = [task.read_answer(decoded(member.run.id, step, source.tolist()).ids) or "–" for step in at]
        lines.append([f"{name}:  {texts[i]}" for i in held(np.arange(len(at)), at, group.moments)])
    right = task.solve(source)
    known = [] if right is None else [say("right:  {answer}", answer=task.read_answer(right))]
    texts = [written("\n".join([*known, *told])) for told in zip(*lines, strict=True)]
    return Picture(
        name="answers",
        figure=text_panel(texts[-1]).update_layout(height=120),
        alt=say("What each network writes for your source."),
        frames={"layout.annotations.0.text": np.array(texts, dtype=object)},
        title=say("What they write for your source"),
        note=say("Greedy: the most probable symbol at each step."),
        columns=2,
    )


def encoder_pictures(group: Group, name: str, tokens: Sequence[str], *, forward: int) -> list[Picture]:
    """One network's way through the source: hidden states with the vector handed over, and their path.

    forward: units of the reader that goes from left to right; the others come from the end
    """
    memory, vector = group.at_moments(name, "memory"), group.at_moments(name, "sentence_vector")
    pictures = [_handed_over(name, memory, vector, tokens, forward)]
    if len(tokens) >= FEWEST:
        pictures.append(_path(name, memory[..., :forward], tokens))
    return pictures


def _handed_over(name, memory, vector, tokens, forward) -> Picture:
    """Hidden states of all units, then a gap, then the vector."""
    gap = np.full_like(vector, np.nan)
    values = np.concatenate([memory, gap[:, None], vector[:, None]], axis=1)
    units = memory.shape[-1]
    told = say("Last column: all that the decoder starts from, {n} numbers.", n=units)
    if forward < units:
        told += " " + say("Units from {n} on read from the end.", n=forward)
    return Picture(
        name="handed_over",
        figure=unit_map(values[-1], tokens=[*tokens, "", say("⇒ vector")], name=say("hidden state"),
                        signed=True),
        alt=say("The encoder's hidden states, one column for each symbol, and the vector handed over."),
        frames={"data.0.z": values.swapaxes(1, 2)},
        title=say("The encoder reads ({name})", name=name),
        note=told,
    )  # fmt: skip


def _path(name: str, states: np.ndarray, tokens: Sequence[str]) -> Picture:
    plane, (way,) = plane_of([states], 2)
    low, high = way.reshape(-1, 2).min(0), way.reshape(-1, 2).max(0)
    margin = 0.12 * np.maximum(high - low, 1e-3)
    figure = path_plane(
        {say("reading"): Path(way[-1], tokens)},
        ranges=np.stack([low - margin, high + margin], 1),
        shares=plane.share,
    )
    frames = {f"data.0.{axis}": way[..., number] for number, axis in enumerate("xy")}
    frames |= {f"data.1.{axis}": way[:, -1:, number] for number, axis in enumerate("xy")}
    return Picture(
        name="path",
        figure=figure,
        alt=say("The path of the encoder's hidden state through the source, in its two main directions."),
        frames=frames,
        title=say("The path of the hidden state ({name})", name=name),
        note=say("Read from left to right; the diamond is the end, what the vector is made of."),
    )


def _unit(task: TranslationTask) -> str:
    return say("words") if task.joint else say("characters")
