"""The transfer page's own controls: question, labels, network, and a switch for every layer."""

from __future__ import annotations

import streamlit as st

from models.experiment import ModelConfig
from models.transfer_plan import LABELS, PRETRAININGS, QUESTIONS, Setup
from pages.ui.controls.choices import choice, number
from pages.ui.controls.kinds import NAMES
from pages.ui.language import say
from pages.ui.link import Link

ARM_NAMES = {
    "scratch": "from scratch",
    "full": "all parameters",
    "gradual": "gradually thawed",
    "frozen": "frozen body",
    "random frozen": "random body, frozen",
    "hand": "by hand",
}
ASKED = {"feeling": "Is it positive?", "noun_group": "What kind of noun comes first?"}
UPDATES = (50, 100, 200, 400)
SURPRISES = {
    "frozen_beats_full": (
        "**Freezing beats training everything here.** With {labelled} labels, all parameters together find "
        "ways to be right on just these reviews; the frozen body cannot. From a few hundred labels on the "
        "two are equal."
    ),
    "frozen_guesses": (
        "**The frozen body guesses here.** The first task gave it no reason to keep what this question "
        "asks, so the last layer finds nothing to read. Arms that may change the body can learn it."
    ),
    "no_gain": (
        "**Pre-training gains nothing here.** There are enough labels, so a network from scratch learns "
        "the question as well by itself."
    ),
    "gradual_loses": (
        "**Thawing gradually is worse than training everything here.** The parts that matter for this "
        "question are low in the network and thaw last, at a learning rate that has fallen by then."
    ),
    "nothing_helps": (
        "**Pre-training does not help here.** No arm is right far beyond the {labelled} reviews that it "
        "learnt from. Look at the first view: is there a unit that follows the feeling? If not, there is "
        "nothing to transfer, and only more labels help."
    ),
}


def setup_controls(link: Link) -> Setup:
    """What is asked, with how many labels, of which network; the link says the same."""
    base = Setup()
    with st.sidebar:
        ask = choice(
            link, "ask", QUESTIONS, base.ask, say("Question of the second task"),
            say("The first task is always the same: to guess the next word of unlabelled reviews. It has a "
                "reason to keep the feeling of a review, but none to keep which noun came first."),
            shown=lambda name: say(ASKED[name]),
        )  # fmt: skip
        labelled = choice(
            link, "labelled", LABELS, base.labelled, say("Labelled reviews"),
            say("How many reviews with an answer there are to fine-tune on."),
        )  # fmt: skip
        kind = choice(
            link, "network", tuple(PRETRAININGS), base.kind, say("Network"),
            say("The LSTM shows hidden states, the Transformer attention too. Another network is "
                "pre-trained first, which takes a while."), shown=NAMES.get,
        )  # fmt: skip
        updates = choice(
            link, "updates", UPDATES, base.updates, say("Fine-tuning (updates)"),
            say("How often the weights are changed with labelled reviews, 32 at a time."),
        )  # fmt: skip
        draw = number(
            link, "draw", base.draw, 0, 9000, say("Draw of labels"),
            say("Which reviews were labelled. With few labels, luck matters: try another draw."),
        )  # fmt: skip
        seed = number(
            link, "seed", base.seed, 0, 9999, say("Seed"),
            say("Fixes initial weights and order. Another seed is pre-trained anew."),
        )  # fmt: skip
    return Setup(kind, ask, labelled, draw, updates, seed)


def part_name(part: str) -> str:
    """A part as a person reads it: `layers.0.` is layer 0."""
    pieces = part.strip(".").split(".")
    if pieces[0] == "layers":
        return say("layer {n}", n=int(pieces[1]))
    return {
        "embed": say("embeddings"),
        "embedding": say("embeddings"),
        "encoding": say("positions"),
        "norm": say("last norm"),
    }.get(pieces[0], ".".join(pieces))


def hand_choice(link: Link, setup: Setup) -> tuple[bool, ...] | None:
    """A switch for every layer: whether it learns; None where no arm by hand is wanted."""
    parts = setup.parts
    asked = link.asked("hand", "")
    good = len(asked) == len(parts) and set(asked) <= set("01")
    with st.expander(say("Choose the layers by hand"), icon=":material/toggle_on:", expanded=good):
        wanted = st.toggle(
            say("Add an arm of my own"), key=link.start("hand.wanted", good), persist_state="session",
            help=say("Pre-trained like the others; only what is switched on below learns."),
        )  # fmt: skip
        with st.container(horizontal=True):
            switches = tuple(
                st.toggle(
                    say("{part} learns", part=part_name(part)),
                    key=link.start(f"hand.{setup.kind}.{place}", good and asked[place] == "1"),
                    persist_state="session", disabled=not wanted,
                )
                for place, part in enumerate(parts)
            )  # fmt: skip
            st.caption(say("The new last layer always learns."))
    link.keep("hand", "".join(str(int(on)) for on in switches) if wanted else "", "")
    return switches if wanted else None


def arm_to_show(link: Link, names: list[str], model: ModelConfig) -> tuple[str, tuple[int, int]]:
    """Whose hidden states are shown before and after, and the layer and head of its attention."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        shown = choice(
            link, "arm", names, names[1], say("Look into"),
            say("Whose hidden states (and attention) are shown before fine-tuning and after."),
        )  # fmt: skip
        if model.kind != "transformer":
            return shown, (0, 0)
        layer = choice(
            link, "layer", tuple(range(model.layers)), model.layers - 1, say("Layer"),
            say("Whose attention is shown; 0 reads the words."),
        )  # fmt: skip
        head = choice(
            link, "head", tuple(range(model.heads)), 0, say("Head"),
            say("Which of the layer's patterns."),
        )  # fmt: skip
    return shown, (layer, head)
