import sqlite3
import subprocess
import sys
import threading

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from models.training.loop import Snapshot, Trainer
from models.training.records import UnknownRun, UnknownText, Wish, packed, unpacked
from models.training.store import LONGEST_TEXT, Store
from tests.models.training.conftest import experiment


def snapshot(step, **metrics):
    weights = {"cell.weight": torch.randn(3, 5), "cell.bias": torch.randn(5)}
    return Snapshot(step, {"loss": 1.5} | metrics, weights, f"written at {step}")


def same(one, other):
    assert one.keys() == other.keys()
    for name, value in one.items():
        assert value.dtype == other[name].dtype
        assert torch.equal(value, other[name]), name


def test_a_run_comes_back_as_it_was_made(store):
    made = experiment(11, seed=3)
    run = store.run(store.create(made, "ada"))
    assert (run.experiment, run.status, run.step, run.steps, run.visitor) == (made, "queued", 0, 11, "ada")
    assert run.going and run.place == 1 and run.changes == ()


def test_ids_cannot_be_guessed(store):
    ids = {store.create(experiment()) for _ in range(20)}
    assert len(ids) == 20 and min(map(len, ids)) >= 12


def test_snapshots_come_back_exactly(store):
    run_id = store.create(experiment())
    kept = [snapshot(step) for step in (0, 2, 7)]
    for moment in kept:
        store.append(run_id, moment)
    assert store.snapshot_steps(run_id) == [0, 2, 7]
    assert store.run(run_id).step == 7
    for before, after in zip(kept[1:], store.snapshots(run_id, after=0), strict=True):
        assert (before.step, before.metrics, before.sample) == (after.step, after.metrics, after.sample)
        same(before.weights, after.weights)
    same(store.snapshot(run_id, 2).weights, kept[1].weights)


def test_a_trainer_goes_on_exactly_from_a_kept_state(store):
    trainer = Trainer(experiment(dropout_free := 9))
    for _ in range(4):
        trainer.update()
    run_id = store.create(trainer.experiment)
    store.append(run_id, trainer.snapshot(), trainer.state)
    again = Trainer(trainer.experiment, store.state(run_id))
    for _ in range(dropout_free - 4):
        assert trainer.update() == again.update()
    same(trainer.state, again.state)


def test_a_state_is_none_before_the_first_and_the_last_one_after(store):
    run_id = store.create(experiment())
    assert store.state(run_id) is None
    store.append(run_id, snapshot(1), {"a": torch.zeros(2)})
    store.append(run_id, snapshot(2), {"a": torch.ones(3)})
    same(store.state(run_id), {"a": torch.ones(3)})


def test_metrics_of_logs_and_snapshots_are_merged_by_step(store):
    run_id = store.create(experiment())
    store.log(run_id, [(1, {"training_loss": 3.0}), (2, {"training_loss": 2.0})])
    store.append(run_id, snapshot(2, accuracy=0.5))
    store.log(run_id, [(3, {"training_loss": 1.0})])
    assert store.metrics(run_id) == [
        (1, {"training_loss": 3.0}),
        (2, {"training_loss": 2.0, "loss": 1.5, "accuracy": 0.5}),
        (3, {"training_loss": 1.0}),
    ]
    assert store.metrics(run_id, after=2) == [(3, {"training_loss": 1.0})]


def test_what_is_written_twice_is_kept_once(store):
    run_id = store.create(experiment())
    for loss in (1.0, 2.0):
        store.append(run_id, snapshot(4, loss=loss))
        store.log(run_id, [(5, {"training_loss": loss})])
    assert store.metrics(run_id) == [(4, {"loss": 2.0}), (5, {"training_loss": 2.0})]


@pytest.mark.parametrize(
    "ask",
    [
        lambda store: store.run("nothing"),
        lambda store: store.snapshots("nothing"),
        lambda store: store.metrics("nothing"),
        lambda store: store.state("nothing"),
        lambda store: store.wish("nothing", "pause"),
        lambda store: store.snapshot(store.create(experiment()), 3),
    ],
)
def test_the_unknown_is_named(store, ask):
    with pytest.raises(UnknownRun, match=r"nothing|got 3"):
        ask(store)


def test_find_of_any_status_falls_back_on_what_was_begun(store):
    mine = experiment(5)
    paused = store.create(mine)
    store.desk.record(paused, status="paused")
    assert store.find(mine) is None
    assert store.find(mine, any_status=True) == paused
    going = store.create(mine)
    stopped = store.create(mine)
    store.desk.record(stopped, status="stopped")
    assert store.find(mine, any_status=True) == store.find(mine) == going


def test_find_prefers_finished_then_going_and_never_altered_runs(store):
    mine = experiment(5)
    finish = lambda run_id, **values: store.desk.record(run_id, status="finished", **values)  # noqa: E731
    store.create(experiment(6))
    assert store.find(mine) is None
    altered = store.create(mine)
    finish(altered, changes=[(2, "learning_rate", 0.1)])
    assert store.find(mine) is None
    old = store.create(mine)
    assert store.find(mine) == old
    finish(old)
    store.create(mine)
    assert store.find(mine) == old
    new = store.create(mine)
    finish(new)
    assert store.find(experiment(5)) == new
    assert store.run(altered).changes == ((2, "learning_rate", 0.1),)


def test_recent_lists_the_newest_first_and_can_be_asked_of_one_visitor(store):
    ids = [store.create(experiment(), visitor) for visitor in ("ada", "bob", "ada")]
    assert [run.id for run in store.recent()] == ids[::-1]
    assert [run.id for run in store.recent(2)] == ids[:0:-1]
    assert [run.id for run in store.recent(visitor="ada")] == [ids[2], ids[0]]


