"""A Dask scheduler that is not ours, reached by address: processes of the test's own on loopback."""

import os
import signal
import subprocess
import sys
from contextlib import contextmanager

import pytest

from models.training import dispatch
from models.training.cluster import ENVIRONMENT, ROOT
from models.training.engine import Engine
from models.training.loop import train
from models.training.store import Store
from tests.models.training.conftest import experiment, free_port, until
from tests.models.training.test_store import same


@contextmanager
def process(*command):
    """A command of Dask that ends with the test, whatever comes of it."""
    child = subprocess.Popen(
        [sys.executable, "-m", "distributed.cli." + command[0], *command[1:]],
        env=os.environ | ENVIRONMENT | {"PYTHONPATH": str(ROOT)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield child
    finally:
        kill(child)


def kill(child):
    """The process and its children: a Dask worker has a nanny."""
    if child.poll() is None:
        os.killpg(child.pid, signal.SIGKILL)
    child.wait()


def scheduler(port):
    return process(
        "dask_scheduler", "--host", "127.0.0.1", "--port", str(port), "--no-dashboard", "--no-show"
    )


def worker(address):
    return process(
        "dask_worker", address, "--nthreads", "1", "--no-dashboard", "--preload", "models.training.warm"
    )


@pytest.fixture
def engine(monkeypatch, file_store):
    port = free_port()
    monkeypatch.setenv("UNROLLED_SCHEDULER", f"tcp://127.0.0.1:{port}")
    engine = Engine(file_store)
    engine.port = port
    yield engine
    engine.close()


def status(engine, run_id):
    return engine.store.run(run_id).status


@pytest.mark.filterwarnings("ignore")
def test_runs_train_on_a_distant_scheduler_and_outlive_its_troubles(engine, tmp_path):
    made = experiment(40, seed=3)
    first = engine.start(made, "ada")
    until(lambda: engine.problem == dispatch.UNREACHABLE)
    with scheduler(engine.port):
        until(engine.ready)
        until(lambda: engine.problem == dispatch.NO_WORKER)
        assert status(engine, first) == "queued"
        with worker(engine.pool):
            until(lambda: status(engine, first) == "finished")
            until(lambda: engine.problem is None)
            same(engine.store.snapshot(first, 40).weights, list(train(made))[-1].weights)
            another = Store(engine.store.address[0])
            assert another.run(first).step == 40
            another.close()
            killed = engine.start(experiment(20_000, seed=4))
            until(lambda: engine.store.run(killed).step > 3)
    until(lambda: status(engine, killed) == "failed")
    assert "ended from outside" in engine.store.run(killed).reason
    until(lambda: engine.problem == dispatch.UNREACHABLE)
    with scheduler(engine.port), worker(engine.pool):
        until(engine.ready)
        engine.resume(killed)
        at = engine.store.run(killed).step
        until(lambda: engine.store.run(killed).step > at + 3)
        engine.stop(killed)
        until(lambda: status(engine, killed) == "stopped")


@pytest.mark.filterwarnings("ignore")
def test_a_worker_that_is_killed_fails_its_run_even_where_dask_would_try_again(engine):
    """A scheduler that was started by hand allows three failures; a run must not hang for that."""
    with scheduler(engine.port), worker(engine.pool):
        run_id = engine.start(experiment(20_000))
        until(lambda: engine.store.run(run_id).step > 3)
        pid = next(iter(engine.dispatch.client.run(os.getpid).values()))
        os.kill(pid, signal.SIGKILL)
        until(lambda: status(engine, run_id) == "failed")
        assert "Resume goes on from there" in engine.store.run(run_id).reason
