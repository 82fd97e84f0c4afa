"""Each claim of the pages on RNN, LSTM and GRU, over five seeds, with the number it needs.

Seconds are printed (`pytest -s`), never asserted.
"""

import dataclasses
import time

import numpy as np
import pytest
import torch

from models.analysis.interventions import Intervention, outcome
from models.analysis.units import best_unit, correlations, read_out
from models.claims.recurrence import (
    ADDING_IRNN,
    ADDING_LSTM,
    ADDING_RNN,
    BRACKETS_LSTM,
    BRACKETS_RNN,
    CELLS_FOLLOW_THE_TEXT,
    COPY_RNN,
    GATES_FOLLOW_EVENTS,
    GRU_REMEMBERS,
    LSTM_COUNTS,
    LSTM_WITH_FORGET_BIAS,
    LSTM_WITHOUT_FORGET_BIAS,
    RNN_FORGETS,
    RNN_NEAR,
    forget_bias_experiment,
)
from models.looks import held_out_states
from models.networks import build_network
from models.prepared import PREPARED
from models.tasks import build_task
from models.trace import record
from models.training.loop import trained

pytestmark = pytest.mark.slow
SEEDS = range(5)
STILL_GUESSING = 0.1
"""Accuracy above chance that a network which has learned next to nothing may show."""


def run(experiment, seed):
    """Train with this seed; prints what it took and gives network, task and last snapshot."""
    experiment = dataclasses.replace(experiment, train=dataclasses.replace(experiment.train, seed=seed))
    start = time.process_time()
    network, snapshot = trained(experiment)
    seconds = time.process_time() - start
    print(
        f"{experiment.task} {experiment.model.kind} seed {seed}: {snapshot.step} updates, {seconds:.1f} s,",
        end=" ",
    )
    print(", ".join(f"{name} {value:.3f}" for name, value in snapshot.metrics.items()))
    return network, build_task(experiment.task, **experiment.task_options), snapshot


def accuracy_of(network, task):
    """Accuracy on a thousand sequences: guessing then lies within 0.03 of chance."""
    batch = task.held_out(1000)
    with torch.no_grad():
        return task.metrics(network.eval()(batch.inputs), batch)["accuracy"]


def untrained(experiment, seed):
    """The network as this seed begins it."""
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        return build_network(experiment.model, build_task(experiment.task, **experiment.task_options)).eval()


def mean_by_event(network, task, inputs, gate):
    """Mean of a gate of the first layer, over all units, at writes, clears, distractors and reads."""
    values = record(network, inputs, names=[f"layers.0.{gate}"])[f"layers.0.{gate}"]
    events = task.events(inputs)
    at = {name: values[events[name].t().numpy() > 0] for name in ("write", "clear", "keep", "read")}
    return {name: round(float(part.mean()), 2) for name, part in at.items()}


def unit_correlations(network, task, inputs):
    """r of every cell with every event of the task."""
    trace = record(network, inputs, names=["layers.0.cell_state"])
    events = {name: track.numpy() for name, track in task.events(inputs).items()}
    return correlations(trace["layers.0.cell_state"], events)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_plain_rnn_is_still_guessing_at_lag_15(seed):
    network, task, snapshot = run(RNN_FORGETS.experiment, seed)
    assert snapshot.step == 800
    assert accuracy_of(network, task) < RNN_FORGETS.chance + STILL_GUESSING


@pytest.mark.parametrize("seed", SEEDS)
def test_the_same_rnn_solves_lag_3(seed):
    network, task, snapshot = run(RNN_NEAR.experiment, seed)
    assert snapshot.step < 400
    assert accuracy_of(network, task) > 0.95


@pytest.mark.parametrize("seed", SEEDS)
def test_the_rnn_page_opens_on_orders_that_part_only_by_training(seed):
    network, task, _ = run(PREPARED["rnn"], seed)
    typed = "the film was not bad , it was great .", "the film was not great , it was bad ."
    orders = torch.stack([task.encode(text) for text in typed])
    with torch.no_grad():
        before, after = (
            net(orders).softmax(-1)[..., 1] for net in (untrained(PREPARED["rnn"], seed), network)
        )
    assert (before[0] - before[1]).abs().max() < 0.3
    assert after[0, -1] > 0.9 and after[1, -1] < 0.1


@pytest.mark.parametrize("seed", SEEDS)
def test_a_gru_solves_lag_15(seed):
    network, task, snapshot = run(GRU_REMEMBERS.experiment, seed)
    assert snapshot.step < 800
    assert accuracy_of(network, task) > 0.95


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("lag", [10, 20, 30, 50])
def test_forget_bias_3_solves_lags_up_to_50_in_under_150_updates(lag, seed):
    assert LSTM_WITH_FORGET_BIAS.experiment == forget_bias_experiment(50, 3.0, 150)
    network, task, snapshot = run(forget_bias_experiment(lag, 3.0, 150), seed)
    assert snapshot.step < 150
    assert accuracy_of(network, task) > 0.95


@pytest.mark.parametrize("seed", SEEDS)
def test_forget_bias_0_fails_at_lag_20(seed):
    network, task, _ = run(LSTM_WITHOUT_FORGET_BIAS.experiment, seed)
    assert accuracy_of(network, task) < LSTM_WITHOUT_FORGET_BIAS.chance + STILL_GUESSING


@pytest.mark.parametrize("seed", SEEDS)
def test_a_cell_of_a_two_unit_lstm_counts(seed):
    network, task, snapshot = run(LSTM_COUNTS.experiment, seed)
    longest = task.of(torch.tensor([[task.most]]), task.most)
    unit, r = best_unit(unit_correlations(network, task, longest.inputs), "count")
    print(f"  cell {unit} follows the count with r = {r:.4f}; right up to n = {task.reach(network)}")
    assert abs(r) > 0.97
    assert snapshot.metrics["accuracy"] > 0.98 > LSTM_COUNTS.chance


