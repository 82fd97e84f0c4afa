"""Carries what training makes to the store, and wishes back, beside the training."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Mapping, Sequence

from torch import Tensor

from models.training.loop import Snapshot
from models.training.records import Wish
from models.training.store import Store

POLL = 0.04
"""Seconds between two looks for wishes."""
FLUSH = 0.2
"""Least seconds between two writes."""
BEAT = 1.0
"""Most seconds between two signs of life."""


class Courier(threading.Thread):
    """Writes in batches, so that training neither waits for the disk nor pays for each snapshot.

    One transaction takes all that was handed over since the last one, with the newest checkpoint.
    """

    def __init__(self, store: Store, run_id: str, attempt: int, seconds: float) -> None:
        """Carry for one attempt at a run that has trained for `seconds` already."""
        super().__init__(name=f"courier of {run_id}", daemon=True)
        self.store, self.run_id, self.attempt = store, run_id, attempt
        self.wishes: deque[Wish] = deque(store.take_wishes(run_id))
        self.step: int | None = None
        self.superseded = False
        """Whether the run has meanwhile passed to somebody else."""
        self.fault: Exception | None = None
        self._seconds, self._began = seconds, time.monotonic()
        self._snapshots: list[Snapshot] = []
        self._rows: list[tuple[int, Mapping[str, float]]] = []
        self._state: Mapping[str, Tensor] | None = None
        self._changes: Sequence[tuple] | None = None
        self._lock = threading.Lock()
        self._written = 0.0
        self._over = threading.Event()

    def log(self, step: int, **metrics: float) -> None:
        """Hand over metrics of one step."""
        with self._lock:
            self._rows.append((step, metrics))

    def keep(self, snapshot: Snapshot | None, state: Mapping[str, Tensor]) -> None:
        """Hand over a snapshot and the checkpoint that belongs to it."""
        with self._lock:
            if snapshot is not None:
                self._snapshots.append(snapshot)
            self._state = state

    def change(self, changes: Sequence, state: Mapping[str, Tensor]) -> None:
        """Hand over all changes that were made mid-run, with the checkpoint that has them."""
        with self._lock:
            self._changes, self._state = [tuple(change) for change in changes], state

    def close(self, **values: object) -> None:
        """Write what is left, with the run's last values, for example its status."""
        self._over.set()
        self.join()
        if not self.superseded:
            self._write(**values)

    def run(self) -> None:
        """Look for wishes and write until closed."""
        try:
            while not (self.superseded or self._over.wait(POLL)):
                self.wishes.extend(self.store.take_wishes(self.run_id))
                waited = time.monotonic() - self._written
                due = self._snapshots or self._rows or self._state is not None
                if waited > BEAT or (due and waited > FLUSH):
                    self._write()
        except Exception as error:  # handed to the training thread, which ends the run with it
            self.fault = error

    def _write(self, **values: object) -> None:
        with self._lock:
            snapshots, self._snapshots = self._snapshots, []
            rows, self._rows = self._rows, []
            state, self._state = self._state, None
            changes, self._changes = self._changes, None
        if self.step is not None:
            values.setdefault("step", self.step)
        values["seconds"] = self._seconds + time.monotonic() - self._began
        mine = self.store.desk.record(
            self.run_id,
            attempt=self.attempt,
            snapshots=snapshots,
            rows=rows,
            state=state,
            changes=changes,
            **values,
        )
        self.superseded = not mine
        self._written = time.monotonic()
