"""The same experiment for several networks: readers of reviews, and two ways of reading a grammar."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from models.claims.language import grammar_experiment, review_experiment
from models.experiment import Experiment

READERS = {
    "rnn": "RNN",
    "lstm": "LSTM",
    "gru": "GRU",
    "transformer": "Transformer",
    "bag_of_words": "Bag of words",
}
"""Kind -> its name, in the order in which they are shown."""
WAYS = {"causal": "GPT's way", "masked": "BERT's way"}


def readers(reference: Experiment, kinds: Sequence[str] = tuple(READERS)) -> dict[str, Experiment]:
    """Name -> experiment: each kind with its own size and learning rate, on the reference's task.

    Task, updates, batch size and seed are the reference's.
    """
    found = {}
    for kind in kinds:
        own = review_experiment(kind)
        train = dataclasses.replace(
            own.train,
            steps=reference.train.steps,
            batch_size=reference.train.batch_size,
            seed=reference.train.seed,
            warmup=min(own.train.warmup, reference.train.steps // 10),
        )
        found[READERS[kind]] = Experiment(reference.task, reference.task_options, own.model, train)
    return found


def ways(reference: Experiment) -> dict[str, Experiment]:
    """Name -> experiment: the reference's text, size and training, once causal and once masked.

    The masked one has the reference's updates. The causal one is asked at every word, not only at those
    hidden, and has half of them.
    """
    found = {}
    for form, name in WAYS.items():
        options = {**reference.task_options, **grammar_experiment(form).task_options}
        causal = form == "causal"
        model = dataclasses.replace(reference.model, causal=causal)
        steps = max(1, reference.train.steps // 2) if causal else reference.train.steps
        train = dataclasses.replace(reference.train, steps=steps)
        found[name] = Experiment("grammar", options, model, train)
    return found
