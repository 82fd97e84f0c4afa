"""Ratios of recurrent kernels and of looking inside, measured side by side in one run; one thread.

Run by `make bench`. All sides take turns, and the best processor time of each counts, so that other
processes on the machine hit them alike.
"""

from __future__ import annotations

import time

import pytest
import torch
from torch import nn

from models.experiment import ModelConfig
from models.networks.cells import GRUCell, LSTMCell, RNNCell
from models.networks.recurrent import RecurrentNetwork
from models.trace import record
from tests.models.networks.recurrent_reference import Letters

pytestmark = pytest.mark.bench
SIZES = [(32, 20, 32), (32, 50, 64), (64, 40, 32), (32, 20, 128), (64, 50, 128)]
"""Batch, steps, units. Inputs are as wide as the network."""
CELLS = {"rnn": RNNCell, "gru": GRUCell, "lstm": LSTMCell}
LOOPED = {"rnn": nn.RNNCell, "gru": nn.GRUCell, "lstm": nn.LSTMCell}
WANTED = {
    ("gru", 32, 20, 32): 1.7,
    ("gru", 32, 50, 64): 1.4,
    ("rnn", 32, 20, 32): 1.5,
    ("rnn", 32, 50, 64): 1.3,
}


def in_turns(*calls, seconds=1.5, row=5):
    """Best processor time of each, in ms; they take turns, each `row` times in a row as in training."""
    best = [float("inf")] * len(calls)
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        for place, call in enumerate(calls):
            for _ in range(row):
                start = time.thread_time()
                call()
                best[place] = min(best[place], time.thread_time() - start)
    return [1e3 * seconds for seconds in best]


def update_of(module, inputs, run):
    """A forward and a backward pass with all gradients, as one call."""

    def update():
        module.zero_grad()
        inputs.grad = None
        run(inputs).sum().backward()

    return update


def looped(cell, kind):
    """The usual loop over single steps."""

    def run(inputs):
        state = torch.zeros(inputs.shape[1], cell.hidden_size)
        state = (state, state) if kind == "lstm" else state
        outputs = []
        for value in inputs:
            state = cell(value, state)
            outputs.append(state[0] if kind == "lstm" else state)
        return torch.stack(outputs)

    return run


@pytest.mark.parametrize("batch, steps, units", SIZES)
@pytest.mark.parametrize("kind", ["rnn", "gru"])
def test_training_against_torch_nn_and_against_loops(kind, batch, steps, units):
    inputs = torch.randn(steps, batch, units, requires_grad=True)
    ours, theirs = CELLS[kind](units, units), getattr(nn, kind.upper())(units, units)
    lstm, loop, lstm_loop = nn.LSTM(units, units), LOOPED[kind](units, units), nn.LSTMCell(units, units)
    own, fused, fused_lstm, looping, looping_lstm = in_turns(
        update_of(ours, inputs, lambda x: ours(x)[0]),
        update_of(theirs, inputs, lambda x: theirs(x)[0]),
        update_of(lstm, inputs, lambda x: lstm(x)[0]),
        update_of(loop, inputs, looped(loop, kind)),
        update_of(lstm_loop, inputs, looped(lstm_loop, "lstm")),
        seconds=3,
    )
    wanted = WANTED.get((kind, batch, steps, units), 1.0)
    print(
        f"\n{kind} update, batch {batch}, {steps} steps, {units} units: ours {own:.2f} ms; "
        f"nn.{kind.upper()} {fused:.2f} ms = {fused / own:.2f} x (wanted {wanted}); "
        f"{kind.upper()}Cell loop {looping / own:.1f} x, LSTMCell loop {looping_lstm / own:.1f} x (3); "
        f"nn.LSTM {fused_lstm:.2f} ms = {fused_lstm / own:.2f} x"
    )


@pytest.mark.parametrize("batch", [1, 8, 64])
@pytest.mark.parametrize("steps", [12, 100])
def test_recording_all_gates_against_one_fused_forward_pass(batch, steps):
    network = RecurrentNetwork(ModelConfig(kind="lstm", hidden=32), Letters())
    with torch.no_grad():
        for parameter in network.layers.parameters():
            parameter.mul_(2)
    inputs = torch.randint(5, (batch, steps))
    lstm = nn.LSTM(16, 32)
    embedded = torch.randn(steps, batch, 16)

    @torch.no_grad()
    def forward():
        lstm(embedded)

    look, fused = in_turns(lambda: record(network, inputs), forward)
    print(
        f"\nrecord all gates, batch {batch}, {steps} steps, 32 units: {look:.2f} ms; "
        f"nn.LSTM forward {fused:.2f} ms; allowed {2 * fused + 2:.2f} ms"
    )


@pytest.mark.parametrize("batch, steps", [(64, 20), (32, 50)])
def test_kinds_at_the_same_size(batch, steps):
    """What the page says of GRU against LSTM and RNN: an update of the whole network at 32 units."""
    inputs = torch.randint(5, (batch, steps))
    networks = {kind: RecurrentNetwork(ModelConfig(kind=kind, hidden=32), Letters()) for kind in CELLS}

    def update(network):
        network.zero_grad()
        network(inputs).square().mean().backward()

    times = in_turns(*[lambda n=network: update(n) for network in networks.values()])
    listed = ", ".join(f"{kind} {ms:.2f} ms" for kind, ms in zip(networks, times, strict=True))
    print(f"\nnetwork update, batch {batch}, {steps} steps, 32 units: {listed}")
