"""What the pages on RNN, LSTM and GRU claim.

Seeds are those of the tests (0 to 4); a page may start from any of these experiments. Updates and
seconds are as measured on the machine of `models.claims.base`.
"""

from __future__ import annotations

import math

from models.claims.base import Claim
from models.experiment import Experiment, ModelConfig, TrainConfig

SOLVED = 0.99
"""Held-out accuracy at which a run counts as solved and stops. Training looks at 96 sequences only: at 0.98
a run stopped by luck at 94 % of a thousand."""

BENGIO = "Bengio, Simard & Frasconi 1994, Learning long-term dependencies with gradient descent is difficult"
CHO = "Cho et al. 2014, Learning phrase representations using RNN encoder-decoder"
HOCHREITER = "Hochreiter & Schmidhuber 1997, Long short-term memory"
JOZEFOWICZ = (
    "Jozefowicz, Zaremba & Sutskever 2015, An empirical exploration of recurrent network architectures"
)
LE = "Le, Jaitly & Hinton 2015, A simple way to initialize recurrent networks of rectified linear units"
ARJOVSKY = "Arjovsky, Shah & Bengio 2016, Unitary evolution recurrent neural networks"
WEISS = "Weiss, Goldberg & Yahav 2018, On the practical computational power of finite precision RNNs"
KARPATHY = "Karpathy, Johnson & Fei-Fei 2015, Visualizing and understanding recurrent networks"
LIU = "Liu et al. 2023, Exposing attention glitches with flip-flop language modeling (a clear added)"

RNN_FORGETS = Claim(
    "rnn_forgets",
    "At a lag of 15 a plain RNN of 32 units is still guessing after 800 updates.",
    Experiment(
        "remember_first",
        {"lag": 15},
        ModelConfig("rnn", hidden=32),
        TrainConfig(800, learning_rate=2e-3, stop_at=SOLVED),
    ),
    chance=1 / 8,
    source=BENGIO,
    updates=(800, 800),
    seconds=2.3,
)

RNN_NEAR = Claim(
    "rnn_near",
    "At a lag of 3 the same RNN answers every question after some hundred updates.",
    Experiment(
        "remember_first",
        {"lag": 3},
        ModelConfig("rnn", hidden=32),
        TrainConfig(800, learning_rate=2e-3, stop_at=SOLVED),
    ),
    chance=1 / 8,
    source=BENGIO,
    updates=(87, 109),
    seconds=0.3,
)

GRU_REMEMBERS = Claim(
    "gru_remembers",
    "At the same lag of 15 a GRU of 32 units answers every question after 200 to 400 updates.",
    Experiment(
        "remember_first",
        {"lag": 15},
        ModelConfig("gru", hidden=32),
        TrainConfig(800, learning_rate=5e-3, stop_at=SOLVED),
    ),
    chance=1 / 8,
    source=CHO,
    updates=(226, 353),
    seconds=0.9,
)


def forget_bias_experiment(lag: int, forget_bias: float, steps: int) -> Experiment:
    """The one experiment behind the forget-bias slider, at any lag."""
    return Experiment(
        "remember_first",
        {"lag": lag},
        ModelConfig("lstm", hidden=64, forget_bias=forget_bias),
        TrainConfig(steps, batch_size=128, learning_rate=3e-3, stop_at=SOLVED),
    )


LSTM_WITH_FORGET_BIAS = Claim(
    "lstm_with_forget_bias",
    "With a forget-gate bias of 3 an LSTM remembers across 50 steps in under 150 updates.",
    forget_bias_experiment(50, 3.0, 150),
    chance=1 / 8,
    source=JOZEFOWICZ,
    updates=(28, 53),
    seconds=0.7,
)

LSTM_WITHOUT_FORGET_BIAS = Claim(
    "lstm_without_forget_bias",
    "With a forget-gate bias of 0 the same LSTM is still guessing at a lag of 20 after 400 updates.",
    forget_bias_experiment(20, 0.0, 400),
    chance=1 / 8,
    source=JOZEFOWICZ,
    updates=(400, 400),
    seconds=2.8,
)

LSTM_COUNTS = Claim(
    "lstm_counts",
    "One cell of a 2-unit LSTM becomes a counter: it follows how many b are still owed (|r| above 0.97).",
    Experiment(
        "equal_numbers",
        {"most": 12},
        ModelConfig("lstm", hidden=2, embedding=4, forget_bias=4.0),
        TrainConfig(1200, batch_size=32, learning_rate=1e-2),
    ),
    chance=11 / 13,
    source=WEISS,
    updates=(1200, 1200),
    seconds=2.6,
)

