"""Pictures of an encoder-decoder Transformer over training: reading, writing, looking back at the source."""

from __future__ import annotations

import numpy as np

from models.film import Film
from pages.ui.language import say
from pages.ui.pictures.alignment import Pair, alignment_picture, bands_picture
from pages.ui.pictures.heads import head_grid_picture
from viz.heads import head_map
from viz.picture import Picture


def translator_pictures(film: Film, pair: Pair, chosen: tuple[int, int]) -> list[Picture]:
    """All heads that look back at the source, and the chosen one's three attentions."""
    layer, head = chosen
    written = [say("(start)"), *pair.words[:-1]]
    back = film["looks_back"]
    whose = say("Layer {layer}, head {head}.", layer=layer, head=head)
    return [
        head_grid_picture(
            back,
            chosen,
            say("Every head that looks back"),
            say("Rows: words written; columns: source words. Click a map to look at that head."),
        ),
        alignment_picture(
            back[:, layer, head],
            pair,
            say("Looking back"),
            f"{whose} "
            + say("From the words written to the source. Outlined: where each really comes from."),
        ),
        bands_picture(back[:, layer, head], pair),
        _square(
            "reads",
            film["reads"][:, layer, head],
            pair.tokens,
            say("Reading"),
            f"{whose} " + say("The encoder: every source word may look at every other, both ways."),
        ),
        _square(
            "writes",
            film["writes"][:, layer, head],
            written,
            say("Writing"),
            f"{whose} " + say("The decoder: a word may look at what stands before it, never at what comes."),
        ),
    ]


def _square(name: str, attention: np.ndarray, tokens: list[str], title: str, note: str) -> Picture:
    """One head's attention (moment, query, key) among the same tokens."""
    return Picture(
        name,
        head_map(attention[-1], tokens=tokens, scale=False),
        say("Attention of one head: one row for each query token, one column for each key token."),
        {"data.0.z": attention},
        title,
        note,
    )
