"""Pictures of a masked and a causal network on the same text: the blank, the two sights, the two losses."""

from __future__ import annotations

import textwrap

import numpy as np

from models.looks_language import slots_look
from models.side_by_side import WAYS
from models.tasks.grammar import END, MASK, SLOTS, START, Grammar
from pages.ui.language import say
from pages.ui.pictures.readers import at_moments
from pages.ui.texts.blanks import MEAN, Blank
from pages.ui.training.group import Group
from pages.ui.training.live import film_of
from viz.blanks import fill_bars, sight_map
from viz.opinion import grouped_bars
from viz.picture import Picture
from viz.race import Spread, race_curves
from viz.text import text_panel, written

CAUSAL, MASKED = WAYS.values()
FILLED = 5
"""Likeliest words of each network that are shown."""
WIDTH = 32
"""Signs in a line of what GPT writes: a sentence fits a narrow screen."""


def blank_pictures(group: Group, task: Grammar, blank: Blank, layer: int, head: str) -> list[Picture]:
    """What fills the blank, where the cue helps, what each may see, the losses, what GPT writes."""
    return [
        _fill_picture(group, task, blank),
        _slot_picture(group),
        *(_sight_picture(group, name, blank, layer, head) for name in group.members),
        _loss_picture(group, task),
        *([_sample_picture(group)] if CAUSAL in group.members else []),
    ]


def _fill_picture(group: Group, task: Grammar, blank: Blank) -> Picture:
    past = {name: group.at_moments(name, "fill") for name in group.members}
    right = blank.words[blank.place]
    found = [right]
    for values in past.values():
        found += [task.symbols[i] for i in values[-1].argsort()[::-1][:FILLED]]
    words = list(dict.fromkeys(found))
    places = [task.symbols.index(word) for word in words]
    left, behind = " ".join(blank.words[: blank.place]), " ".join(blank.words[blank.place + 1 :])
    return Picture(
        name="fill",
        figure=fill_bars(
            {name: values[-1, places] for name, values in past.items()}, words=words, right=right
        ),
        alt=say("The probability of the likeliest words in the blank, for both networks."),
        frames={f"data.{i}.x": values[:, places] for i, values in enumerate(past.values())},
        title=say("What fills the blank: {sentence}", sentence=f"{left} ___ {behind}".strip()),
        note=say(
            "BERT reads the whole sentence, GPT only “{left}”. Bold: the word that you hid.",
            left=left or START,
        ),
    )


def _slot_picture(group: Group) -> Picture:
    past = {
        name: at_moments(film_of(m.run.id, "slots", slots_look()).update(), "right", group.moments)
        for name, m in group.members.items()
    }
    groups = [
        f"{say(name)}<br>" + (say("cue left") if slot.cue == "left" else say("cue right"))
        for name, slot in SLOTS.items()
    ]
    return Picture(
        name="slots",
        figure=grouped_bars(
            {name: values[-1] for name, values in past.items()},
            groups=groups,
            quantity=say("share right"),
            chance=[slot.chance for slot in SLOTS.values()],
            chance_name=say("without the cue"),
        ),
        alt=say("Share of right words where the cue stands left of the blank and where it stands right."),
        frames={f"data.{i}.y": values for i, values in enumerate(past.values())},
        title=say("Where the cue stands decides"),
        note=say(
            "80 held-out sentences each. Dashed: what one gets without seeing the cue, 1 in 2 or 1 in 8."
        ),
    )


def _sight_picture(group: Group, name: str, blank: Blank, layer: int, head: str) -> Picture:
    values = group.at_moments(name, "attention")[:, layer]
    values = values.mean(1) if head == MEAN else values[:, int(head)]
    causal = name == CAUSAL
    hidden = [MASK if not causal and i == blank.place else word for i, word in enumerate(blank.words)]
    told = (
        say("A triangle: nobody sees what stands later. Framed: the position that must guess the blank.")
        if causal
        else say("A full square: everybody sees both sides. Framed: the blank, which is hidden.")
    )
    return Picture(
        name=f"sight {name}",
        figure=sight_map(
            values[-1],
            tokens=[START, *hidden, END],
            marked=blank.place if causal else blank.place + 1,
        ),
        alt=say("{name}: how much each position looks at each other one; empty where it may not.", name=name),
        frames={"data.0.z": values},
        title=say("What {name} may see", name=name.split("'")[0]),
        note=told,
    )


def _loss_picture(group: Group, task: Grammar) -> Picture:
    moments = np.array(group.moments, dtype=float)
    curves = {name: member.curve("loss") for name, member in group.members.items()}
    return Picture(
        name="loss",
        figure=race_curves(
            {name: Spread(steps, np.array([values])) for name, (steps, values) in curves.items() if steps},
            quantity=say("loss (nats a word)"),
            steps=max(member.run.steps for member in group.members.values()),
            guessing=task.guessing_loss,
            cursor=moments[-1],
        ),
        alt=say("Loss of both networks over the updates; the dashed line is guessing by frequency."),
        frames={"layout.shapes.0.x0": moments, "layout.shapes.0.x1": moments},
        title=say("Loss on held-out sentences"),
        note=say("Not the same quantity: BERT has more to go by. Dashed: guessing by frequency alone."),
        columns=2,
    )


def _sample_picture(group: Group) -> Picture:
    film = group.members[CAUSAL].film
    places = np.searchsorted(film.moments, group.moments, side="right") - 1
    samples = [textwrap.fill(film.samples[place], WIDTH) for place in places.clip(min=0)]
    return Picture(
        name="sample",
        figure=text_panel(written(samples[-1])),
        alt=say("A sentence written by the causal network: {text}", text=samples[-1]),
        frames={"layout.annotations.0.text": np.array([written(text) for text in samples], dtype=object)},
        title=say("Only GPT can write"),
        note=say("Drawn word by word from its own probabilities. BERT never learnt what comes next."),
        columns=2,
    )
