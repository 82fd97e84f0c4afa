"""A run as a film: the same look into the network at every kept moment of training."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping

import numpy as np

from models.experiment import Experiment
from models.networks import Network, build_network
from models.tasks import Task, build_task
from models.training.loop import Snapshot
from models.training.store import Store

Look = Callable[[Network, Task], Mapping[str, np.ndarray]]
"""What is seen at one moment: names and arrays, the same names and shapes at every moment."""


def task_of(experiment: Experiment) -> Task:
    """The task of an experiment."""
    return build_task(experiment.task, **experiment.task_options)


def network_at(experiment: Experiment, snapshot: Snapshot) -> Network:
    """A network of one's own with the weights of a snapshot, ready to look into."""
    network = build_network(experiment.model, task_of(experiment))
    network.load_state_dict(snapshot.weights)
    return network.eval()


class Film:
    """The looks into one run, moment by moment; `update` adds those that training has added."""

    def __init__(self, store: Store, run_id: str, look: Look) -> None:
        """Begin empty."""
        self._store, self.run_id, self._look = store, run_id, look
        self._experiment = store.run(run_id).experiment
        self._task = task_of(self._experiment)
        self._network: Network | None = None
        self._seen: list[tuple[int, Mapping[str, np.ndarray]]] = []
        self._samples: list[str] = []
        self._stacked: dict[str, np.ndarray] = {}
        self._lock = threading.Lock()

    def update(self) -> Film:
        """Look into every snapshot that is new."""
        with self._lock:
            after = self._seen[-1][0] if self._seen else -1
            for snapshot in self._store.snapshots(self.run_id, after):
                if self._network is None:
                    self._network = build_network(self._experiment.model, self._task)
                self._network.load_state_dict(snapshot.weights)
                self._seen.append((snapshot.step, self._look(self._network.eval(), self._task)))
                self._samples.append(snapshot.sample)
                self._stacked = {}
        return self

    @property
    def moments(self) -> list[int]:
        """The training steps that were looked at."""
        return [step for step, _ in self._seen]

    @property
    def samples(self) -> list[str]:
        """What the network wrote at each moment."""
        return list(self._samples)

    def __len__(self) -> int:
        """Number of moments."""
        return len(self._seen)

    def __getitem__(self, name: str) -> np.ndarray:
        """All moments of one array: (moment, ...). Raises KeyError for a name never seen."""
        with self._lock:
            if name not in self._stacked:
                seen = [arrays for _, arrays in self._seen]
                if seen and name not in seen[-1]:
                    raise KeyError(f"no {name!r} in this film; it has {sorted(seen[-1])}")
                self._stacked[name] = np.stack([arrays[name] for arrays in seen])
            return self._stacked[name]
