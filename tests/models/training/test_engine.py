import os
import signal
import subprocess
import sys
import time
from dataclasses import replace

import pytest
import torch
from distributed import Client

from models.training import cluster
from models.training.engine import Engine
from models.training.loop import train
from models.training.store import Store
from tests.models.training.conftest import experiment, until
from tests.models.training.test_store import same, snapshot

LONG = 20_000


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    """One store and one engine with two workers for all tests of this file: a cluster takes seconds."""
    store = Store(f"sqlite:///{tmp_path_factory.mktemp('engine') / 'runs.sqlite'}")
    engine = Engine(store, workers=2, grace=0.5)
    until(engine.ready)
    yield store, engine
    engine.close()
    store.close()


@pytest.fixture
def engine(shared):
    store, engine = shared
    yield engine
    for run in store.recent(100):
        if run.status in ("queued", "running", "paused"):
            engine.stop(run.id)
    until(lambda: not any(run.going for run in store.recent(100)))


def status(engine, run_id):
    return engine.store.run(run_id).status


def under_way(engine, run_id, step=3):
    until(lambda: engine.store.run(run_id).step > step)


def worker_of(engine, run_id):
    """The process that trains a run."""
    held = until(
        lambda: [w for w, keys in engine.dispatch.client.processing().items() if f"{run_id}-" in str(keys)]
    )
    return engine.dispatch.client.run(os.getpid, workers=held)[held[0]]


def test_a_run_is_trained_in_another_process_and_equals_the_bare_loop(engine):
    made = experiment(23, seed=1)
    run_id = engine.start(made, "ada")
    until(lambda: status(engine, run_id) == "finished")
    last = list(train(made))[-1]
    same(engine.store.snapshot(run_id, 23).weights, last.weights)


def test_pause_step_resume(engine):
    made = experiment(LONG, seed=2)
    run_id = engine.start(made)
    under_way(engine, run_id)
    engine.pause(run_id)
    until(lambda: status(engine, run_id) == "paused")
    at = engine.store.run(run_id).step
    for more in (1, 2):
        engine.step(run_id)
        until(lambda more=more: engine.store.run(run_id).step == at + more)
        until(lambda: status(engine, run_id) == "paused")
        assert engine.store.snapshot_steps(run_id)[-1] == at + more
    engine.set_learning_rate(run_id, 0.125)
    engine.resume(run_id)
    under_way(engine, run_id, at + 3)
    assert engine.store.run(run_id).changes == ((at + 2, "learning_rate", 0.125),)
    engine.stop(run_id)
    until(lambda: status(engine, run_id) == "stopped")


def test_a_pause_that_is_taken_back_at_once_does_not_stop_the_run(engine):
    run_id = engine.start(experiment(LONG))
    under_way(engine, run_id)
    engine.pause(run_id)
    engine.resume(run_id)
    step = engine.store.run(run_id).step
    under_way(engine, run_id, step + 50)


def test_a_learning_rate_out_of_bounds_is_refused(engine):
    run_id = engine.store.create(experiment())
    with pytest.raises(ValueError, match="wanted a number from 1e-05 to 1, got 7"):
        engine.set_learning_rate(run_id, 7.0)


def test_more_runs_than_workers_queue_and_their_place_is_shown(engine):
    running = [engine.start(experiment(LONG, seed=seed), "ada") for seed in range(2)]
    until(lambda: all(status(engine, run_id) == "running" for run_id in running))
    waiting = [engine.start(experiment(5, seed=seed), "ada") for seed in range(2)]
    late = engine.start(experiment(5), "bob")
    assert [engine.store.run(run_id).place for run_id in (late, *waiting, running[0])] == [1, 2, 3, 0]
    engine.pause(waiting[0])
    assert status(engine, waiting[0]) == "paused"
    assert engine.store.run(waiting[1]).place == 2
    engine.stop(running[0])
    until(lambda: status(engine, late) == "finished")
    until(lambda: status(engine, waiting[1]) == "finished")
    assert status(engine, waiting[0]) == "paused" and engine.store.snapshot_steps(waiting[0]) == []
    engine.resume(waiting[0])
    until(lambda: status(engine, waiting[0]) == "finished")


