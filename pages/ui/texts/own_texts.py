"""A person's own labelled texts in place of the page's reviews."""

from __future__ import annotations

from models.uploads import read_labelled
from pages.ui.link import Link
from pages.ui.texts.bring import Wanted, bring

TASK = "own_texts"
TEXTS = Wanted(
    task=TASK,
    read=read_labelled,
    title="Your own texts",
    ask="A CSV file in UTF-8 with the columns text and label, up to 5 MB",
    help="At least 20 rows, at least two labels, at least 4 rows of each. One text in five is held out. The "
    "file stays on this server.",
    use="Train on these texts",
    counted="{name}: {n:,} texts",
    back="the reviews of this page",
    gone="The texts of this link are not kept here. Bring the file again; the page's own reviews are shown.",
    own=frozenset({"probe", "order", "answer"}),
)


def bring_texts(link: Link) -> str:
    """The task that the page trains on: reviews, or the texts that somebody brought."""
    return TASK if bring(link, TEXTS, name_task=True) else "reviews"
