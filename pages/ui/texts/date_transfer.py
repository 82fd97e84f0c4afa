"""Supervised pre-training: who reads dates of eight languages needs few examples of a ninth."""

from __future__ import annotations

import streamlit as st

from models.analysis.date_transfer import DATE_ARMS, date_arm, exact_share
from models.film import network_at, task_of
from pages.ui.controls.choices import choice
from pages.ui.language import say
from pages.ui.link import Link
from pages.ui.services import store
from pages.ui.training.group import Group, live_group
from viz.picture import Picture
from viz.transfer import arm_curves, coloured

NAMES = {
    "scratch": "from scratch",
    "full": "all parameters",
    "encoder": "frozen decoder",
    "embeddings": "only the embeddings learn",
}
EXAMPLES = (8, 32, 128, 512)
NEWCOMERS = {"fi": "Finnish", "ko": "Korean"}


def date_transfer(link: Link, seed: int) -> None:
    """Four arms on a few dates of a new language."""
    left, right = st.columns(2)
    with left:
        newcomer = choice(
            link, "newcomer", tuple(NEWCOMERS), "fi", say("The ninth language"),
            say("Finnish shares its letters with the eight, Korean does not."),
            shown=lambda code: say(NEWCOMERS[code]),
        )  # fmt: skip
    with right:
        examples = choice(
            link, "examples", EXAMPLES, 32, say("Examples of it (dates)"),
            say("How many dates of the new language there are to learn from."),
        )  # fmt: skip
    experiments = {
        say(NAMES[name]): date_arm(name, examples, newcomer=newcomer, seed=seed) for name in DATE_ARMS
    }
    task = task_of(next(iter(experiments.values())))
    st.caption(
        say("For example: {example}. The eight: English, German, French, Spanish, Italian, Dutch, "
            "Portuguese, Swedish. They are learnt first, once; that takes about as long as all arms "
            "together.", example=task.example())
    )  # fmt: skip
    live_group(link, experiments, pictures=lambda group: _pictures(group, list(experiments)), detail=_detail)


def _pictures(group: Group, arms: list[str]) -> list[Picture]:
    curves = {name: member.curve("exact") for name, member in group.members.items()}
    losses = {name: member.curve("loss") for name, member in group.members.items()}
    steps = max(member.run.steps for member in group.members.values())
    return [
        Picture(
            "exact",
            coloured(
                arm_curves(curves, guessing=0.0, quantity=say("whole dates right"), steps=steps,
                           within=(0, 1.02)),
                arms,
            ),
            say("Share of whole dates of the new language that each arm reads without a mistake."),
            title=say("Whole dates right"),
            note=say("On held-out dates of the new language; guessing gets none."),
        ),
        Picture(
            "loss",
            coloured(arm_curves(losses, quantity=say("loss (nats)"), steps=steps), arms),
            say("Loss of each arm on held-out dates of the new language over the updates."),
            title=say("Loss on the new language"),
        ),
    ]  # fmt: skip


def _detail(group: Group) -> None:
    finished = {name: m.run for name, m in group.members.items() if m.run.status == "finished"}
    if not finished:
        return
    for column, (name, run) in zip(st.columns(len(finished)), finished.items(), strict=True):
        column.metric(name, f"{_exact(run.id, run.step):.0%}", border=True,
                      help=say("Of 200 held-out dates, read without a single mistake."))  # fmt: skip
    shares = {name: _exact(run.id, run.step) for name, run in finished.items()}
    frozen, full = shares.get(say(NAMES["encoder"])), shares.get(say(NAMES["full"]))
    if frozen is not None and full is not None:
        told = (
            say("Here freezing the decoder helps: what writes the answer is the same for every language.")
            if frozen > full + 0.02
            else say("Here freezing the decoder gains nothing: there are examples enough, or too few.")
        )
        st.info(told, icon=":material/lightbulb:")


@st.cache_data(max_entries=200, show_spinner=False)
def _exact(run_id: str, step: int) -> float:
    experiment = store().run(run_id).experiment
    return exact_share(network_at(experiment, store().snapshot(run_id, step)), experiment)
