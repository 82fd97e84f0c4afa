"""Pictures of several networks that read the same text: opinions, templates, explanations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import streamlit as st
import torch
from torch import Tensor

from models.analysis.attribution import METHODS
from models.film import Film, network_at
from models.looks_language import explained, is_contrastive, template_names, templates_look
from models.looks_recurrent import same_tokens
from models.side_by_side import READERS
from models.tasks import Task
from pages.ui.language import say
from pages.ui.link import Link
from pages.ui.services import store
from pages.ui.texts.readers import one_of
from pages.ui.training.group import Group, Member
from pages.ui.training.live import film_of
from viz.attribution import attribution_map
from viz.opinion import grouped_bars, opinion_curves
from viz.picture import Picture
from viz.race import Spread, race_curves
from viz.theme import BLUE, SKY

BAG = READERS["bag_of_words"]


@dataclass(frozen=True)
class Reading:
    """What all networks are given to read."""

    task: Task
    probe: Tensor
    other: Tensor
    """The same words in another order."""
    answer: int
    """Number of the answer that is followed."""

    @property
    def tokens(self) -> list[str]:
        """The words of the probe."""
        return self.task.decode(self.probe)

    def exact(self, ids: Tensor) -> tuple[np.ndarray | None, str]:
        """The generator's own probability of the answer after each word, or why there is none."""
        if self.task.key != "reviews" or self.task.ask != "feeling":
            return None, say("Nobody knows the exact answer for these texts.")
        try:
            positive = np.array(self.task.opinion(ids))
        except ValueError as error:
            return None, say("No exact answer for this sentence: {why}.", why=error)
        return (positive if self.answer == 1 else 1 - positive), ""


def reading_pictures(group: Group, reading: Reading) -> list[Picture]:
    """Opinions after each word, accuracy by template, answers to both orders, accuracy over training."""
    shown = [_opinion_picture(group, reading)]
    if reading.task.key == "reviews" and reading.task.ask == "feeling":
        shown.append(_template_picture(group, reading.task))
    return [*shown, _both_orders(group, reading), _accuracy_picture(group, reading.task)]


def _opinion_picture(group: Group, reading: Reading) -> Picture:
    past = {name: group.at_moments(name, "opinion 0")[..., reading.answer] for name in group.members}
    exact, why = reading.exact(reading.probe)
    answer = say(reading.task.answers[reading.answer])
    distances = ", ".join(
        f"{name} {np.abs(values[-1] - exact).mean():.2f}"
        for name, values in past.items()
        if exact is not None
    )
    told = why or say("Dotted: the exact answer. Mean distance from it now: {distances}; always one half: "
                      "{half:.2f}.", distances=distances, half=float(np.abs(0.5 - exact).mean()))  # fmt: skip
    return Picture(
        name="opinion",
        figure=opinion_curves(
            {name: values[-1] for name, values in past.items()},
            tokens=reading.tokens,
            quantity=say("probability of: {answer}", answer=answer),
            exact=exact,
            guessing=reading.task.chance,
        ),
        alt=say("The probability of {answer} after each word, for each network, and the exact one.",
                answer=answer),
        frames={f"data.{place}.y": values for place, values in enumerate(past.values())},
        title=say("What each believes after each word"),
        note=told,
        columns=2,
    )  # fmt: skip


def _both_orders(group: Group, reading: Reading) -> Picture:
    """Of the last word: each network's answer to the sentence and to the same words in another order."""
    names = list(group.members)
    past = [
        np.stack(
            [group.at_moments(name, f"opinion {place}")[:, -1, reading.answer] for name in names], axis=1
        )
        for place in (0, 1)
    ]
    columns = list(names)
    exact = [reading.exact(ids)[0] for ids in (reading.probe, reading.other)]
    if all(values is not None for values in exact):
        columns.append(say("exact"))
        past = [
            np.concatenate([values, np.full((len(values), 1), right[-1])], axis=1)
            for values, right in zip(past, exact, strict=True)
        ]
    titles = (say("your sentence"), say("other order"))
    same = same_tokens(reading.probe, reading.other)
    other = " ".join(token for token in reading.task.decode(reading.other) if token != "<s>")
    return Picture(
        name="both",
        figure=grouped_bars(
            {title: values[-1] for title, values in zip(titles, past, strict=True)},
            groups=columns,
            quantity=say("probability after the last word"),
            chance=[reading.task.chance] * len(columns),
            colours=dict(zip(titles, (BLUE, SKY), strict=True)),
        ),
        alt=say("Each network's last answer to your sentence and to the same words in another order."),
        frames={f"data.{place}.y": values for place, values in enumerate(past)},
        title=say("The same words in another order"),
        note=say("Other order: “{other}”.", other=other)
        + (" " + say("The bag of words must answer both alike.") if same else ""),
    )


