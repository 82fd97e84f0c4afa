"""The board: every picture of a page that moves, drawn and moved through training time in the browser.

The page gives figures and their past; the browser draws them with Plotly.react and tells back the step
shown and the point clicked. It knows nothing of networks.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from pages.ui.assets import address
from pages.ui.language import say
from viz.picture import Picture, encode

WORDS = {
    "timeline": "Training time",
    "step": "Training step",
    "live": "live",
    "play": "Play",
    "pause": "Pause",
    "untrained": "Untrained",
    "trained": "Trained",
    "first": "Untrained: first step",
    "last": "Trained: last step",
    "speed": "Speed",
    "fullscreen": "Full screen",
    "leave": "Leave full screen",
    "png": "Save as PNG",
    "svg": "Save as SVG",
    "csv": "Save the numbers as CSV",
    "numbers": "Numbers",
    "numbers_of": "Numbers of this picture at the step shown",
    "cut": "Shown: {rows} of {all_rows} rows and {columns} of {all_columns} columns. The CSV file has all.",
    "row": "row",
    "series": "series",
    "failed": "The pictures cannot be drawn: plotly.js could not be loaded from this server.",
}

JS = """
export default async function (component) {
  const at = (name) => new URL(ADDRESS + name, document.baseURI).href;
  let show;
  try {
    ({ show } = await import(at("board.js")));
  } catch (error) {
    component.parentElement.textContent = "The pictures cannot be drawn: this server has no board.js.";
    return;
  }
  return show(component);
}
"""
_component = st.components.v2.component(
    "unrolled.board", js=JS.replace("ADDRESS", repr(address(""))), isolate_styles=False
)


@dataclass(frozen=True)
class BoardState:
    """What the person looks at."""

    moment: int | None
    """The training step shown, reported when the slider comes to rest; None where there are no moments."""
    clicked: dict[str, Any] | None
    """The last point clicked: {"picture", "x", "y", "pointNumber", "curve"}, and "z" if it has one."""


def board(
    pictures: Sequence[Picture],
    *,
    key: str,
    moments: Sequence[int] = (),
    columns: int = 2,
    follow: bool = False,
    words: Mapping[str, str] | None = None,
) -> BoardState:
    """Show pictures side by side, with one slider over `moments` that moves them all.

    moments: training steps, ascending; every frame array of the pictures has one entry per moment
    columns: on a wide screen; a narrow one has a single column
    follow: the slider stays on the newest moment unless the person has moved it
    words: other words than `WORDS`, where the moments are not those of training
    """
    if columns < 1:
        raise ValueError(f"a board has at least 1 column, got {columns}")
    data = encode(
        pictures,
        moments,
        key=key,
        columns=columns,
        follow=follow,
        words={name: say(text) for name, text in {**WORDS, **(words or {})}.items()},
    )
    told = _component(key=key, data=data, on_moment_change=_rerun, on_clicked_change=_rerun)
    return BoardState(_moment_shown(told.get("moment"), moments), _point(told.get("clicked"), pictures))


def _rerun() -> None:
    """Streamlit runs the page again by itself; the callback only names the state."""


def _moment_shown(told: Any, moments: Sequence[int]) -> int | None:
    """The browser says a step, or nothing when it shows the newest one."""
    if told in moments:
        return int(told)
    return int(moments[-1]) if len(moments) else None


def _point(told: Any, pictures: Sequence[Picture]) -> dict[str, Any] | None:
    """A click on a picture that is no longer there is forgotten."""
    names = {picture.name for picture in pictures}
    return dict(told) if told and told.get("picture") in names else None
