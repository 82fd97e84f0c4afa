"""Pictures of one reading: attention by layer and head, what each depth would answer, the blanks."""

from __future__ import annotations

import streamlit as st

from models.model_shelf import Reading
from pages.ui.choices import choice
from pages.ui.language import say
from pages.ui.link import Link
from viz.heads import head_lines, head_map, lens_map
from viz.pretrained import guess_bars, layer_grid


def blanks(link: Link, reading: Reading) -> None:
    """The best guesses for each blank, or for what comes next."""
    if not reading.blanks:
        st.caption(say("Write ___ for a word to be guessed."))
        return
    for column, (place, guesses) in zip(st.columns(len(reading.blanks)), reading.blanks.items(), strict=True):
        told = (
            say("What stands in blank {place}?", place=place)
            if reading.kind == "masked"
            else say("What comes next?")
        )
        column.markdown(f"**{told}**")
        words = [guess.token for guess in guesses]
        column.plotly_chart(
            guess_bars([guess.probability for guess in guesses], words=words),
            key=f"{link.page}.guesses.{place}",
            alt=say("The model's best guesses: {words}.", words=", ".join(words)),
        )


def attention(link: Link, reading: Reading) -> None:
    """Every head of one layer, and one head as a map and as lines."""
    layers, heads = reading.attention.shape[:2]
    left, right = st.columns(2)
    with left:
        layer = choice(link, "layer", tuple(range(layers)), 0, say("Layer"), say("0 reads the words."))
    with right:
        head = choice(link, "head", tuple(range(heads)), 0, say("Head"), say("One pattern of this layer."))
    values = reading.attention[layer]
    st.markdown(f"**{say('All heads of this layer')}**")
    st.plotly_chart(
        layer_grid(values, layer=layer, head=head), key=f"{link.page}.grid",
        alt=say("A small attention map of each of the {n} heads of layer {layer}.", n=heads, layer=layer),
    )  # fmt: skip
    left, right = st.columns(2)
    left.markdown(f"**{say('Head {head}: who looks where', head=head)}**")
    left.plotly_chart(
        head_map(values[head], tokens=reading.tokens), key=f"{link.page}.map",
        alt=say("Attention of one head: each row is a token that looks, each column one that is looked at."),
    )  # fmt: skip
    right.markdown(f"**{say('The same as lines')}**")
    right.plotly_chart(
        head_lines(values[head][None], tokens=reading.tokens), key=f"{link.page}.lines",
        alt=say("Lines from each token to those that it attends to; stronger is thicker."),
    )  # fmt: skip


def lens(link: Link, reading: Reading) -> None:
    """What the model would answer if it ended after each layer."""
    st.markdown(f"**{say('The logit lens: what it would answer if it ended here')}**")
    st.plotly_chart(
        lens_map(reading.confidence, reading.guesses, tokens=reading.tokens), key=f"{link.page}.lens",
        alt=say("For each depth and token the likeliest answer; bright is certain."),
    )  # fmt: skip
    st.caption(
        say("From the embedding (below: row 0) to the last layer, whose answers are the model's own. A "
            "causal model answers what comes next, a masked one what stands at that place.")
    )  # fmt: skip
