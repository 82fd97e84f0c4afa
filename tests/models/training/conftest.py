import socket
import time

import pytest
import torch

from models.experiment import Experiment, ModelConfig, TrainConfig
from models.training.store import Store
from tests.models.training.postgres import postgres

torch.set_num_threads(1)


def experiment(steps=7, *, hidden=5, start_from=None, **train):
    """A run of a fraction of a second, with sizes that differ from one another."""
    model = ModelConfig(kind="lstm", hidden=hidden, embedding=3)
    return Experiment(
        model=model, train=TrainConfig(steps=steps, batch_size=2, **train), start_from=start_from
    )


def until(condition, seconds=180.0):
    """Wait for something that other processes bring about; fails after a time that no machine needs."""
    limit = time.monotonic() + seconds
    while not (result := condition()):
        assert time.monotonic() < limit, "what was waited for did not come"
        time.sleep(0.02)
    return result


def free_port():
    """A port of this machine that nobody listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


@pytest.fixture
def file_store(tmp_path):
    """A store in a SQLite file."""
    store = Store(f"sqlite:///{tmp_path / 'runs.sqlite'}")
    yield store
    store.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request):
    """A store of each kind: SQLite, and a real PostgreSQL where one is given."""
    if request.param == "sqlite":
        yield request.getfixturevalue("file_store")
        return
    with postgres() as database:
        store = Store(database.url)
        assert store.problem is None
        yield store
        store.close()
