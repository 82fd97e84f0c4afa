"""What the pages say of the Transformer, with the experiments that show it."""

from __future__ import annotations

from dataclasses import replace

from models.claims.base import Claim
from models.experiment import Experiment, ModelConfig, TrainConfig
from models.tasks.modular import ModularAddition
from models.tasks.order import Order
from models.tasks.repeated import Repeated

VASWANI = "Vaswani et al. 2017, Attention Is All You Need"
GUESSED_CHARACTERS = 0.185
"""Share of the space, the most frequent character, in Python's reference text."""
LENGTHS = (16, 32, 48, 64, 96, 144, 192, 288)
"""Context lengths at which extrapolation is measured; training shows 48 characters."""


def order_experiment(positions: str, rule: str = "reverse", *, steps: int = 200, seed: int = 0) -> Experiment:
    """One layer that sees everything, told the order in one of six ways."""
    return Experiment(
        "order",
        {"rule": rule},
        ModelConfig(
            kind="transformer",
            hidden=48,
            heads=4,
            layers=1,
            feed_forward=96,
            positions=positions,
            causal=False,
        ),
        TrainConfig(steps=steps, learning_rate=3e-3, warmup=30, stop_at=0.95, seed=seed),
    )


def characters_experiment(positions: str, *, steps: int = 300, seed: int = 0) -> Experiment:
    """A small GPT that reads 48 characters of Python's reference text."""
    return Experiment(
        "characters",
        {"length": 48},
        ModelConfig(kind="transformer", hidden=64, heads=4, layers=2, feed_forward=128, positions=positions),
        TrainConfig(steps=steps, batch_size=32, learning_rate=3e-3, warmup=50, seed=seed),
    )


def induction_experiment(layers: int, *, steps: int = 300, seed: int = 0) -> Experiment:
    """Attention alone, without feed-forward parts, on random symbols that repeat."""
    return Experiment(
        "repeated",
        {},
        ModelConfig(
            kind="transformer", hidden=64, heads=2, layers=layers, feed_forward=0, positions="rotary"
        ),
        TrainConfig(steps=steps, learning_rate=3e-3, warmup=50, seed=seed),
    )


def grokking_experiment(weight_decay: float, *, steps: int = 1000, seed: int = 0) -> Experiment:
    """A network of one hidden layer on half of all sums modulo 47, all of them in every update."""
    return Experiment(
        "modular_addition",
        {},
        ModelConfig(kind="mlp", embedding=64, hidden=128),
        TrainConfig(
            steps=steps,
            learning_rate=1e-2,
            optimizer="adamw",
            weight_decay=weight_decay,
            beta2=0.98,
            clip=0.0,
            seed=seed,
        ),
    )


def with_seed(experiment: Experiment, seed: int) -> Experiment:
    """The same experiment from another seed."""
    return replace(experiment, train=replace(experiment.train, seed=seed))


TRANSLATOR = Claim(
    "transformer.translates",
    "Attention alone, without recurrence, turns English into Korean: nearly every new sentence is right.",
    Experiment(
        "english_to_korean",
        {},
        ModelConfig(
            kind="transformer", hidden=64, heads=4, layers=2, feed_forward=128, positions="sinusoidal"
        ),
        TrainConfig(steps=500, learning_rate=4e-3, schedule="one_cycle"),
    ),
    0.0,
    VASWANI,
    (500, 500),
    25.0,
)
NO_POSITIONS = Claim(
    "positions.none",
    "Without positions a Transformer that sees everything cannot reverse: it is right at 22 % of the "
    "places, what one gets who knows which symbols there are but not where.",
    order_experiment("none"),
    Order().chance,
    VASWANI,
    (200, 200),
    1.0,
)
SINUSOIDAL = Claim(
    "positions.sinusoidal",
    "With sinusoidal positions it reverses 95 % of the symbols rightly within 200 updates.",
    order_experiment("sinusoidal"),
    Order().chance,
    VASWANI,
    (80, 90),
    0.5,
)
LEARNED = Claim(
    "positions.learned",
    "With learned positions it reverses 95 % of the symbols rightly within 200 updates.",
    order_experiment("learned"),
    Order().chance,
    VASWANI,
    (40, 50),
    0.3,
)
ROTARY_SHIFTS = Claim(
    "positions.rotary_shifts",
    "Rotary positions tell distances: one layer learns to move a row by one place within 200 updates.",
    order_experiment("rotary", "shift"),
    Order().chance,
    "Su et al. 2021, RoFormer",
    (40, 50),
    0.3,
)
ROTARY_DOES_NOT_REVERSE = Claim(
    "positions.rotary_does_not_reverse",
    "Distances alone do not say where the row ends: one layer with rotary positions reverses less than "
    "60 % rightly after 200 updates, when the others are done.",
    order_experiment("rotary"),
    Order().chance,
    "Su et al. 2021, RoFormer",
    (200, 200),
    1.0,
)
ALIBI_EXTRAPOLATES = Claim(
    "extrapolation.alibi",
    "Trained on 48 characters, ALiBi needs as many bits a character after 288 as after 48 (within 10 %).",
    characters_experiment("alibi"),
    GUESSED_CHARACTERS,
    "Press et al. 2022, Train Short, Test Long",
    (300, 300),
    6.0,
)
SINUSOIDAL_BREAKS = Claim(
    "extrapolation.sinusoidal",
    "Trained on 48 characters, sinusoidal positions need at least a quarter more bits at 96 and beyond.",
    characters_experiment("sinusoidal"),
    GUESSED_CHARACTERS,
    "Press et al. 2022, Train Short, Test Long",
    (300, 300),
    6.0,
)
INDUCTION = Claim(
    "induction.two_layers",
    "Two layers of attention alone learn to copy what followed last time: 90 % right from the second "
    "copy on within 300 updates, and an induction head has formed.",
    induction_experiment(2),
    Repeated().chance,
    "Olsson et al. 2022, In-context Learning and Induction Heads",
    (150, 175),
    3.0,
)
NO_INDUCTION = Claim(
    "induction.one_layer",
    "One layer cannot: it stays under 40 % after the same 300 updates.",
    induction_experiment(1),
    Repeated().chance,
    "Olsson et al. 2022, In-context Learning and Induction Heads",
    (300, 300),
    3.0,
)
GROKKING = Claim(
    "grokking.weight_decay",
    "Half of all sums modulo 47 are known by heart after 100 updates with hardly one of the others "
    "right; 95 % of the others are right within 1000 updates.",
    grokking_experiment(1.0),
    ModularAddition().chance,
    "Power et al. 2022, Grokking",
    (675, 775),
    3.5,
)
NO_GROKKING = Claim(
    "grokking.no_weight_decay",
    "Without weight decay the others are never right: under 5 % after 1000 updates.",
    grokking_experiment(0.0),
    ModularAddition().chance,
    "Power et al. 2022, Grokking",
    (1000, 1000),
    4.5,
)

CLAIMS = {
    claim.key: claim
    for claim in (
        NO_POSITIONS,
        SINUSOIDAL,
        LEARNED,
        ROTARY_SHIFTS,
        ROTARY_DOES_NOT_REVERSE,
        ALIBI_EXTRAPOLATES,
        SINUSOIDAL_BREAKS,
        INDUCTION,
        NO_INDUCTION,
        GROKKING,
        NO_GROKKING,
    )
}
