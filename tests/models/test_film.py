"""A film holds the same look at every kept moment, and picks up what training adds."""

import numpy as np
import pytest
import torch

from models.experiment import Experiment, ModelConfig, TrainConfig
from models.film import Film, network_at, task_of
from models.looks import sequence_look, softmax
from models.training.loop import train
from models.training.store import Store

EXPERIMENT = Experiment(
    "write_keep_clear", {"length": 9}, ModelConfig(hidden=3, embedding=2), TrainConfig(steps=5, batch_size=4)
)


@pytest.fixture
def store(tmp_path):
    return Store(f"sqlite:///{tmp_path}/film.sqlite")


def test_a_film_grows_with_its_run(store):
    run_id = store.create(EXPERIMENT)
    probe = task_of(EXPERIMENT).encode("=a b ?")
    film = Film(store, run_id, sequence_look(probe))
    assert len(film.update()) == 0
    snapshots = list(train(EXPERIMENT))
    store.append(run_id, snapshots[0])
    store.append(run_id, snapshots[1])
    assert film.update().moments == [s.step for s in snapshots[:2]]
    for snapshot in snapshots[2:]:
        store.append(run_id, snapshot)
    film.update()
    assert film.moments == [s.step for s in snapshots]
    assert film["layers.0.forget_gate"].shape == (len(snapshots), 3, 3)
    assert film["answer"].shape == (len(snapshots), 3, 5)
    assert np.allclose(film["answer"].sum(-1), 1)


def test_every_moment_is_what_its_weights_say(store):
    run_id = store.create(EXPERIMENT)
    for snapshot in train(EXPERIMENT):
        store.append(run_id, snapshot)
    probe = task_of(EXPERIMENT).encode("=a b ?")
    film = Film(store, run_id, sequence_look(probe)).update()
    network = network_at(EXPERIMENT, store.snapshot(run_id, 5))
    with torch.no_grad():
        expected = softmax(network(probe[None])[0].numpy())
    assert np.allclose(film["answer"][-1], expected, atol=1e-6)
    assert not np.allclose(film["answer"][0], film["answer"][-1], atol=1e-4)


def test_a_name_that_was_never_seen_is_refused(store):
    run_id = store.create(EXPERIMENT)
    store.append(run_id, next(iter(train(EXPERIMENT))))
    film = Film(store, run_id, sequence_look(task_of(EXPERIMENT).encode("=a ?"))).update()
    with pytest.raises(KeyError, match="no 'gate' in this film"):
        film["gate"]
