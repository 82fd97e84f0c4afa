"""Pictures of one reading: the blanks, attention by layer and head, what each depth would answer."""

from __future__ import annotations

import streamlit as st

from models.model_shelf import Reading
from pages.ui.board import board
from pages.ui.controls.choices import choice
from pages.ui.language import say
from pages.ui.link import Link
from viz.heads import head_lines, head_map, lens_map
from viz.picture import Picture
from viz.pretrained import guess_bars, layer_grid


def reading_pictures(link: Link, reading: Reading) -> None:
    """All pictures of a reading, with a choice of layer and head."""
    layer, head = _layer_and_head(link, reading)
    if reading.lens is None:
        st.info(
            say("This model has no language head: it was made to compare texts, not to guess words. Its "
                "attention is shown; a logit lens would show only noise."), icon=":material/hearing:",
        )  # fmt: skip
    elif not reading.blanks:
        st.caption(say("Write ___ for a word to be guessed."))
    pictures = [*_blanks(reading), *_attention(reading, layer, head), *_lens(reading)]
    board(pictures, key=f"{link.page}.board", columns=2)


def _layer_and_head(link: Link, reading: Reading) -> tuple[int, int]:
    layers, heads = reading.attention.shape[:2]
    left, right = st.columns(2)
    with left:
        layer = choice(link, "layer", tuple(range(layers)), 0, say("Layer"), say("0 reads the words."))
    with right:
        head = choice(link, "head", tuple(range(heads)), 0, say("Head"), say("One pattern of this layer."))
    return layer, head


def _blanks(reading: Reading) -> list[Picture]:
    """The best guesses for each blank, or for what comes next."""
    pictures = []
    for number, (place, guesses) in enumerate(reading.blanks.items(), 1):
        words = [guess.token for guess in guesses]
        if reading.kind == "causal":
            title = say("What comes next?")
        elif len(reading.blanks) == 1:
            title = say("What stands in the blank?")
        else:
            title = say("What stands in blank {number}?", number=number)
        pictures.append(
            Picture(
                f"guesses {place}",
                guess_bars([guess.probability for guess in guesses], words=words),
                say("The model's best guesses: {words}.", words=", ".join(words)),
                title=title,
                note=say("The five likeliest answers of the whole model."),
                columns=1 if len(reading.blanks) > 1 else 2,
            )
        )
    return pictures


def _attention(reading: Reading, layer: int, head: int) -> list[Picture]:
    """Every head of one layer, and one head as a map and as lines."""
    values = reading.attention[layer]
    where = say("Layer {layer}, head {head}", layer=layer, head=head)
    return [
        Picture(
            "grid", layer_grid(values, layer=layer, head=head),
            say("Small attention maps of all {n} heads of layer {layer}.", n=len(values), layer=layer),
            title=say("All heads of layer {layer}", layer=layer),
            note=say("Rows look, columns are looked at. The framed head stands large below."), columns=2,
        ),
        Picture(
            "map", head_map(values[head], tokens=reading.tokens),
            say("Attention of one head: each row is a token that looks, each column one that is looked at."),
            title=where, note=say("Each row adds up to 1."),
        ),
        Picture(
            "lines", head_lines(values[head][None], tokens=reading.tokens),
            say("Lines from each token to those that it attends to; stronger is thicker."),
            title=say("The same as lines"), note=say("From who looks (below) to what is looked at (above)."),
        ),
    ]  # fmt: skip


def _lens(reading: Reading) -> list[Picture]:
    """What the model would answer if it ended after each layer; nothing where it has no answers."""
    if reading.lens is None:
        return []
    told = (
        say("What comes next, after each token, if the model ended at this depth.")
        if reading.kind == "causal"
        else say("What stands at each place, if the model ended at this depth. Read it at the blanks.")
    )
    return [
        Picture(
            "lens", lens_map(reading.lens.confidence, reading.lens.guesses, tokens=reading.tokens),
            say("For each depth and token the likeliest answer; bright is certain."),
            title=say("The logit lens"), note=told, columns=2,
        )
    ]  # fmt: skip
