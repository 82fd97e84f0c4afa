"""One cell of a map, with the actual numbers filled in: how a unit came to its value at a step."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from models.networks import Network
from models.networks.cells import Cell
from models.trace import record

SYMBOLS = {
    "input_gate": "i",
    "forget_gate": "f",
    "output_gate": "o",
    "candidate": "g",
    "cell_state": "c",
    "hidden_state": "h",
    "reset_gate": "r",
    "update_gate": "z",
}
ROWS = {
    4: ("input_gate", "forget_gate", "candidate", "output_gate"),
    3: ("reset_gate", "update_gate", "candidate"),
    1: ("hidden_state",),
}
"""Order of the gates in torch's stacked weights, by their number."""


@dataclass(frozen=True)
class Equation:
    """A value and the terms it was computed from."""

    name: str
    unit: int
    step: int
    value: float
    terms: tuple[tuple[str, float], ...]
    """What the value was computed from: words and numbers."""
    symbolic: str
    """LaTeX without numbers."""
    numeric: str
    """LaTeX with the numbers filled in."""
    contributors: tuple[tuple[int, float], ...] = ()
    """Previous hidden units that moved the sum most: (unit, its share), largest first."""


@torch.no_grad()
def equation(network: Network, inputs: Tensor, tap: str, unit: int, step: int) -> Equation:
    """How one unit of one tap came to its value at one step.

    inputs: (time,) or (time, value); tap: for example `layers.0.forget_gate`
    Raises KeyError for a tap of another kind, IndexError for a step or unit that is not there.
    """
    layer_name, name = tap.rsplit(".", 1)
    cell = network.get_submodule(layer_name)
    if not isinstance(cell, Cell) or name not in SYMBOLS:
        raise KeyError(f"wanted a gate or state of a recurrent layer, got {tap!r}")
    if not (0 <= step < len(inputs) and 0 <= unit < cell.hidden):
        raise IndexError(
            f"wanted a step below {len(inputs)} and a unit below {cell.hidden}, got step {step}, unit {unit}"
        )
    trace = record(network, inputs[None])
    values = {
        key: trace.sequence(f"{layer_name}.{key}") for key in cell.taps if f"{layer_name}.{key}" in trace
    }
    if name in ("cell_state", "hidden_state") and cell.blocks > 1:
        return _combined(cell, values, name, unit, step)
    return _gate(network, cell, trace, layer_name, values, name, unit, step)


def _before(cell: Cell, states: np.ndarray, step: int) -> np.ndarray:
    """The states that the cell carried into a step: zeros before the first one read."""
    place = step + 1 if cell.reverse else step - 1
    return states[place] if 0 <= place < len(states) else np.zeros_like(states[0])


def _gate(network, cell, trace, layer_name, values, name, unit, step) -> Equation:
    """A gate or candidate: a squashed sum of input, previous hidden state and bias."""
    row = ROWS[cell.blocks].index(name) * cell.hidden + unit
    layer = int(layer_name.split(".")[1])
    inputs = trace.sequence("embedding") if layer == 0 else _below(trace, layer)
    previous = _before(cell, values["hidden_state"], step)
    weights = cell.weight_hh_l0[row].numpy()
    shares = weights * previous
    from_input = float(cell.weight_ih_l0[row].numpy() @ inputs[step])
    bias_ih, bias_hh = float(cell.bias_ih_l0[row]), float(cell.bias_hh_l0[row])
    squash = _squash(cell, name)
    symbol = SYMBOLS[name]
    if name == "candidate" and cell.blocks == 3:
        reset = float(values["reset_gate"][step, unit])
        inside = float(shares.sum()) + bias_hh
        total = from_input + bias_ih + reset * inside
        terms = (
            ("input", from_input),
            ("bias", bias_ih),
            ("reset gate", reset),
            ("hidden state and its bias", inside),
        )
        numbers = f"{from_input:.3f} {bias_ih:+.3f} + {reset:.3f} \\cdot ({inside:.3f})"
        symbolic = r"\tilde h_t = \tanh(W x_t + b + r_t \odot (U h_{t-1} + b'))"
    else:
        from_hidden, bias = float(shares.sum()), bias_ih + bias_hh
        total = from_input + from_hidden + bias
        terms = (("input", from_input), ("hidden state", from_hidden), ("bias", bias))
        numbers = f"{from_input:.3f} {from_hidden:+.3f} {bias:+.3f}"
        symbolic = f"{symbol}_t = {squash}(W_{symbol} x_t + U_{symbol} h_{{t-1}} + b_{symbol})"
    value = float(values[name][step, unit])
    numeric = f"{symbol}_{{{step}}}[{unit}] = {squash}({numbers}) = {squash}({total:.3f}) = {value:.3f}"
    largest = np.argsort(-np.abs(shares))[:3]
    contributors = tuple((int(place), float(shares[place])) for place in largest)
    return Equation(name, unit, step, value, terms, symbolic, numeric, contributors)


def _squash(cell: Cell, name: str) -> str:
    if name.endswith("_gate"):
        return r"\sigma"
    kind = getattr(cell, "nonlinearity", "tanh")
    return {"tanh": r"\tanh", "relu": r"\mathrm{relu}", "linear": ""}[kind]


def _below(trace, layer: int) -> np.ndarray:
    """What a higher layer reads: the hidden states of the layer below, both directions side by side."""
    below = f"layers.{layer - 1}"
    parts = [trace.sequence(f"{below}.hidden_state")]
    if f"{below}.backward.hidden_state" in trace:
        parts.append(trace.sequence(f"{below}.backward.hidden_state"))
    return np.concatenate(parts, axis=-1)


def _combined(cell: Cell, values: dict[str, np.ndarray], name: str, unit: int, step: int) -> Equation:
    """The states of gated cells: sums and products of gates, nothing squashed but tanh(c)."""
    here = {key: float(array[step, unit]) for key, array in values.items()}
    value = here[name]
    if cell.blocks == 3:
        before = float(_before(cell, values["hidden_state"], step)[unit])
        z, n = here["update_gate"], here["candidate"]
        terms = (("update gate", z), ("previous hidden state", before), ("candidate", n))
        symbolic = r"h_t = z_t \odot h_{t-1} + (1 - z_t) \odot \tilde h_t"
        numbers = f"{z:.3f} \\cdot ({before:.3f}) + (1 - {z:.3f}) \\cdot ({n:.3f})"
    elif name == "cell_state":
        before = float(_before(cell, values["cell_state"], step)[unit])
        f, i, g = here["forget_gate"], here["input_gate"], here["candidate"]
        terms = (("forget gate", f), ("previous cell state", before), ("input gate", i), ("candidate", g))
        symbolic = r"c_t = f_t \odot c_{t-1} + i_t \odot g_t"
        numbers = f"{f:.3f} \\cdot ({before:.3f}) + {i:.3f} \\cdot ({g:.3f})"
    else:
        o, c = here["output_gate"], here["cell_state"]
        terms = (("output gate", o), ("cell state", c))
        symbolic = r"h_t = o_t \odot \tanh(c_t)"
        numbers = f"{o:.3f} \\cdot \\tanh({c:.3f})"
    numeric = f"{SYMBOLS[name]}_{{{step}}}[{unit}] = {numbers} = {value:.3f}"
    return Equation(name, unit, step, value, terms, symbolic, numeric)