BRACKETS_RNN = Claim(
    "brackets_rnn",
    "A plain RNN of 16 units solves the brackets, and yet no unit of it is a depth gauge.",
    Experiment(
        "brackets",
        {},
        ModelConfig("rnn", hidden=16),
        TrainConfig(500, batch_size=32, learning_rate=1e-2),
    ),
    chance=0.598,
    source=WEISS,
    updates=(500, 500),
    seconds=1.8,
)

BRACKETS_LSTM = Claim(
    "brackets_lstm",
    "In an LSTM of 8 units that solves them one cell follows the depth.",
    Experiment(
        "brackets",
        {},
        ModelConfig("lstm", hidden=8),
        TrainConfig(500, batch_size=32, learning_rate=1e-2),
    ),
    chance=0.598,
    source=WEISS,
    updates=(500, 500),
    seconds=1.7,
)

GATES_FOLLOW_EVENTS = Claim(
    "gates_follow_events",
    "The forget gate of a 4-unit LSTM shuts at writes and clears, and stays open at distractors and reads.",
    Experiment(
        "write_keep_clear",
        {},
        ModelConfig("lstm", hidden=4, embedding=8, forget_bias=0.0),
        TrainConfig(600, learning_rate=1e-2),
    ),
    chance=0.390,
    source=LIU,
    updates=(600, 600),
    seconds=1.7,
)

ADDING_RNN = Claim(
    "adding_rnn",
    "On 50 numbers a plain RNN does hardly better than always answering 1 (mean squared error 0.167).",
    Experiment("adding", {"length": 50}, ModelConfig("rnn", hidden=32), TrainConfig(800, learning_rate=2e-3)),
    chance=1 / 6,
    source=HOCHREITER,
    updates=(800, 800),
    seconds=2.7,
)

ADDING_LSTM = Claim(
    "adding_lstm",
    "An LSTM of the same width adds them: its mean squared error falls far below 0.167.",
    Experiment(
        "adding",
        {"length": 50},
        ModelConfig("lstm", hidden=32),
        TrainConfig(1200, learning_rate=1e-2, stop_at=0.4),
    ),
    chance=1 / 6,
    source=HOCHREITER,
    updates=(489, 608),
    seconds=2.8,
)

ADDING_IRNN = Claim(
    "adding_irnn",
    "A plain ReLU network that starts from the identity adds them too.",
    Experiment(
        "adding",
        {"length": 50},
        ModelConfig("rnn", hidden=32, nonlinearity="relu", start="identity"),
        TrainConfig(1500, learning_rate=2e-3, stop_at=0.4),
    ),
    chance=1 / 6,
    source=LE,
    updates=(468, 841),
    seconds=2.5,
)

COPY_RNN = Claim(
    "copy_rnn",
    "On copy memory a plain RNN ends exactly at the loss of a network without memory, 10 ln 8 / (T + 20).",
    Experiment(
        "copy_memory", {"delay": 30}, ModelConfig("rnn", hidden=64), TrainConfig(400, learning_rate=2e-3)
    ),
    chance=10 * math.log(8) / 50,
    source=ARJOVSKY,
    updates=(400, 400),
    seconds=2.1,
)

CELLS_FOLLOW_THE_TEXT = Claim(
    "cells_follow_the_text",
    "After reading real text, the cells tell the line position and open quotes better than untrained ones.",
    Experiment(
        "characters",
        {"length": 128},
        ModelConfig("lstm", hidden=64, embedding=24),
        TrainConfig(300, batch_size=32, learning_rate=1e-2),
    ),
    chance=0.185,
    source=KARPATHY,
    updates=(300, 300),
    seconds=4.7,
)

CLAIMS = {
    claim.key: claim
    for claim in (
        RNN_FORGETS,
        RNN_NEAR,
        GRU_REMEMBERS,
        LSTM_WITH_FORGET_BIAS,
        LSTM_WITHOUT_FORGET_BIAS,
        LSTM_COUNTS,
        BRACKETS_RNN,
        BRACKETS_LSTM,
        GATES_FOLLOW_EVENTS,
        ADDING_RNN,
        ADDING_LSTM,
        ADDING_IRNN,
        COPY_RNN,
        CELLS_FOLLOW_THE_TEXT,
    )
}
"""All claims by key."""
