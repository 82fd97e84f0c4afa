"""The line to the Dask cluster: runs that wait are handed over, and it is heard when one comes back."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from functools import partial

from distributed import Client, Future
from distributed.security import Security

from models.training import cluster
from models.training.worker import train_run

AT_ONCE = 1_000_000
"""Priority of a single step: it goes before all runs that wait."""
LOOK = 2.0
"""Seconds between two looks for the workers of a distant scheduler."""
PATIENCE = 10
"""Seconds to wait for a scheduler that does not answer."""
FAULTS = (OSError, ValueError, RuntimeError, AssertionError)
"""What starting or finding a cluster may raise; the last where Dask's own thread came late."""
UNREACHABLE = "The scheduler that UNROLLED_SCHEDULER names does not answer. Runs wait until it does."
NO_WORKER = "No worker has joined the scheduler that UNROLLED_SCHEDULER names. Runs wait until one does."
NOT_STARTED = "The training processes could not be started. Runs wait while it is tried again."


@dataclass(frozen=True, slots=True)
class Order:
    """One attempt at a run, to be trained when its turn comes."""

    run_id: str
    attempt: int
    turn: int
    updates: int | None
    """Pause after so many; None goes on to the end."""


@dataclass(frozen=True, slots=True)
class Return:
    """An attempt that the cluster has let go of, for whatever reason."""

    run_id: str
    attempt: int
    future: Future


class Dispatcher:
    """Orders wait here until the cluster stands, and at the scheduler until a worker is free."""

    def __init__(self, store_address: tuple[str, str], scheduler: str, workers: int | None) -> None:
        """Connect to nothing yet.

        store_address: `Store.address`, for the workers
        scheduler: address of a Dask scheduler; empty for an embedded cluster of `workers` processes
        """
        self.scheduler = scheduler
        self.problem: str | None = None
        """Why runs cannot begin, in a sentence for the page; None where they can."""
        self.cluster: cluster.Cluster | None = None
        self.client: Client | None = None
        self._store_address, self._workers = store_address, workers
        self._waiting: list[Order] = []
        self._futures: dict[str, Future] = {}
        self._returns: list[Return] = []
        self._look_again = 0.0
        self._lock = threading.RLock()

    def ready(self) -> bool:
        """Whether the cluster stands, so that a run starts at once."""
        return self.client is not None and self.client.status == "running"

    def gone(self) -> bool:
        """Whether the cluster ended, or the scheduler was not found again after it was lost."""
        if self.cluster is not None and not self.cluster.alive():
            return True
        return self.client is not None and self.client.status == "closed"

    def connect(self) -> None:
        """Start the embedded cluster or find the distant one; `problem` says why it could not be."""
        try:
            if self.scheduler:
                address, security = self.scheduler, Security()
            else:
                self.cluster = cluster.launch(self._workers)
                address, security = self.cluster.address, self.cluster.security
            self.client = Client(address, security=security, set_as_default=False, timeout=PATIENCE)
        except FAULTS as error:
            self.problem = UNREACHABLE if self.scheduler else NOT_STARTED
            self.disconnect()
            raise ConnectionError(self.problem) from error
        self.problem = None

    def look_for_workers(self) -> None:
        """Say so while a distant scheduler has no worker; an embedded cluster sees to its own."""
        if not self.scheduler or time.monotonic() < self._look_again:
            return
        self._look_again = time.monotonic() + LOOK
        if not self.ready():
            self.problem = UNREACHABLE
        else:
            self.problem = None if self.client.scheduler_info(n_workers=-1)["workers"] else NO_WORKER

    def disconnect(self) -> None:
        """Let go of the cluster; what waits here goes to the next one."""
        with self._lock:
            client, self.client = self.client, None
            self._futures.clear()
        if client is not None:
            client.close(timeout=5)
        if self.cluster is not None:
            self.cluster.close()
            self.cluster = None

    def send(self, order: Order) -> None:
        """Have a run trained in its turn."""
        with self._lock:
            self._waiting.append(order)
        self.submit()

    def waits(self, run_id: str) -> bool:
        """Whether a run's order has not been handed over yet."""
        with self._lock:
            return any(order.run_id == run_id for order in self._waiting)

    def submit(self) -> None:
        """Hand all that waits to the cluster, if it stands."""
        with self._lock:
            while self._waiting and self.ready():
                order = self._waiting.pop(0)
                future = self.client.submit(
                    train_run,
                    self._store_address,
                    order.run_id,
                    order.attempt,
                    order.updates,
                    key=f"{order.run_id}-{order.attempt}",
                    priority=-order.turn if order.updates is None else AT_ONCE,
                    pure=False,
                )
                self._futures[order.run_id] = future
                future.add_done_callback(partial(self._back, order))

    def recall(self, run_id: str) -> None:
        """Take back an order that nobody has begun."""
        with self._lock:
            future = self._futures.pop(run_id, None)
            self._waiting = [order for order in self._waiting if order.run_id != run_id]
        if future is not None:
            future.cancel()

    def returned(self) -> list[Return]:
        """The attempts that came back; each stays on the list until it is `dealt_with`."""
        with self._lock:
            return list(self._returns)

    def dealt_with(self, done: Return) -> None:
        """Forget an attempt that came back."""
        with self._lock:
            self._returns.remove(done)

    def _back(self, order: Order, future: Future) -> None:
        with self._lock:
            if self._futures.get(order.run_id) is future:
                del self._futures[order.run_id]
                self._returns.append(Return(order.run_id, order.attempt, future))
