"""The three cells once more, in numpy and from the textbook, and two small tasks to run networks on.

One sequence at a time, one direction, one layer; `change(name, step, value)` may change any value on its way.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from models.tasks.base import Task


@dataclass(frozen=True)
class Letters(Task):
    """Five letters in, five letters out."""

    @property
    def symbols(self):
        return tuple("abcde")


@dataclass(frozen=True)
class Numbers(Task):
    """Three numbers a step in, one answer of two out."""

    input_values: ClassVar[int] = 3

    @property
    def symbols(self):
        return ("no", "yes")


def leave(name, step, value):
    return value


def weights_of(cell):
    """weight_ih, weight_hh, bias_ih, bias_hh in double precision, split by gate."""
    arrays = [weight.detach().double().numpy() for weight in cell.weights]
    return [np.split(array, cell.blocks) for array in arrays]


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def run_rnn(weights, inputs, change=leave, function=np.tanh):
    ((w,), (u,), (b,), (c,)) = weights
    h, kept = np.zeros(len(u)), []
    for step, x in enumerate(inputs):
        h = change("hidden_state", step, function(w @ x + b + u @ h + c))
        kept.append({"hidden_state": h})
    return gathered(kept)


def run_lstm(weights, inputs, change=leave):
    w, u, b, d = weights
    h, c, kept = np.zeros(len(u[0])), np.zeros(len(u[0])), []
    for step, x in enumerate(inputs):
        sums = [w[k] @ x + b[k] + u[k] @ h + d[k] for k in range(4)]
        i = change("input_gate", step, sigmoid(sums[0]))
        f = change("forget_gate", step, sigmoid(sums[1]))
        g = change("candidate", step, np.tanh(sums[2]))
        o = change("output_gate", step, sigmoid(sums[3]))
        c = change("cell_state", step, f * c + i * g)
        h = change("hidden_state", step, o * np.tanh(c))
        kept.append(
            {
                "input_gate": i,
                "forget_gate": f,
                "candidate": g,
                "output_gate": o,
                "cell_state": c,
                "hidden_state": h,
            }
        )
    return gathered(kept)


def run_gru(weights, inputs, change=leave):
    w, u, b, d = weights
    h, kept = np.zeros(len(u[0])), []
    for step, x in enumerate(inputs):
        r = change("reset_gate", step, sigmoid(w[0] @ x + b[0] + u[0] @ h + d[0]))
        z = change("update_gate", step, sigmoid(w[1] @ x + b[1] + u[1] @ h + d[1]))
        n = change("candidate", step, np.tanh(w[2] @ x + b[2] + r * (u[2] @ h + d[2])))
        h = change("hidden_state", step, (1 - z) * n + z * h)
        kept.append({"reset_gate": r, "update_gate": z, "candidate": n, "hidden_state": h})
    return gathered(kept)


def gathered(kept):
    """Name -> (time, unit)."""
    return {name: np.stack([step[name] for step in kept]) for name in kept[0]}


RUN = {"rnn": run_rnn, "lstm": run_lstm, "gru": run_gru}