@pytest.mark.parametrize("seed", SEEDS)
def test_a_plain_rnn_solves_brackets_without_a_unit_that_follows_the_depth_and_an_lstm_with_one(seed):
    followed = {}
    for claim, state in ((BRACKETS_RNN, "hidden_state"), (BRACKETS_LSTM, "cell_state")):
        network, task, snapshot = run(claim.experiment, seed)
        assert snapshot.metrics["accuracy"] > 0.97 > claim.chance
        for name, net in (("trained", network), ("untrained", untrained(claim.experiment, seed))):
            found = correlations(*held_out_states(net, task, f"layers.0.{state}"))
            followed[claim.experiment.model.kind, name] = abs(best_unit(found, "depth")[1])
    print("  |r| of the best unit with the depth:", followed)
    assert followed["rnn", "trained"] < followed["rnn", "untrained"] + 0.1 < 0.6
    assert followed["lstm", "trained"] > 0.75
    assert followed["lstm", "trained"] > followed["lstm", "untrained"]


@pytest.mark.parametrize("seed", SEEDS)
def test_the_grus_gates_follow_events_and_what_holding_them_does(seed):
    network, task, snapshot = run(PREPARED["gru"], seed)
    batch = task.held_out(200)
    mean = mean_by_event(network, task, batch.inputs, "update_gate")
    print("  mean update gate:", mean)
    assert snapshot.metrics["accuracy"] > 0.97
    assert max(mean["write"], mean["clear"]) < mean["keep"] - 0.1

    def held(gate, action):
        change = [Intervention(f"layers.0.{gate}", action)]
        return outcome(network, task, batch, change).metrics["accuracy"]

    found = {f"{gate} {action}": held(gate, action) for gate in ("update_gate", "reset_gate")
             for action in ("zero", "one", "half")}  # fmt: skip
    print("  right with a gate held:", {name: round(right, 2) for name, right in found.items()})
    assert found["update_gate one"] < task.chance + 0.02
    assert task.chance + 0.08 < found["update_gate zero"] < 0.93
    assert found["reset_gate zero"] < 0.8
    assert found["reset_gate half"] < 0.97


@pytest.mark.parametrize("seed", SEEDS)
def test_the_forget_gate_shuts_at_writes_and_clears_and_stays_open_else(seed):
    network, task, snapshot = run(GATES_FOLLOW_EVENTS.experiment, seed)
    inputs = task.held_out(200).inputs
    mean = mean_by_event(network, task, inputs, "forget_gate")
    written = mean_by_event(network, task, inputs, "input_gate")
    print("  mean forget gate:", mean, "mean input gate:", written)
    assert max(mean["write"], mean["clear"]) < 0.4
    assert min(mean["keep"], mean["read"]) > 0.75
    assert written["keep"] > 0.2, "the input gate is not clean: the candidate is made 0 instead"
    assert snapshot.metrics["accuracy"] > 0.97


@pytest.mark.parametrize("seed", SEEDS)
def test_on_the_adding_problem_a_plain_rnn_stays_near_the_baseline(seed):
    _, _, snapshot = run(ADDING_RNN.experiment, seed)
    assert snapshot.metrics["loss"] > 0.75 * ADDING_RNN.chance


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("claim", [ADDING_LSTM, ADDING_IRNN], ids=lambda claim: claim.key)
def test_on_the_adding_problem_lstm_and_irnn_get_far_below_the_baseline(claim, seed):
    _, _, snapshot = run(claim.experiment, seed)
    assert snapshot.metrics["loss"] < 0.25 * claim.chance


@pytest.mark.parametrize("seed", SEEDS)
def test_on_copy_memory_a_plain_rnn_sits_on_the_published_baseline(seed):
    _, task, snapshot = run(COPY_RNN.experiment, seed)
    assert task.guessing_loss == pytest.approx(COPY_RNN.chance)
    assert snapshot.metrics["loss"] == pytest.approx(COPY_RNN.chance, rel=0.05)
    assert snapshot.metrics["accuracy"] < task.chance + STILL_GUESSING


def test_trained_cells_tell_the_text_better_than_untrained_ones():
    """Read-outs of all cells for each seed; single cells, which scatter more, on average over seeds."""
    experiment = CELLS_FOLLOW_THE_TEXT.experiment
    single = []
    for seed in SEEDS:
        network, task, snapshot = run(experiment, seed)
        before, after = (text_knowledge(net, task) for net in (untrained(experiment, seed), network))
        print(f"  untrained {before}, trained {after}")
        assert after["inside quotes"] > before["inside quotes"] + 0.04
        assert after["line position"] > before["line position"]
        assert snapshot.metrics["bits_per_character"] < 3.2 < task.guessing_loss / np.log(2)
        single.append(after["best cell"] - before["best cell"])
    assert np.mean(single) > 0.03


def text_knowledge(network, task):
    """r of read-outs on long held-out passages, and |r| of the best single cell with the line position."""
    passages = task.parts()[1][: 24 * 1500].view(24, 1500).long()
    events = {name: track.numpy() for name, track in task.events(passages).items()}
    cells = record(network, passages, names=["layers.0.cell_state"])["layers.0.cell_state"]
    told = {name: round(read_out(cells, events[name]), 3) for name in ("line position", "inside quotes")}
    line = {"line position": events["line position"]}
    return told | {"best cell": round(abs(best_unit(correlations(cells, line), "line position")[1]), 3)}
