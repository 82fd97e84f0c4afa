"""What is trained, on what, and how: frozen, hashable, the same in JSON and in a URL. No torch here.

Equal experiments give equal runs, so an Experiment is the cache key, the link and the caption.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from models.query import experiment_of, query_of
from models.settings import check, choice, real, shortened, switch, text, whole

KINDS = ("rnn", "lstm", "gru", "seq2seq", "transformer", "bag_of_words", "word_vectors", "mlp")
CELLS = ("rnn", "lstm", "gru")
ATTENTIONS = ("none", "additive", "dot", "general")
POSITIONS = ("none", "sinusoidal", "learned", "rotary", "alibi", "relative")
VERSION = 1
"""Part of every digest: raise it when equal settings no longer give equal runs."""


@dataclass(frozen=True, slots=True)
class ModelConfig:
    """The shape of a network. Fields that a kind has no use for keep their defaults."""

    kind: str = choice("lstm", KINDS, "Network", "The family of network to train.")
    hidden: int = whole(
        32,
        1,
        256,
        "Hidden units",
        "Width of the hidden state; more units remember more and train slower.",
        unit="units",
    )
    layers: int = whole(
        1,
        1,
        4,
        "Layers",
        "Networks stacked on one another; each reads the hidden states of the one below.",
        unit="layers",
    )
    embedding: int = whole(
        16,
        1,
        256,
        "Embedding width",
        "Numbers that stand for one symbol before the first layer.",
        unit="numbers",
    )
    bidirectional: bool = switch(
        False, "Read both ways", "A second network reads the sequence backwards and both states are joined."
    )
    nonlinearity: str = choice(
        "tanh", ("tanh", "relu", "linear"), "Non-linearity", "What a plain RNN applies to its new state."
    )
    start: str = choice(
        "default",
        ("default", "identity", "orthogonal"),
        "Recurrent start",
        "Initial recurrent weights: torch's own, the identity (IRNN), or a random rotation times the gain.",
    )
    gain: float = real(
        1.0,
        0.1,
        3.0,
        "Initial gain",
        "Factor on the initial recurrent weights: below 1 gradients shrink at once.",
        step=0.05,
    )
    forget_bias: float = real(
        1.0,
        -2.0,
        8.0,
        "Forget-gate bias",
        "Initial bias of the forget gate: the higher, the longer a fresh LSTM remembers.",
        step=0.5,
    )
    cell: str = choice("lstm", CELLS, "Cell", "Recurrent cell of the encoder and of the decoder.")
    attention: str = choice("none", ATTENTIONS, "Attention", "How the decoder scores the source words.")
    heads: int = whole(
        4, 1, 16, "Heads", "Attention patterns computed side by side in each layer.", unit="heads"
    )
    feed_forward: int = whole(
        128,
        0,
        1024,
        "Feed-forward width",
        "Units of each layer's two-step network; 0 leaves it out.",
        unit="units",
    )
    norm: str = choice(
        "pre", ("pre", "post", "none"), "Layer norm", "Where each layer normalises its values."
    )
    positions: str = choice(
        "sinusoidal", POSITIONS, "Positions", "How a Transformer is told the order of the words."
    )
    causal: bool = switch(True, "Causal", "Each position sees only itself and what stands before it.")
    dropout: float = real(0.0, 0.0, 0.9, "Dropout", "Share of values set to 0 in each update.", step=0.05)

    def __post_init__(self) -> None:
        """Refuse sizes out of bounds and combinations that mean nothing."""
        check(self)
        if self.kind == "transformer" and self.hidden % self.heads:
            raise ValueError(f"heads: wanted a divisor of the {self.hidden} hidden units, got {self.heads}")


@dataclass(frozen=True, slots=True)
class TrainConfig:
    """How a network is trained."""

    steps: int = whole(
        600,
        1,
        20_000,
        "Updates",
        "How often the weights are changed, each time on a fresh batch.",
        unit="updates",
    )
    batch_size: int = whole(64, 1, 1024, "Batch size", "Sequences averaged in one update.", unit="sequences")
    learning_rate: float = real(
        5e-3, 1e-5, 1.0, "Learning rate", "Size of one update's step.", logarithmic=True
    )
    optimizer: str = choice(
        "adam", ("adam", "adamw", "sgd"), "Optimizer", "The rule that turns gradients into steps."
    )
    weight_decay: float = real(0.0, 0.0, 10.0, "Weight decay", "Pull of every weight towards 0 (AdamW).")
    beta2: float = real(0.999, 0.5, 0.9999, "Second-moment decay", "Adam's memory of squared gradients.")
    clip: float = real(
        1.0,
        0.0,
        100.0,
        "Gradient clipping",
        "Gradient norm above which gradients are scaled down; 0 never clips.",
    )
    schedule: str = choice(
        "constant",
        ("constant", "one_cycle"),
        "Schedule",
        "Whether the learning rate rises and falls during training.",
    )
    warmup: int = whole(
        0, 0, 5_000, "Warm-up", "Updates over which the learning rate grows from 0.", unit="updates"
    )
    teacher_forcing: float = real(
        1.0,
        0.0,
        1.0,
        "Teacher forcing",
        "Share of steps at which the decoder is given the true previous word instead of its own.",
        step=0.05,
    )
    stop_at: float = real(
        0.0,
        0.0,
        1.0,
        "Stop at accuracy",
        "Stop when held-out accuracy reaches this share; 0 never stops early.",
        step=0.01,
    )
    frozen: str = text(
        "",
        400,
        "Frozen parts",
        "Parameter-name prefixes, separated by commas, that training leaves bit for bit as they were.",
    )
    unfreeze_every: int = whole(
        0,
        0,
        5_000,
        "Unfreeze every",
        "Updates after which one more frozen part, from the last named to the first, is trained; 0 never.",
        unit="updates",
    )
    kept: int = whole(
        100,
        1,
        100,
        "Moments kept",
        "How many moments of training are kept to be looked at; small runs in great numbers keep few.",
        unit="moments",
    )
    seed: int = whole(0, 0, 2**31 - 1, "Seed", "Fixes the initial weights, the data and their order.")

    def __post_init__(self) -> None:
        """Refuse values out of bounds."""
        check(self)


Value = bool | int | float | str


@dataclass(frozen=True, slots=True)
class Experiment:
    """A task and its settings, a model, a way to train: all that decides a run."""

    task: str = "write_keep_clear"
    task_settings: Mapping[str, Value] | tuple[tuple[str, Value], ...] = ()
    """Settings of the task that differ from its defaults; kept as sorted pairs so that it can be hashed."""
    model: ModelConfig = field(default_factory=ModelConfig)
    train: TrainConfig = field(default_factory=TrainConfig)
    start_from: Experiment | None = None
    """The experiment whose final weights training begins with (fine-tuning); None begins with random ones."""

    def __post_init__(self) -> None:
        """Sort the settings and refuse what cannot be written in JSON."""
        if not (isinstance(self.task, str) and 0 < len(self.task) <= 60):
            raise ValueError(f"task: wanted a task's name, got {shortened(self.task)}")
        try:
            pairs = dict(self.task_settings).items()
        except (TypeError, ValueError) as error:
            came = shortened(self.task_settings)
            raise ValueError(f"task_settings: wanted names with plain values, got {came}") from error
        for name, value in pairs:
            plain = isinstance(value, bool | int | str) or (isinstance(value, float) and math.isfinite(value))
            if not isinstance(name, str) or not plain:
                raise ValueError(
                    f"task_settings: wanted names with plain values, got {shortened((name, value))}"
                )
        object.__setattr__(self, "task_settings", tuple(sorted(pairs)))

    @property
    def task_options(self) -> dict[str, Value]:
        """The task's settings as keyword arguments for `build_task`."""
        return dict(self.task_settings)

    @property
    def digest(self) -> str:
        """Sixteen hexadecimal digits that equal experiments share and others do not."""
        return hashlib.sha256(f"{VERSION}:{self.to_json()}".encode()).hexdigest()[:16]

    def to_json(self) -> str:
        """Canonical JSON: equal experiments give the same text."""
        return json.dumps(self._plain(), sort_keys=True, separators=(",", ":"), ensure_ascii=True)

    def _plain(self) -> dict[str, Any]:
        return {
            "task": self.task,
            "task_settings": self.task_options,
            "model": dataclasses.asdict(self.model),
            "train": dataclasses.asdict(self.train),
            "start_from": self.start_from._plain() if self.start_from else None,
        }

    @classmethod
    def from_json(cls, document: str) -> Experiment:
        """The experiment that `to_json` wrote. Raises ValueError where the text is no such document."""
        try:
            plain = json.loads(document)
        except (json.JSONDecodeError, RecursionError) as error:
            raise ValueError(f"wanted an experiment in JSON, got {shortened(document)}") from error
        return cls._from_plain(plain)

    @classmethod
    def _from_plain(cls, plain: Any) -> Experiment:
        if not isinstance(plain, dict) or not {"task", "model", "train"} <= plain.keys():
            raise ValueError(f"wanted an experiment with task, model and train, got {shortened(plain)}")
        start_from = plain.get("start_from")
        try:
            return cls(
                plain["task"],
                plain.get("task_settings", {}),
                ModelConfig(**plain["model"]),
                TrainConfig(**plain["train"]),
                cls._from_plain(start_from) if start_from else None,
            )
        except TypeError as error:
            raise ValueError(f"wanted known settings only: {error}") from error

    def to_query(self, base: Experiment, tasks: Mapping[str, Any] | None = None) -> dict[str, str]:
        """URL parameters for what differs from `base`; see `models.query.query_of`."""
        return query_of(self, base, tasks)

    @classmethod
    def from_query(
        cls, query: Mapping[str, str], base: Experiment, tasks: Mapping[str, Any]
    ) -> tuple[Experiment, list[str]]:
        """The experiment that a URL asks for, and notices; see `models.query.experiment_of`."""
        return experiment_of(query, base, tasks)
