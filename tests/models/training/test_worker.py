import dataclasses
import threading
from functools import partial

import pytest
import torch

from models.tasks.write_keep_clear import WriteKeepClear
from models.training.loop import snapshot_steps, train
from models.training.worker import Session, explained, final_weights, train_run
from tests.models.training.conftest import experiment, until
from tests.models.training.test_store import same


def train_here(store, run_id, updates=None):
    """Queue a run, or queue it again, and train it in this process."""
    attempt, _ = store.desk.enlist(run_id, "server", "pool")
    train_run(store.address, run_id, attempt, updates)
    return store.run(run_id)


@pytest.fixture
def tried(store):
    return partial(train_here, store)


def equal_runs(store, run_id, made):
    straight = {moment.step: moment for moment in train(made)}
    kept = {moment.step: moment for moment in store.snapshots(run_id)}
    assert straight.keys() <= kept.keys()
    for step, moment in straight.items():
        assert moment.metrics == kept[step].metrics
        same(moment.weights, kept[step].weights)


def test_a_run_equals_the_bare_loop(store, tried):
    made = experiment(23)
    run = tried(store.create(made))
    assert (run.status, run.reason, run.step, run.seconds > 0) == ("finished", "", 23, True)
    assert store.snapshot_steps(run.id) == snapshot_steps(23)
    equal_runs(store, run.id, made)
    assert [step for step, metrics in store.metrics(run.id) if "training_loss" in metrics] == list(
        range(1, 24)
    )


def test_stepping_does_exactly_one_update_and_keeps_it(store, tried):
    run_id = store.create(experiment(240))
    for step in (1, 2, 3, 4):
        run = tried(run_id, updates=1)
        assert (run.status, run.step) == ("paused", step)
        assert store.snapshot_steps(run_id)[-1] == step


def test_no_updates_keep_the_untrained_network(store, tried):
    made = experiment(12)
    run_id = store.create(made)
    run = tried(run_id, updates=0)
    assert (run.status, run.step, store.snapshot_steps(run_id)) == ("paused", 0, [0])
    assert tried(run_id).status == "finished"
    equal_runs(store, run_id, made)


def test_paused_stepped_and_resumed_equals_straight_through(store, tried):
    made = dataclasses.replace(experiment(17), model=dataclasses.replace(experiment().model, dropout=0.3))
    run_id = store.create(made)
    for updates in (3, 1, 1, 5, None):
        run = tried(run_id, updates)
    assert run.status == "finished"
    equal_runs(store, run_id, made)


@pytest.mark.parametrize(("kind", "status"), [("pause", "paused"), ("stop", "stopped")])
def test_a_wish_ends_a_run_with_all_it_has(store, tried, kind, status):
    run_id = store.create(experiment(20_000))
    trained = threading.Thread(target=tried, args=(run_id,))
    trained.start()
    until(lambda: store.run(run_id).step > 3)
    store.wish(run_id, kind)
    trained.join()
    run = store.run(run_id)
    assert run.status == status and 3 < run.step < 20_000
    assert store.snapshot_steps(run_id)[-1] == run.step
    assert int(store.state(run_id)["progress"][0]) == run.step


def test_a_changed_learning_rate_is_recorded_and_acts(store, tried):
    made = experiment(12)
    run_id = store.create(made)
    tried(run_id, updates=4)
    store.wish(run_id, "learning_rate", 0.25)
    run = tried(run_id)
    assert run.changes == ((4, "learning_rate", 0.25),)
    assert store.state(run_id)["progress"][1] == 0.25
    assert store.find(made) is None
    straight = list(train(made))[-1].weights
    changed = store.snapshot(run_id, 12).weights
    assert any(not torch.equal(straight[name], changed[name]) for name in straight)


def test_divergence_is_said_and_keeps_what_was_before(store, tried, monkeypatch):
    loss = WriteKeepClear.loss
    calls = []

    def exploding(self, logits, batch):
        if logits.requires_grad:
            calls.append(1)
        return loss(self, logits, batch) * (float("inf") if len(calls) == 6 else 1)

    monkeypatch.setattr(WriteKeepClear, "loss", exploding)
    run = tried(store.create(experiment(9, learning_rate=0.5)))
    assert run.status == "failed"
    assert "diverged at step 6" in run.reason and "Lower the learning rate (it was 0.5)" in run.reason
    assert store.snapshot_steps(run.id)[-1] == 5
    assert all(value.isfinite().all() for value in store.snapshot(run.id, 5).weights.values())


def test_an_error_of_a_task_is_told_without_traceback_or_path(store, tried, monkeypatch):
    def broken(self, *_, **__):
        raise RuntimeError("cannot read /home/ada/secret/data.txt here\nTraceback: more")

    monkeypatch.setattr(WriteKeepClear, "sample", broken)
    run = tried(store.create(experiment()))
    assert (run.status, run.reason) == ("failed", "cannot read (a file) here")


def test_an_explanation_keeps_words_that_only_look_like_paths():
    assert explained(ValueError("wanted rows/columns, got 3/4")) == "wanted rows/columns, got 3/4"
    assert explained(KeyError()) == "KeyError"


def test_a_run_begins_with_the_weights_of_the_one_it_starts_from(store, tried):
    base = experiment(5)
    made = experiment(3, start_from=base, seed=4)
    failed = tried(store.create(made))
    assert failed.status == "failed" and "has not finished" in failed.reason
    tried(store.create(base))
    run = tried(store.create(made))
    same(store.snapshot(run.id, 0).weights, final_weights(store, base))
    assert run.status == "finished"


def test_a_run_that_was_withdrawn_or_passed_on_is_left_alone(store):
    run_id = store.create(experiment(5))
    attempt, _ = store.desk.enlist(run_id, "server", "pool")
    store.desk.withdraw(run_id, "stopped")
    train_run(store.address, run_id, attempt)
    assert store.run(run_id).status == "stopped" and store.snapshot_steps(run_id) == []


def test_an_attempt_that_was_superseded_ends_without_a_word(store):
    run_id = store.create(experiment(20_000))
    attempt, _ = store.desk.enlist(run_id, "server", "pool")
    store.desk.claim(run_id, attempt)
    session = Session(store, store.run(run_id), attempt)
    thread = threading.Thread(target=session.train)
    thread.start()
    until(lambda: store.run(run_id).step > 3)
    store.desk.end(run_id, attempt, "paused", "its server ended")
    thread.join()
    assert store.run(run_id).reason == "its server ended" and session.trainer.step < 20_000


def test_a_run_that_stops_early_is_finished(store, tried):
    run = tried(store.create(experiment(50, stop_at=0.01)))
    assert run.status == "finished" and run.step < 50
    assert store.snapshot_steps(run.id)[-1] == run.step


def test_a_finished_run_of_a_thousand_steps_keeps_under_20_megabytes(file_store, tmp_path):
    run = train_here(file_store, file_store.create(experiment(1000, hidden=32)))
    file_store.close()
    assert run.status == "finished"
    assert sum(part.stat().st_size for part in tmp_path.iterdir()) < 20e6
