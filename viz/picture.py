"""A picture that moves, and the compact bytes in which a board of pictures travels to the browser.

The bytes: the length of the header (unsigned 32 bit), the header (JSON, UTF-8), zeros up to a multiple
of 8, then the raw little-endian arrays, each on a multiple of 8. A `{"$array": n}` in the header stands
for the n-th array. Numbers between two fixed ends (a heatmap with zmin and zmax) travel as 16 bit levels,
wrong by at most 1/131068 of the range; everything else as float32, or float64 where float32 would round
a whole number.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import numpy as np
import plotly.graph_objects as go

from viz.pack import Pack


@dataclass(frozen=True, eq=False)
class Picture:
    """One figure of a board, and what of it changes over training."""

    name: str
    """Stable within the page: "forget_gate"."""
    figure: go.Figure
    """As it stands at the last moment."""
    alt: str
    """What a person who cannot see the figure should be told."""
    frames: Mapping[str, np.ndarray] = field(default_factory=dict)
    """"data.0.z" or "layout.shapes.0.x0" -> array (moment, ...): the values of that place over training."""
    title: str = ""
    """Stands above the figure."""
    note: str = ""
    """One sentence under the title."""
    columns: int = 1
    """How many of the board's columns the picture spans."""

    def __post_init__(self) -> None:
        """Refuse what the browser could not draw."""
        if not self.name:
            raise ValueError("a picture needs a name, got an empty one")
        if self.columns < 1:
            raise ValueError(f"picture {self.name!r} must span at least 1 column, got {self.columns}")
        for path in self.frames:
            self._check_path(path)

    def _check_path(self, path: str) -> None:
        part, *rest = path.split(".")
        traces = len(self.figure.data)
        if part == "layout" and rest:
            return
        if part == "data" and len(rest) >= 2 and rest[0].isdigit() and int(rest[0]) < traces:
            return
        raise ValueError(
            f"picture {self.name!r}: a frame must be named like 'data.0.z' (the figure has {traces} traces) "
            f"or 'layout.title.text', got {path!r}"
        )


def encode(pictures: Sequence[Picture], moments: Sequence[int], **options: Any) -> bytes:
    """Pack pictures and their past into the bytes that the board in the browser reads.

    pictures: names differ from one another; every frame array has one entry per moment
    moments: training steps, ascending; may be empty when nothing changes over training
    options: further entries of the header, anything JSON can say
    Raises ValueError for two pictures of one name, for moments out of order and for frames of another length.
    """
    moments = [int(step) for step in moments]
    _check(pictures, moments)
    pack = Pack()
    entries = [_entry(picture, pack) for picture in pictures]
    header = {**options, "moments": moments, "pictures": entries, "templates": pack.templates}
    return pack.close(header)


def _check(pictures: Sequence[Picture], moments: list[int]) -> None:
    names = [picture.name for picture in pictures]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ValueError(f"pictures of a board need different names, got {twice} more than once")
    if any(later <= earlier for earlier, later in pairwise(moments)):
        raise ValueError(f"moments must ascend, got {moments}")
    for picture in pictures:
        for path, values in picture.frames.items():
            if len(values) != len(moments):
                raise ValueError(
                    f"picture {picture.name!r}: {path!r} must have one entry per moment ({len(moments)}), "
                    f"got {len(values)}"
                )


def _entry(picture: Picture, pack: Pack) -> dict[str, Any]:
    """One picture as the header states it; its arrays go into the pack."""
    figure = {
        "data": [trace.to_plotly_json() for trace in picture.figure.data],
        "layout": picture.figure.layout.to_plotly_json(),
    }
    template = figure["layout"].pop("template", None)
    frames = {}
    for path, values in picture.frames.items():
        if len(values):
            frames[path] = pack.frames(np.asarray(values), _limits(figure, path))
            _forget(figure, path)
    entry = {
        "name": picture.name,
        "title": picture.title,
        "note": picture.note,
        "alt": picture.alt,
        "columns": picture.columns,
        "template": None if template is None else pack.template(template),
        "figure": pack.plain(figure),
        "frames": frames,
    }
    entry["digest"] = pack.digest(entry)
    return entry


def _limits(figure: Mapping[str, Any], path: str) -> tuple[float, float] | None:
    """The fixed ends between which the values at `path` lie, where the figure states them."""
    part, *rest = path.split(".")
    if part != "data" or rest[1:] != ["z"]:
        return None
    trace = figure["data"][int(rest[0])]
    low, high = trace.get("zmin"), trace.get("zmax")
    if low is None and "coloraxis" in trace:
        axis = figure["layout"].get(trace["coloraxis"], {})
        low, high = axis.get("cmin"), axis.get("cmax")
    return None if low is None or high is None or not low < high else (float(low), float(high))


def _forget(figure: dict[str, Any], path: str) -> None:
    """Take the value at `path` out of the figure: its frames carry it."""
    *steps, last = path.split(".")
    place: Any = figure
    for step in steps:
        place = place[int(step)] if isinstance(place, list | tuple) else place.get(step)
        if place is None:
            return
    if isinstance(place, dict):
        place.pop(last, None)
