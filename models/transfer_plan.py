"""What the page on transfer trains: one choice of settings, and every experiment that follows from it."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from models.analysis.transfer import ARMS, PRETRAINING, UPDATES, arm, body_parts, by_hand
from models.experiment import Experiment, ModelConfig, TrainConfig

LABELS = (8, 16, 32, 64, 128, 256, 512, 1024)
"""Numbers of labelled reviews that are compared."""
QUESTIONS = ("feeling", "noun_group")
PRETRAININGS = {
    "lstm": PRETRAINING,
    "transformer": Experiment(
        "review_language",
        {},
        ModelConfig("transformer", hidden=64, layers=2, heads=4, feed_forward=128, positions="learned"),
        TrainConfig(
            1500,
            batch_size=64,
            learning_rate=3e-3,
            optimizer="adamw",
            weight_decay=0.1,
            schedule="one_cycle",
        ),
    ),
}
"""Kind of network -> its first task: the language of unlabelled reviews.

The Transformer came to hold the feeling after about 1,000 updates; with 800 of them it never did.
"""


@dataclass(frozen=True, slots=True)
class Setup:
    """What a person chooses: the question, the labels, the network."""

    kind: str = "lstm"
    ask: str = "feeling"
    labelled: int = 16
    draw: int = 10
    """Which reviews were labelled."""
    updates: int = UPDATES
    seed: int = 0

    @property
    def pretraining(self) -> Experiment:
        """The first task, without a single label."""
        base = PRETRAININGS[self.kind]
        return dataclasses.replace(base, train=dataclasses.replace(base.train, seed=self.seed))

    @property
    def parts(self) -> tuple[str, ...]:
        """What can be frozen, from the embeddings up."""
        return body_parts(self.pretraining.model)

    def arm(self, name: str, *, labelled: int | None = None, draw: int | None = None) -> Experiment:
        """One arm; `labelled` and `draw` where they differ from the setup's own."""
        return arm(
            name,
            self.labelled if labelled is None else labelled,
            pretraining=self.pretraining,
            ask=self.ask,
            draw=self.draw if draw is None else draw,
            updates=self.updates,
            seed=self.seed,
        )

    def arms(self) -> dict[str, Experiment]:
        """All arms by name."""
        return {name: self.arm(name) for name in ARMS}

    def hand(self, learns: Sequence[bool]) -> Experiment:
        """A pre-trained network of which exactly these parts learn, beside the new last layer.

        Raises ValueError where there is not one choice for each part.
        """
        if len(learns) != len(self.parts):
            raise ValueError(f"learns: wanted one choice for each of {self.parts}, got {len(learns)}")
        frozen = [part for part, free in zip(self.parts, learns, strict=True) if not free]
        return by_hand(self.arm("full" if any(learns) else "frozen"), frozen)

    def sweep(self, draws: int) -> dict[tuple[str, int, int], Experiment]:
        """(arm, labels, draw) -> experiment, for every number of labels; only the ends are kept."""
        return {
            (name, labelled, draw): _ends_only(self.arm(name, labelled=labelled, draw=self.draw + draw))
            for labelled in LABELS
            for draw in range(draws)
            for name in ARMS
        }


def _ends_only(experiment: Experiment) -> Experiment:
    """The same run of which the store keeps the first moment and the last."""
    return dataclasses.replace(experiment, train=dataclasses.replace(experiment.train, kept=1))


def surprises(held_out: Mapping[str, float], chance: float) -> list[str]:
    """What goes against the textbook in one comparison, by name, from the arms' held-out accuracies.

    frozen_beats_full: training less gives more. frozen_guesses: what was learnt first is no use for
    this question. no_gain: pre-training changes nothing. gradual_loses: gradual thawing is worse than
    training everything at once. nothing_helps: no arm goes beyond the reviews that it learnt from.
    """
    scratch, full, gradual, frozen = (held_out[name] for name in ARMS[:4])
    learnt = chance + 0.5 * (1 - chance)
    found = []
    if frozen >= full + 0.03 and frozen >= learnt:
        found.append("frozen_beats_full")
    if frozen <= chance + 0.1 and max(scratch, full) >= learnt:
        found.append("frozen_guesses")
    if abs(full - scratch) < 0.03 and scratch >= learnt:
        found.append("no_gain")
    if gradual <= full - 0.03 and full >= learnt:
        found.append("gradual_loses")
    if max(scratch, full, gradual, frozen) < learnt:
        found.append("nothing_helps")
    return found
