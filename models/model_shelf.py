"""Pre-trained models that visitors may look into: those of one folder, and of the hub where that is allowed.

A visitor gives a name, never a path: whatever is outside the operator's folder stays out of reach.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from platformdirs import user_data_path

from models.analysis.lens import logit_lens
from models.networks import Network
from models.pretrained import Guess, PretrainedError, PretrainedModel, available, load, models_in
from models.settings import shortened
from models.tasks import Task
from models.trace import record

FOLDER = "UNROLLED_MODELS"
"""Environment variable: the folder of models. By default `models` in the user's data folder."""
HUB = "UNROLLED_HUB"
"""Environment variable: `yes` lets visitors name models to be fetched from the Hugging Face hub."""
MOST_GUESSES = 5


def folder() -> Path:
    """The operator's folder of models; it need not exist."""
    given = os.environ.get(FOLDER)
    return Path(given) if given else user_data_path("unrolled") / "models"


def names() -> list[str]:
    """Names of the models in the operator's folder."""
    return [path.name for path in models_in(folder())] if folder().is_dir() else []


def hub_allowed() -> bool:
    """Whether visitors may name models of the hub."""
    return os.environ.get(HUB, "").lower() == "yes"


def open_model(name: str) -> PretrainedModel:
    """The model of that name, from the operator's folder or, where that is allowed, from the hub.

    Raises PretrainedError in one sentence that names no path of this machine.
    """
    if not available():
        raise PretrainedError("wanted the packages of requirements-pretrained.txt, they are not installed")
    try:
        if name in names():
            return load(folder() / name, hub=False)
        if not hub_allowed():
            raise PretrainedError(f"wanted one of the models of this server, got {shortened(name)}")
        if Path(name).exists() or Path(name).is_absolute() or ".." in name:
            raise PretrainedError(f"wanted a name like bert-base-uncased, got {shortened(name)}")
        return load(name)
    except PretrainedError as error:
        raise PretrainedError(_without_paths(str(error))) from None


def _without_paths(told: str) -> str:
    """The message without this machine's folders."""
    places = {str(folder()), str(folder().resolve()), str(Path.home()), str(Path.cwd())}
    for place in sorted(places, key=len, reverse=True):
        if place != "/":
            told = told.replace(place, "…")
    return told


@dataclass(frozen=True, eq=False)
class Reading:
    """What a model made of one text: the same for a real one and for one of ours."""

    kind: str
    """masked or causal."""
    tokens: list[str]
    attention: np.ndarray
    """(layer, head, query, key)"""
    lens: Lens | None
    """None for a model without a language head."""
    blanks: dict[int, list[Guess]]
    """Best guesses by place: for each blank, or (causal) for what comes next."""


@dataclass(frozen=True, eq=False)
class Lens:
    """The likeliest answer at each place if the model ended at each depth; depth 0 is the embedding."""

    confidence: np.ndarray
    """(layer + 1, time): its probability."""
    guesses: np.ndarray
    """(layer + 1, time): the answer, as text."""


def read(model: PretrainedModel, text: str) -> Reading:
    """What a real model makes of a text. Raises PretrainedError for one that it cannot read."""
    trace = model.trace(text)
    return Reading(
        model.kind,
        trace.tokens[0],
        np.stack([trace.sequence(f"layers.{layer}.attention") for layer in range(model.layers)]),
        _lens(model.logit_lens(trace, 1)) if model.answers else None,
        model.blanks(trace, MOST_GUESSES) if model.answers else {},
    )


def _lens(guesses: list[list[list[Guess]]]) -> Lens:
    """guesses: [layer][time][guess]; the first of each is kept."""
    return Lens(
        np.array([[place[0].probability for place in layer] for layer in guesses]),
        np.array([[place[0].token for place in layer] for layer in guesses], dtype=object),
    )


def read_own(network: Network, task: Task, text: str) -> Reading:
    """What a Transformer of ours makes of a sentence of the grammar. Raises ValueError for unknown words."""
    ids = task.encode(text)
    names = [f"layers.{layer}.attention" for layer in range(network.config.layers)]
    trace = record(network, ids[None], names=names)
    lens = logit_lens(network, ids[None])
    words = np.array(task.symbols, dtype=object)
    tokens = task.decode(ids)
    masked = task.form == "masked"
    places = [i for i, token in enumerate(tokens) if token == "<mask>"] if masked else [len(tokens) - 1]
    return Reading(
        task.form,
        tokens,
        np.stack([trace.sequence(name) for name in names]),
        Lens(lens.confidence[:, 0], words[lens.answer[:, 0]]),
        {place: _best(torch.from_numpy(lens.probability[-1, 0, place]), words) for place in places},
    )


def _best(probabilities: torch.Tensor, words: np.ndarray) -> list[Guess]:
    best = probabilities.topk(min(MOST_GUESSES, len(words)))
    return [Guess(words[i], p) for i, p in zip(best.indices.tolist(), best.values.tolist(), strict=True)]
