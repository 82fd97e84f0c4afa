"""Pictures of word vectors: a map on which they move, neighbours, an analogy, words between two sets."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from models.analysis.vectors import WordSpace, principal_axes
from models.film import Film
from models.looks_language import axes_of_sets, moved
from models.tasks.corpora import PAIRS
from models.training.records import Run
from pages.ui.language import say
from pages.ui.texts.words import Asked
from viz.curves import learning_curves
from viz.picture import Picture
from viz.words import WordMap, ranked_bars, strip

MOST_WRITTEN = 60
"""Words written on the map; of a larger text the others are points."""
RANKED = 8
EXTREMES = 7
"""Words shown at each end of the strip, beside those of the sets."""


def word_pictures(film: Film, words: Sequence[str], asked: Asked, *, pairs: bool) -> list[Picture]:
    """All pictures of what was asked, moving over training.

    pairs: whether the pairs of the small world are joined by lines
    """
    spaces = [WordSpace(tuple(words), vectors) for vectors in film["vectors"]]
    return [
        _map_picture(film["vectors"], spaces[-1], asked, pairs=pairs),
        _neighbour_picture(spaces, asked),
        _analogy_picture(spaces, asked),
        _strip_picture(spaces, asked),
    ]


def _map_picture(snapshots: np.ndarray, space: WordSpace, asked: Asked, *, pairs: bool) -> Picture:
    by_sets = asked.axes == "sets"
    project = axes_of_sets(space, asked.low, asked.high) if by_sets else principal_axes(space.vectors)
    journey = moved(snapshots, project)
    nearest = [space.place(word) for word, _ in space.neighbours(asked.word, RANKED)]
    drawn = WordMap(
        space.words,
        marked={
            say("the word"): [space.place(asked.word)],
            say("the analogy"): [space.place(word) for word in asked.analogy],
            say("its nearest words"): nearest,
        },
        labelled=range(len(space.words)) if len(space.words) <= 100 else range(MOST_WRITTEN),
        lines=[(space.place(one), space.place(other)) for one, other in PAIRS] if pairs else (),
    )
    names = (say("from set to set"), say("across")) if by_sets else (say("direction 1"), say("direction 2"))
    titles = [
        say("{name} ({share:.0%} of the variance)", name=name, share=float(share))
        for name, share in zip(names, project.explained, strict=True)
    ]
    told = say("Each word's vector on two axes that stand still: those of the newest moment.")
    joined = say("Lines join him and her: trained, they run side by side.") if pairs else ""
    return Picture(
        name="map",
        figure=drawn.figure(journey[-1], ranges=_ranges(journey), titles=titles),
        alt=say("A map of {n} words that moves while their vectors are learnt.", n=len(space.words)),
        frames=drawn.frames(journey),
        title=say("The words find their places"),
        note=f"{told} {joined}".strip(),
        columns=2,
    )


def _ranges(journey: np.ndarray) -> np.ndarray:
    """(axis, 2) ends that hold every moment, with a margin for the words."""
    points = journey.reshape(-1, 2)
    low, high = points.min(0), points.max(0)
    margin = 0.08 * np.maximum(high - low, 1e-3)
    return np.stack([low - margin, high + margin], axis=1)


def _neighbour_picture(spaces: Sequence[WordSpace], asked: Asked) -> Picture:
    found = [space.neighbours(asked.word, RANKED) for space in spaces]
    return _ranking(
        "neighbours",
        found,
        quantity=say("cosine similarity"),
        title=say("The nearest words of “{word}”", word=asked.word),
        note=say("1 is the same direction; unrelated words lie near 0. Opposites stand in the same places, "
                 "so they are neighbours."),
    )  # fmt: skip


def _analogy_picture(spaces: Sequence[WordSpace], asked: Asked) -> Picture:
    found = [space.analogy(*asked.analogy, most=RANKED) for space in spaces]
    first, second, third = asked.analogy
    return _ranking(
        "analogy",
        found,
        quantity=say("cosine similarity with {second} - {first} + {third}", first=first, second=second,
                     third=third),
        title=say("{first} : {second} = {third} : ?", first=first, second=second, third=third),
        note=say("The three given words are left out, as is usual. Guessing is right in 1 of {n}.",
                 n=len(spaces[-1].words)),
    )  # fmt: skip


def _ranking(
    name: str, found: list[list[tuple[str, float]]], *, quantity: str, title: str, note: str
) -> Picture:
    """Words and values, best first, one list for every moment."""
    words = [[word for word, _ in one] for one in found]
    values = np.array([[value for _, value in one] for one in found])
    return Picture(
        name=name,
        figure=ranked_bars(words[-1], values[-1], quantity=quantity, within=(-0.05, 1.25)),
        alt=say("{title} In order: {words}.", title=title, words=", ".join(words[-1])),
        frames={"data.0.x": values, "data.0.text": np.array(words, dtype=object)},
        title=title,
        note=note,
    )


def _strip_picture(spaces: Sequence[WordSpace], asked: Asked) -> Picture:
    values = np.stack([space.axis(asked.low, asked.high) for space in spaces])
    space = spaces[-1]
    order = values[-1].argsort()
    named = [space.place(word) for word in (*asked.low, *asked.high)]
    shown = sorted({*named, *order[:EXTREMES], *order[-EXTREMES:]}, key=lambda place: values[-1, place])
    members = {
        say("not in a set"): [place not in named for place in shown],
        say("set"): [space.words[place] in asked.low for place in shown],
        say("opposite set"): [space.words[place] in asked.high for place in shown],
    }
    places = np.array(shown)
    limit = float(np.abs(values[:, places]).max())
    return Picture(
        name="strip",
        figure=strip(
            [space.words[place] for place in shown],
            values[-1, places],
            ends=(", ".join(asked.low[:3]), ", ".join(asked.high[:3])),
            groups=members,
            within=(-1.1 * max(1.5, limit), 1.35 * max(1.5, limit)),
        ),
        alt=say("Words on the line between two sets of words."),
        frames={
            f"data.{number}.x": values[:, places[np.array(member)]]
            for number, member in enumerate(members.values())
        },
        title=say("Between two sets of words"),
        note=say("Words of neither set are the test: where do they fall? Shown: the furthest of them."),
        columns=2,
    )


def analogy_curve(run: Run, film: Film) -> list[Picture]:
    """How many of the small world's analogies are right over training."""
    moments = np.array(film.moments, dtype=float)
    words = film["vectors"].shape[1]
    curve = {say("analogies right"): (film.moments, film["analogies"])}
    return [
        Picture(
            name="analogies",
            figure=learning_curves(
                curve, guessing=1 / words, quantity=say("share right"), steps=run.steps, within=(0, 1.02),
                cursor=moments[-1],
            ),
            alt=say("Share of right analogies over the updates; the dashed line is guessing."),
            frames={"layout.shapes.0.x0": moments, "layout.shapes.0.x1": moments},
            title=say("Analogies"),
            note=say("All {n} between two of the ten pairs; guessing gets 1 in {words}.",
                     n=2 * len(PAIRS) * (len(PAIRS) - 1), words=words),
        )
    ]  # fmt: skip
