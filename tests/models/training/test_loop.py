"""The loop, on the smallest networks and tasks that can show its promises."""

import dataclasses
import math
from itertools import pairwise

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from models.experiment import Experiment, ModelConfig, TrainConfig
from models.training.loop import Trainer, adopt, schedule, snapshot_steps, train, trained


def small(*, kind="gru", dropout=0.0, layers=1, start_from=None, **how):
    """An experiment of a few milliseconds."""
    how = {"steps": 12, "batch_size": 7, "seed": 5} | how
    return Experiment(
        "remember_first",
        {"lag": 3, "choices": 3},
        ModelConfig(kind, hidden=6, embedding=4, layers=layers, dropout=dropout),
        TrainConfig(**how),
        start_from,
    )


def assert_same_weights(one, other):
    assert one.keys() == other.keys()
    for name in one:
        assert torch.equal(one[name], other[name]), name


@settings(deadline=None)
@given(st.integers(1, 20_000))
def test_snapshots_stand_at_the_start_and_the_end_and_denser_early(steps):
    kept = snapshot_steps(steps)
    assert (kept[0], kept[-1]) == (0, steps)
    assert kept == sorted(set(kept))
    assert len(kept) <= 101
    if steps >= 200:
        gaps = [after - before for before, after in pairwise(kept)]
        assert gaps[0] <= gaps[len(gaps) // 2] <= gaps[-1] + 1
        assert len(kept) >= 60


def test_a_run_yields_its_snapshots_at_these_steps():
    experiment = small()
    assert [snapshot.step for snapshot in train(experiment)] == snapshot_steps(12)


@pytest.mark.parametrize("kind", ["rnn", "lstm", "gru"])
def test_equal_experiments_give_equal_runs(kind):
    experiment = small(kind=kind)
    torch.manual_seed(1)
    first = list(train(experiment))
    torch.manual_seed(2)
    torch.rand(17)
    second = list(train(experiment))
    for one, other in zip(first, second, strict=True):
        assert_same_weights(one.weights, other.weights)
        assert {**one.metrics} == {**other.metrics}


def test_another_seed_gives_another_run():
    one, other = (trained(small(seed=seed))[1] for seed in (1, 2))
    assert any(not torch.equal(one.weights[name], other.weights[name]) for name in one.weights)


def test_training_leaves_torchs_global_generator_alone():
    before = torch.get_rng_state()
    trained(small(dropout=0.3, layers=2))
    assert torch.equal(torch.get_rng_state(), before)


@pytest.mark.parametrize("optimizer", ["adam", "adamw", "sgd"])
@pytest.mark.parametrize("dropout", [0.0, 0.4])
@pytest.mark.parametrize("pause", [0, 1, 5])
def test_going_on_from_a_state_is_the_same_to_the_last_bit(optimizer, dropout, pause):
    experiment = small(
        optimizer=optimizer, dropout=dropout, layers=2, schedule="one_cycle", warmup=4, weight_decay=0.1
    )
    through = Trainer(experiment)
    stopped = Trainer(experiment)
    for _ in range(pause):
        through.update()
        stopped.update()
    state = {name: value.clone() for name, value in stopped.state.items()}
    stopped.update()
    resumed = Trainer(experiment, state=state)
    assert resumed.step == pause
    while through.step < 12:
        assert resumed.update() == through.update()
    assert_same_weights(resumed.network.state_dict(), through.network.state_dict())
    assert_same_weights(resumed.state, through.state)


def test_a_state_is_a_copy_that_later_updates_do_not_change():
    trainer = Trainer(small())
    trainer.update()
    state = trainer.state
    before = {name: value.clone() for name, value in state.items()}
    trainer.update()
    assert_same_weights(state, before)


def test_a_snapshot_is_a_copy_that_later_updates_do_not_change():
    trainer = Trainer(small())
    snapshot = trainer.snapshot()
    before = {name: value.clone() for name, value in snapshot.weights.items()}
    trainer.update()
    assert_same_weights(snapshot.weights, before)


def test_evaluating_changes_nothing_in_the_run():
    quiet, watched = Trainer(small(dropout=0.4, layers=2)), Trainer(small(dropout=0.4, layers=2))
    for _ in range(6):
        quiet.update()
        watched.snapshot()
        watched.update()
        watched.evaluate()
    assert_same_weights(quiet.network.state_dict(), watched.network.state_dict())


def test_a_changed_learning_rate_goes_on_with_the_state():
    trainer = Trainer(small())
    trainer.update()
    trainer.learning_rate = 0.25
    resumed = Trainer(small(), state=trainer.state)
    assert resumed.learning_rate == 0.25
    trainer.update(), resumed.update()
    assert_same_weights(trainer.network.state_dict(), resumed.network.state_dict())
    assert trainer.optimizer.param_groups[0]["lr"] == 0.25


def test_frozen_parts_stay_bit_for_bit_and_the_rest_moves():
    trainer = Trainer(small(frozen="embed, layers.0", optimizer="adamw", weight_decay=0.5))
    before = {name: value.clone() for name, value in trainer.network.state_dict().items()}
    for _ in range(4):
        trainer.update()
    for name, value in trainer.network.state_dict().items():
        frozen = name.startswith(("embed", "layers.0"))
        assert torch.equal(value, before[name]) == frozen, name


def test_parts_thaw_from_the_last_named_to_the_first():
    trainer = Trainer(small(frozen="embed, layers.0", unfreeze_every=3))
    moved_at = {}
    for _ in range(9):
        before = {name: value.clone() for name, value in trainer.network.state_dict().items()}
        step = trainer.step
        trainer.update()
        for name, value in trainer.network.state_dict().items():
            if not torch.equal(value, before[name]):
                moved_at.setdefault(name, step)
    parts = {name.split(".weight")[0].split(".bias")[0]: step for name, step in moved_at.items()}
    assert parts == {"to_logits": 0, "layers.0": 3, "embed": 6}


def test_thawing_goes_on_where_it_was():
    experiment = small(frozen="embed, layers.0", unfreeze_every=3)
    through, stopped = Trainer(experiment), Trainer(experiment)
    for _ in range(4):
        through.update(), stopped.update()
    resumed = Trainer(experiment, state=stopped.state)
    for _ in range(5):
        through.update(), resumed.update()
    assert_same_weights(through.network.state_dict(), resumed.network.state_dict())


def test_an_unknown_frozen_part_is_refused_by_name():
    with pytest.raises(ValueError, match="frozen: wanted the beginning of a parameter's name, got 'wings'"):
        Trainer(small(frozen="embed, wings"))


def test_clipping_limits_the_step_and_reports_the_norm_before_it():
    free, held = Trainer(small(clip=0.0, optimizer="sgd")), Trainer(small(clip=0.01, optimizer="sgd"))
    start = {name: value.clone() for name, value in held.network.state_dict().items()}
    free.update(), held.update()
    assert free.gradient_norm == held.gradient_norm > 0.01
    moved = math.sqrt(sum(((held.network.state_dict()[n] - start[n]) ** 2).sum().item() for n in start))
    assert moved == pytest.approx(0.01 * held.learning_rate, rel=1e-2)


def test_the_schedule_warms_up_stays_and_cycles():
    constant = TrainConfig(steps=100, warmup=10)
    assert [schedule(constant, step) for step in (0, 4, 9, 50)] == [0.1, 0.5, 1.0, 1.0]
    cycle = TrainConfig(steps=100, schedule="one_cycle")
    values = [schedule(cycle, step) for step in range(100)]
    assert values[0] == pytest.approx(0.04)
    assert max(values) == values[30] == pytest.approx(1)
    assert values[:31] == sorted(values[:31]) and values[30:] == sorted(values[30:], reverse=True)
    assert values[-1] < 0.002


@settings(deadline=None)
@given(st.integers(1, 20_000), st.integers(0, 5_000), st.sampled_from(["constant", "one_cycle"]))
def test_the_schedule_stays_between_0_and_1(steps, warmup, kind):
    config = TrainConfig(steps=steps, warmup=warmup, schedule=kind)
    assert all(0 <= schedule(config, step) <= 1 for step in {0, 1, steps // 3, steps // 2, steps - 1, steps})


def test_the_learning_rate_of_an_update_is_the_scheduled_one():
    trainer = Trainer(small(warmup=4, learning_rate=0.01))
    rates = []
    for _ in range(5):
        trainer.update()
        rates.append(trainer.optimizer.param_groups[0]["lr"])
    assert rates == pytest.approx([0.0025, 0.005, 0.0075, 0.01, 0.01])


def test_training_stops_at_the_accuracy_asked_for():
    snapshots = list(train(small(steps=2000, stop_at=0.9, learning_rate=0.02)))
    assert snapshots[-1].metrics["accuracy"] >= 0.9
    assert snapshots[-1].step < 2000
    assert all(snapshot.metrics["accuracy"] < 0.9 for snapshot in snapshots[:-1])


def test_both_ways_to_train_end_with_the_same_weights():
    for experiment in (small(), small(steps=2000, stop_at=0.9, learning_rate=0.02)):
        *_, last = train(experiment)
        network, snapshot = trained(experiment)
        assert snapshot.step == last.step
        assert_same_weights(snapshot.weights, last.weights)
        assert_same_weights(network.state_dict(), last.weights)


def test_fine_tuning_begins_with_the_weights_it_is_given():
    first = small()
    weights = trained(first)[1].weights
    again = dataclasses.replace(first, start_from=first)
    assert_same_weights(Trainer(again, start_weights=weights).network.state_dict(), weights)
    with pytest.raises(ValueError, match="start_from: wanted the weights"):
        Trainer(again)


def test_only_weights_of_the_same_name_and_shape_are_adopted():
    here, other = Trainer(small()).network, Trainer(small(kind="lstm")).network
    before = {name: value.clone() for name, value in here.state_dict().items()}
    names = adopt(here, other.state_dict())
    assert set(names) == {"embed.weight", "to_logits.weight", "to_logits.bias"}
    for name, value in here.state_dict().items():
        wanted = other.state_dict()[name] if name in names else before[name]
        assert torch.equal(value, wanted)


def test_adam_equals_torchs_plain_adam():
    experiment = small(steps=5, clip=0.0, learning_rate=0.03, beta2=0.9)
    trainer, twin = Trainer(experiment), Trainer(experiment)
    plain = torch.optim.Adam(twin.network.parameters(), 0.03, betas=(0.9, 0.9))
    generator = torch.Generator().manual_seed(6)
    for _ in range(5):
        trainer.update()
        batch = twin.task.sample(7, generator)
        plain.zero_grad()
        twin.task.loss(twin.network.answer(batch), batch).backward()
        plain.step()
    for name, value in trainer.network.state_dict().items():
        torch.testing.assert_close(value, twin.network.state_dict()[name], atol=1e-6, rtol=1e-5)


def test_a_run_may_keep_few_moments_and_ends_the_same():
    few, more = list(train(small(kept=1))), list(train(small(kept=3)))
    assert [snapshot.step for snapshot in few] == [0, 12]
    assert [snapshot.step for snapshot in more] == snapshot_steps(12, 3)
    assert len(more) == 4
    assert_same_weights(few[-1].weights, more[-1].weights)
