"""The experiment that each page opens on, trained at the server's first start."""

from __future__ import annotations

from models.claims.heads import MIRROR
from models.claims.language import ANALOGIES, RECOMMENDERS, grammar_experiment, review_experiment
from models.claims.seq2seq import KOREAN, KOREAN_ONE_VECTOR
from models.claims.transformer import (
    GROKKING,
    INDUCTION,
    NO_GROKKING,
    NO_INDUCTION,
    TRANSLATOR,
    order_experiment,
)
from models.experiment import POSITIONS, Experiment, ModelConfig, TrainConfig
from models.race import EQUAL, KINDS, entrants
from models.side_by_side import readers, ways
from models.transfer_plan import Setup

PREPARED: dict[str, Experiment] = {
    "rnn": Experiment(
        "reviews",
        model=ModelConfig(kind="rnn", hidden=16),
        train=TrainConfig(steps=400, learning_rate=0.01),
    ),
    "lstm": Experiment(
        "write_keep_clear",
        model=ModelConfig(kind="lstm", hidden=8, embedding=8),
        train=TrainConfig(steps=400, learning_rate=0.01),
    ),
    "gru": Experiment(
        "write_keep_clear",
        model=ModelConfig(kind="gru", hidden=8, embedding=8),
        train=TrainConfig(steps=400, learning_rate=0.01),
    ),
    "attention": KOREAN.experiment,
    "recommend": RECOMMENDERS["gru"].experiment,
    "attention_heads": MIRROR.experiment,
    "embeddings": ANALOGIES.experiment,
    "transformer": TRANSLATOR.experiment,
}
"""Page -> its experiment, in the order in which they are trained."""

PREPARED_GROUPS: dict[str, dict[str, Experiment]] = {
    "transfer": Setup().arms(),
    "seq2seq": {"with attention": KOREAN.experiment, "one vector": KOREAN_ONE_VECTOR.experiment},
    "circuits": {"two layers": INDUCTION.experiment, "one layer": NO_INDUCTION.experiment},
    "circuits.grokking": {"weight decay 1": GROKKING.experiment, "weight decay 0": NO_GROKKING.experiment},
    "positions": {positions: order_experiment(positions) for positions in POSITIONS},
    "order_matters": readers(review_experiment("gru")),
    "pretraining": ways(grammar_experiment("masked")),
}
"""Page that shows several runs side by side -> its experiments by name."""

RACE = Experiment(
    "remember_first",
    {"lag": 15},
    ModelConfig("lstm", hidden=32, heads=2, feed_forward=64),
    TrainConfig(400, learning_rate=4e-3),
)
"""Task, training and LSTM of the race; `models.race` makes the other networks equal to it."""
RACE_SEEDS = 2


def all_prepared() -> list[Experiment]:
    """Every experiment that a page opens on, each once, single runs first."""
    race = [runner.experiment for runner in entrants(RACE, KINDS, EQUAL[0], RACE_SEEDS)]
    groups = [experiment for group in PREPARED_GROUPS.values() for experiment in group.values()]
    return list(dict.fromkeys([*PREPARED.values(), *groups, *race]))