def _template_picture(group: Group, task: Task) -> Picture:
    names = template_names(task)
    past = {name: _right(member, group.moments) for name, member in group.members.items()}
    told = [say(name) + (" *" if is_contrastive(name) else "") for name in names]
    return Picture(
        name="templates",
        figure=grouped_bars(
            {name: values[-1] for name, values in past.items()},
            groups=told,
            quantity=say("share right"),
            chance=[0.5] * len(names),
        ),
        alt=say("Share of right answers of each network on each kind of review."),
        frames={f"data.{place}.y": values for place, values in enumerate(past.values())},
        title=say("Right answers by kind of review"),
        note=say("About 80 held-out reviews of each kind; guessing is right in half. * Order decides. "
                 "Same bag: pairs of the same words with opposite feelings."),
        columns=2,
    )  # fmt: skip


def _right(member: Member, moments: Sequence[int]) -> np.ndarray:
    """(moment, template) of one network at the moments of the shared timeline."""
    return at_moments(film_of(member.run.id, "templates", templates_look()).update(), "right", moments)


def at_moments(film: Film, array: str, moments: Sequence[int]) -> np.ndarray:
    """A film's array at other moments: the newest one not after each."""
    places = np.searchsorted(film.moments, moments, side="right") - 1
    return film[array][places.clip(min=0)]


def _accuracy_picture(group: Group, task: Task) -> Picture:
    metric = "contrastive_accuracy" if task.key == "reviews" and task.ask == "feeling" else "accuracy"
    curves = {name: member.curve(metric) for name, member in group.members.items()}
    moments = np.array(group.moments, dtype=float)
    note = say("Held-out reviews that name a good and a bad thing: order decides. Dashed: guessing.")
    return Picture(
        name="accuracy",
        figure=race_curves(
            {name: Spread(steps, np.array([values])) for name, (steps, values) in curves.items() if steps},
            quantity=say("share right"),
            steps=max(member.run.steps for member in group.members.values()),
            guessing=task.chance,
            cursor=moments[-1],
            within=(0, 1.04),
        ),
        alt=say("Share of right answers of each network over the updates; the dashed line is guessing."),
        frames={"layout.shapes.0.x0": moments, "layout.shapes.0.x1": moments},
        title=say("Learning"),
        note=note
        if metric != "accuracy"
        else say("On held-out texts. Dashed: always the most frequent label."),
    )


def explanations(link: Link, group: Group, reading: Reading) -> None:
    """Which words carried the decision: three methods side by side, a network beside the bag of words."""
    with st.container(border=True):
        answer = say(reading.task.answers[reading.answer])
        st.markdown(
            f"**{say('Which words carried the decision?')}** · " + say("for: {answer}", answer=answer)
        )
        names = [name for name in group.members if name != BAG] or [BAG]
        chosen = one_of(link, names)
        if any(member.run.going for member in group.members.values()):
            st.caption(say("Computed as soon as all have finished."))
            return
        moment = group.board.moment if group.board else group.moments[-1]
        beside = [name for name in dict.fromkeys((chosen, BAG)) if name in group.members]
        for name, column in zip(beside, st.columns(len(beside)), strict=True):
            with column:
                _explanation(link.page, name, group.members[name], reading, moment)
        st.caption(
            say("Blue speaks for the answer, orange against it; each row on its own scale. In log-odds after "
                "the last word. Update {step:,}.", step=moment)
        )  # fmt: skip


def _explanation(page: str, name: str, member: Member, reading: Reading, moment: int) -> None:
    step = max([step for step in member.film.moments if step <= moment] or member.film.moments[:1])
    values = _explained(member.run.id, step, reading.probe.tolist(), reading.answer)
    st.markdown(f"**{name}**")
    st.plotly_chart(
        attribution_map(values, tokens=reading.tokens, methods=[say(method) for method in METHODS]),
        key=f"{page}.attribution.{name}",
        alt=say("What three methods say each word gave to the answer of the {name}.", name=name),
    )


@st.cache_data(max_entries=400, show_spinner=False)
def _explained(run_id: str, step: int, probe: list[int], answer: int) -> np.ndarray:
    experiment = store().run(run_id).experiment
    network = network_at(experiment, store().snapshot(run_id, step))
    return explained(network, torch.tensor(probe), answer)