def test_who_looks_at_a_run_that_nobody_asked_for_need_not_wait_for_the_others(engine):
    running = [engine.start(experiment(LONG, seed=seed)) for seed in range(2)]
    until(lambda: all(status(engine, run_id) == "running" for run_id in running))
    waiting = [engine.start(experiment(5, seed=seed)) for seed in range(4)]
    base = experiment(5, seed=8)
    tuned = engine.start(replace(base, train=replace(base.train, seed=9), start_from=base))
    assert [engine.store.run(run_id).place for run_id in waiting] == [1, 2, 3, 4]
    engine.attend(waiting[2], "ada")
    assert [engine.store.run(run_id).place for run_id in waiting] == [2, 3, 1, 4]
    engine.attend(tuned, "bob")
    ahead = [engine.store.run(engine.store.find(base)), engine.store.run(tuned)]
    assert [run.visitor for run in ahead] == ["bob", "bob"] and ahead[0].place == 2
    engine.stop(running[0])
    until(lambda: status(engine, tuned) == "finished")
    until(lambda: status(engine, waiting[2]) == "finished")
    assert engine.desk.adopt(waiting[2], "eve", engine.id) == []
    engine.stop(running[1])
    until(lambda: all(status(engine, run_id) == "finished" for run_id in waiting))


def test_a_killed_worker_is_replaced_and_its_run_goes_on_from_the_checkpoint(engine):
    made = experiment(300, seed=5)
    run_id = engine.start(made)
    until(lambda: engine.store.state(run_id))
    os.kill(worker_of(engine, run_id), signal.SIGKILL)
    until(lambda: not engine.store.run(run_id).going)
    run = engine.store.run(run_id)
    if run.status != "finished":  # it may have been done before the signal came
        assert run.status == "failed"
        assert "was ended" in run.reason and "Resume goes on from there" in run.reason
        engine.resume(run_id)
    until(lambda: status(engine, run_id) == "finished")
    same(engine.store.snapshot(run_id, 300).weights, list(train(made))[-1].weights)
    until(lambda: len(engine.dispatch.client.scheduler_info(n_workers=-1)["workers"]) == 2)


def test_a_run_trains_what_it_starts_from_first(engine):
    base = experiment(6, seed=8)
    made = experiment(4, seed=9, start_from=base)
    run_id = engine.start(made)
    until(lambda: status(engine, run_id) == "finished")
    found = engine.store.find(base)
    same(engine.store.snapshot(run_id, 0).weights, engine.store.snapshot(found, 6).weights)
    assert (
        engine.start(made) != run_id
        and len([r for r in engine.store.recent(99) if r.experiment == base]) == 1
    )


def test_what_nobody_watches_is_paused_after_the_grace(engine):
    run_id = engine.start(experiment(LONG))
    under_way(engine, run_id)
    engine.attend(run_id, "ada")
    engine.attend(run_id, "bob")
    engine.leave("ada")
    engine.attend(run_id, "ada")
    engine.leave("bob")
    time.sleep(1.5)
    assert status(engine, run_id) == "running"
    engine.leave("ada")
    until(lambda: status(engine, run_id) == "paused")


def test_who_turns_from_a_run_pauses_it_only_where_nobody_else_looks(engine):
    run_id, other = (engine.start(experiment(LONG, seed=seed), "ada") for seed in (31, 32))
    for visitor, seen in (("ada", run_id), ("bob", run_id), ("ada", other)):
        engine.attend(seen, visitor)
    engine.turn_from(run_id, "ada")
    under_way(engine, run_id, engine.store.run(run_id).step + 3)
    engine.turn_from(run_id, "bob")
    until(lambda: status(engine, run_id) == "paused")
    assert engine.store.run(other).going
    engine.turn_from(other, "ada")
    until(lambda: status(engine, other) == "paused")


def test_a_run_that_is_watched_through_another_server_goes_on(engine):
    engine.desk.beat("another server")
    run_id = engine.start(experiment(LONG))
    under_way(engine, run_id)
    engine.attend(run_id, "ada")
    engine.desk.watch(run_id, "bob", "another server")
    engine.leave("ada")
    time.sleep(1.5)
    assert status(engine, run_id) == "running"
    engine.desk.sign_off("another server")


