"""Pictures of attention heads over training: all of them, one as a map and as lines, the logit lens."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from models.film import Film
from models.tasks import Task
from pages.ui.language import say
from viz.heads import head_grid, head_lines, head_map, lens_map, line_frames
from viz.maps import shown_token
from viz.picture import Picture


def head_pictures(film: Film, tokens: Sequence[str], chosen: tuple[int, int]) -> list[Picture]:
    """Every head small, and the chosen one as a map and as lines."""
    attention = film["attention"]
    layer, head = chosen
    one = attention[:, layer, head]
    name = say("Layer {layer}, head {head}", layer=layer, head=head)
    return [
        head_grid_picture(
            attention,
            chosen,
            say("Every head"),
            say("Rows look at columns; bright is much attention. Click a map to look at that head."),
        ),
        Picture(
            "map",
            head_map(one[-1], tokens=tokens),
            say("Attention of one head: one row for each query token, one column for each key token."),
            {"data.0.z": one},
            name,
            say("Each row sums to 1. Click a cell for the arithmetic of its score."),
        ),
        Picture(
            "lines",
            head_lines(one, tokens=tokens),
            say("The same as lines from each query token to the key tokens that it looks at."),
            line_frames(one),
            say("{name}, as lines", name=name),
            say("From each query (below) to the keys (above); thicker is more. Below 0.1 nothing is drawn."),
        ),
    ]  # fmt: skip


def head_grid_picture(attention: np.ndarray, chosen: tuple[int, int], title: str, note: str) -> Picture:
    """A small map of every head's attention (moment, layer, head, query, key); a click chooses one."""
    _, layers, heads = attention.shape[:3]
    return Picture(
        "heads",
        head_grid(attention[-1], chosen=chosen),
        say("A small attention map for each of {heads} heads in each of {layers} layers.",
            heads=heads, layers=layers),
        {f"data.{place * heads + number}.z": attention[:, place, number]
         for place, number in np.ndindex(layers, heads)},
        title,
        note,
        columns=2,
    )  # fmt: skip


def lens_pictures(film: Film, task: Task, tokens: Sequence[str]) -> list[Picture]:
    """What the network would answer if it stopped after each layer."""
    named = np.array([shown_token(answer) for answer in task.answers], dtype=object)
    answers = named[film["likeliest"]]
    return [
        Picture(
            "lens",
            lens_map(film["confidence"][-1], answers[-1], tokens=tokens),
            say("The likeliest answer and its probability at each token, read after each layer."),
            {"data.0.z": film["confidence"], "data.0.text": answers},
            say("The answer, layer by layer"),
            say("Every layer's stream, read with the network's own output. Letter: likeliest; bright: sure."),
            columns=2,
        )
    ]  # fmt: skip
