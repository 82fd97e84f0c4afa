"""Runs in a real PostgreSQL: trained by the engine, raced for by several servers, cut off and found again."""

import subprocess
import sys
import threading

import pytest

from models.training.desk import UNASKED
from models.training.engine import Engine
from models.training.loop import train
from models.training.records import StoreFault
from models.training.store import Store
from tests.models.training.conftest import experiment, until
from tests.models.training.postgres import postgres
from tests.models.training.test_store import same


@pytest.fixture(scope="module")
def corner():
    with postgres() as database:
        yield database


@pytest.fixture(scope="module")
def engine(corner):
    store = Store(corner.url)
    engine = Engine(store, workers=1)
    until(engine.ready)
    yield engine
    engine.close()
    store.close()


def status(engine, run_id):
    return engine.store.run(run_id).status


def test_a_run_is_paused_stepped_resumed_and_equals_the_bare_loop(engine):
    made = experiment(230, seed=1)
    run_id = engine.start(made, "ada")
    engine.pause(run_id)
    until(lambda: status(engine, run_id) in ("paused", "finished"))
    if status(engine, run_id) == "paused":
        at = engine.store.run(run_id).step
        engine.step(run_id)
        until(lambda: engine.store.run(run_id).step == at + 1)
        until(lambda: not engine.store.run(run_id).going)
        engine.resume(run_id)
    until(lambda: status(engine, run_id) == "finished")
    for moment in train(made):
        same(engine.store.snapshot(run_id, moment.step).weights, moment.weights)


def test_a_run_that_loses_the_database_says_so_and_goes_on_when_it_is_back(engine, corner):
    made = experiment(20_000, seed=2)
    run_id = engine.start(made)
    until(lambda: engine.store.state(run_id))
    corner.shut()
    with pytest.raises(StoreFault, match="cannot be reached"):
        engine.store.run(run_id)
    problem = until(lambda: engine.store.problem)
    assert "cannot be reached" in problem and "@" not in problem
    until(lambda: engine.dispatch.returned())
    corner.open()
    until(lambda: status(engine, run_id) == "failed")
    assert "could not be reached while this run trained" in engine.store.run(run_id).reason
    kept = engine.store.snapshot_steps(run_id)[-1]
    engine.resume(run_id)
    until(lambda: engine.store.run(run_id).step > kept)
    engine.stop(run_id)
    until(lambda: status(engine, run_id) == "stopped")
    until(lambda: engine.store.create(experiment()) and engine.store.problem is None)


def test_only_one_of_many_servers_gets_a_run(corner):
    stores = [Store(corner.url) for _ in range(4)]
    for seed in range(10):
        run_id = stores[0].create(experiment(seed=seed))
        together, got = threading.Barrier(4), []

        def enlist(store, run_id=run_id, together=together, got=got):
            together.wait()
            got.append(store.desk.enlist(run_id, "server", "pool"))

        at_once([lambda store=store: enlist(store) for store in stores])
        assert [entry for entry in got if entry] == [(1, UNASKED)]
        stores[0].desk.withdraw(run_id, "stopped")
    for store in stores:
        store.close()


def test_a_text_that_two_bring_at_once_is_kept_once(corner):
    stores = [Store(corner.url) for _ in range(3)]
    for number in range(10):
        keys = []
        at_once([lambda s=s, n=number, k=keys: k.append(s.save_text(f"the text {n}")) for s in stores])
        assert len(keys) == 3 and len(set(keys)) == 1
        assert stores[0].text(keys[0]) == f"the text {number}"
    for store in stores:
        store.close()


def at_once(actions):
    threads = [threading.Thread(target=action) for action in actions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


OPENED = "import sys; from models.training.store import Store; print(Store(sys.argv[1]).problem)"


def test_servers_that_begin_together_make_the_tables_together():
    with postgres() as database:
        command = [sys.executable, "-c", OPENED, database.url]
        started = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(3)]
        assert [process.communicate()[0].strip() for process in started] == ["None"] * 3


def test_a_wrong_password_is_said_without_telling_it(corner):
    wrong = corner.url.replace(f":{corner.role}@", ":geheim@").replace(corner.role, "nobody_of_that_name")
    store = Store(wrong)
    assert "cannot be reached" in store.problem and "memory" in store.problem
    assert "geheim" not in store.problem and "nobody" not in store.problem
    assert store.run(store.create(experiment(3))).status == "queued"
    store.close()