def test_workers_know_texts_and_know_no_streamlit(engine):
    client = engine.dispatch.client
    loaded = client.run(lambda: sorted({"streamlit", "plotly"} & set(__import__("sys").modules)))
    assert list(loaded.values()) == [[], []]
    assert all(value >= 10 for value in client.run(os.nice, 0).values())
    assert set(client.run(torch.get_num_threads).values()) == {1}


@pytest.mark.filterwarnings("ignore")
def test_the_cluster_refuses_who_has_no_key(engine):
    from distributed.security import Security

    address, loop = engine.dispatch.cluster.address, engine.dispatch.client.loop
    assert address.startswith("tls://127.0.0.1")
    for security in (None, Security.temporary()):
        with pytest.raises((OSError, TypeError)):
            Client(address, security=security, timeout=1, set_as_default=False, loop=loop)


def test_another_server_leaves_running_runs_alone_and_can_pause_them(engine, monkeypatch):
    run_id = engine.start(experiment(LONG))
    under_way(engine, run_id)
    other_store = Store(engine.store.address[0])
    monkeypatch.setattr(cluster, "launch", lambda workers: _not_needed())
    other = Engine(other_store)
    assert other.desk.orphans() == []
    other.pause(run_id)
    until(lambda: status(engine, run_id) == "paused")
    other.close()
    engine.resume(run_id)
    under_way(engine, run_id, engine.store.run(run_id).step + 3)
    other_store.close()


def _not_needed():
    raise RuntimeError("this server needs no cluster")


def test_runs_of_a_server_that_is_gone_are_paused_with_the_reason(engine):
    desk, store = engine.desk, engine.store
    run_id = store.create(experiment(9))
    attempt, _ = desk.enlist(run_id, "a dead server", "its cluster")
    desk.claim(run_id, attempt)
    store.append(run_id, snapshot(4), {"a": torch.zeros(1)})
    store.database.write(run_id, _long_ago)
    until(lambda: status(engine, run_id) == "paused")
    assert "The server that saw to this run ended. All up to step 4 is kept" in store.run(run_id).reason


def _long_ago(connection):
    from models.training.tables import runs

    connection.execute(runs.update().where(runs.c.owner == "a dead server").values(heartbeat=1, entered=1))


def test_a_cluster_that_is_killed_is_replaced_and_its_runs_say_so(engine):
    run_id = engine.start(experiment(LONG))
    under_way(engine, run_id)
    engine.dispatch.cluster.process.kill()
    until(lambda: status(engine, run_id) == "failed")
    assert "training processes were ended" in engine.store.run(run_id).reason
    until(engine.ready)
    again = engine.start(experiment(5))
    until(lambda: status(engine, again) == "finished")


SERVER = """
import os, sys, time
from models.training.engine import Engine
from models.training.store import Store
from tests.models.training.conftest import experiment, until
if __name__ == "__main__":
    engine = Engine(Store(sys.argv[1]), workers=1)
    run_id = engine.start(experiment(20_000))
    until(lambda: engine.store.run(run_id).step > 3)
    workers = engine.dispatch.client.run(os.getpid).values()
    print(run_id, engine.dispatch.cluster.process.pid, *workers, flush=True)
    time.sleep(600)
"""


def test_after_a_kill_of_the_server_no_process_is_left_and_the_run_is_found(tmp_path):
    import psutil

    url = f"sqlite:///{tmp_path / 'runs.sqlite'}"
    server = subprocess.Popen([sys.executable, "-c", SERVER, url], stdout=subprocess.PIPE, text=True)
    run_id, *pids = server.stdout.readline().split()
    server.kill()
    server.wait()
    server.stdout.close()
    assert len(pids) == 2
    until(lambda: not any(psutil.pid_exists(int(pid)) for pid in pids))
    store = Store(url)
    run = store.run(run_id)
    assert run.step > 3 and store.snapshot_steps(run_id) and store.state(run_id)
    store.close()