def test_a_wish_is_handed_out_once_and_in_order(store):
    run_id, other = store.create(experiment()), store.create(experiment())
    store.wish(run_id, "learning_rate", 0.25)
    store.wish(other, "stop")
    store.wish(run_id, "pause")
    assert store.take_wishes(run_id, ["pause"]) == [Wish("pause")]
    assert store.take_wishes(run_id) == [Wish("learning_rate", 0.25)]
    assert store.take_wishes(run_id) == []
    with pytest.raises(ValueError, match=r"wanted one of pause.*got 'sleep'"):
        store.wish(run_id, "sleep")


@given(st.text(min_size=1, max_size=200).filter(lambda text: text.isprintable()))
def test_texts_come_back_under_a_key_of_their_content(text):
    store = _TEXTS
    key = store.save_text(text)
    assert store.text(key) == text and store.save_text(text) == key


_TEXTS = Store("sqlite://")


def test_texts_have_a_size_and_an_unknown_one_is_named(store):
    with pytest.raises(ValueError, match="got 5,000,002"):
        store.save_text("é" * (LONGEST_TEXT // 2 + 1))
    with pytest.raises(ValueError, match="got 0"):
        store.save_text("")
    with pytest.raises(UnknownText, match="no text 'abc'"):
        store.text("abc")


def test_packing_keeps_every_kind_of_tensor():
    tensors = {
        "turned": torch.randn(3, 5).T,
        "scalar": torch.tensor(4.0),
        "generator": torch.Generator().manual_seed(5).get_state(),
        "progress": torch.tensor([1.0, float("nan")], dtype=torch.float64)[:1],
    }
    same(unpacked(packed(tensors)), tensors)
    assert b"pickle" not in packed(tensors)


def test_two_stores_on_one_file_see_each_other_and_write_at_once(store):
    other = Store(store.address[0])
    run_id = store.create(experiment())
    errors = []

    def write(into, first):
        try:
            for step in range(first, 60, 2):
                into.append(run_id, snapshot(step), {"a": torch.full((2,), step)})
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=write, args=pair) for pair in ((store, 0), (other, 1))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors
    assert other.snapshot_steps(run_id) == list(range(60)) == store.snapshot_steps(run_id)
    other.close()


KILLED_BETWEEN = """
import os, sys, torch
from sqlalchemy import insert
from models.training import desk
from models.training.store import Store
from tests.models.training.test_store import snapshot
store = Store(sys.argv[1])
store.append(sys.argv[2], snapshot(1), {"a": torch.ones(1)})
put = desk._put
def die_after_the_snapshot(connection, table, rows):
    put(connection, table, rows)
    if table is desk._SNAPSHOTS:
        os.kill(os.getpid(), 9)
desk._put = die_after_the_snapshot
store.append(sys.argv[2], snapshot(2), {"a": torch.zeros(1)})
"""


def test_a_kill_between_snapshot_and_checkpoint_leaves_both_as_they_were(store):
    run_id = store.create(experiment())
    ended = subprocess.run([sys.executable, "-c", KILLED_BETWEEN, store.address[0], run_id])
    assert ended.returncode == -9
    assert store.snapshot_steps(run_id) == [1] and store.run(run_id).step == 1
    same(store.state(run_id), {"a": torch.ones(1)})


def test_an_older_attempt_may_write_no_more(store):
    run_id = store.create(experiment())
    first, _ = store.desk.enlist(run_id, "server", "pool")
    assert store.desk.claim(run_id, first) and not store.desk.claim(run_id, first)
    assert store.desk.record(run_id, attempt=first, status="paused")
    second, _ = store.desk.enlist(run_id, "another server", "pool")
    assert store.desk.claim(run_id, second)
    assert not store.desk.record(run_id, attempt=first, snapshots=[snapshot(9)], step=9)
    assert store.snapshot_steps(run_id) == [] and store.run(run_id).step == 0
    assert not store.desk.end(run_id, first, "failed", "it died")
    assert store.run(run_id).status == "running"


def test_only_one_server_gets_to_resume(store):
    run_id = store.create(experiment())
    assert store.desk.enlist(run_id, "server", "pool")
    assert store.desk.enlist(run_id, "another", "pool") is None
    assert store.desk.withdraw(run_id, "paused")
    assert store.desk.enlist(run_id, "another", "pool")
    assert store.desk.enlist(run_id, "server", "pool") is None


def test_the_queue_serves_visitors_in_turn(store):
    order = {}
    for visitor in ("ada", "ada", "ada", "bob", "bob", "eve"):
        run_id = store.create(experiment(), visitor)
        store.desk.enlist(run_id, "server", "pool")
        order[run_id] = visitor
    waiting = sorted(map(store.run, order), key=lambda run: run.place)
    assert [run.place for run in waiting] == [1, 2, 3, 4, 5, 6]
    assert [order[run.id] for run in waiting] == ["ada", "bob", "eve", "ada", "bob", "ada"]


def test_what_nobody_asked_for_comes_after_all_that_somebody_did(store):
    order = {}
    for visitor in ("", "", "ada", "", "ada", "bob"):
        run_id = store.create(experiment(), visitor)
        store.desk.enlist(run_id, "server", "pool")
        order[run_id] = visitor
    waiting = sorted(map(store.run, order), key=lambda run: run.place)
    assert [order[run.id] for run in waiting] == ["ada", "bob", "ada", "", "", ""]
    last = waiting[-1].id
    assert store.desk.adopt(last, "eve", "another") == []
    assert [run_id for run_id, *_ in store.desk.adopt(last, "eve", "server")] == [last]
    assert store.run(last).place == 3


def test_the_file_holds_no_pickle_and_uses_a_write_ahead_log(file_store):
    path = file_store.address[0].removeprefix("sqlite:///")
    connection = sqlite3.connect(path)
    assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    connection.close()
