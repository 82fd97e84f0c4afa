import time

import pytest
import torch

from models.experiment import Experiment, ModelConfig, TrainConfig
from models.training.store import Store

torch.set_num_threads(1)


def experiment(steps=7, *, hidden=5, start_from=None, **train):
    """A run of a fraction of a second, with sizes that differ from one another."""
    model = ModelConfig(kind="lstm", hidden=hidden, embedding=3)
    return Experiment(
        model=model, train=TrainConfig(steps=steps, batch_size=2, **train), start_from=start_from
    )


def until(condition, seconds=60.0):
    """Wait for something that other processes bring about; fails after a time that no machine needs."""
    limit = time.monotonic() + seconds
    while not (result := condition()):
        assert time.monotonic() < limit, "what was waited for did not come"
        time.sleep(0.02)
    return result


@pytest.fixture
def store(tmp_path):
    store = Store(f"sqlite:///{tmp_path / 'runs.sqlite'}")
    yield store
    store.close()
