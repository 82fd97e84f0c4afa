"""Where runs train: a Dask cluster, an embedded one or a distant one, fed from the store."""

from __future__ import annotations

import logging
import os
import secrets
import threading
import time
from functools import partial

from distributed import Client, Future
from distributed.security import Security

from models.experiment import Experiment, TrainConfig
from models.settings import settings_of, shortened
from models.tasks import library
from models.training import cluster
from models.training.attendance import Attendance
from models.training.records import RESUMABLE
from models.training.store import Store
from models.training.worker import train_run

TICK = 0.1
"""Seconds between two looks at what changed."""
BEAT = 2.0
"""Seconds between two signs of life, and two looks for runs whose server is gone."""
LET_PAUSE = 3.0
"""Seconds that running runs get to pause when the server ends."""
AT_ONCE = 1_000_000
"""Priority of a single step: it goes before all runs that wait."""
KILLED = (
    "The process that trained this run was ended from outside, or ran out of memory. "
    "All up to step {step} is kept; Resume goes on from there."
)
SERVER_GONE = (
    "The server that saw to this run ended. All up to step {step} is kept; Resume goes on from there."
)
CLUSTER_GONE = (
    "The training processes were ended from outside. "
    "All up to step {step} is kept; Resume goes on from there."
)


class Engine:
    """Starts runs and passes on what people wish of them. Any number of engines may share a store."""

    def __init__(
        self,
        store: Store,
        scheduler: str | None = None,
        *,
        workers: int | None = None,
        grace: float = 20.0,
    ) -> None:
        """Begin to start the cluster; runs may be started at once and wait until it stands.

        scheduler: address of a Dask scheduler; None takes $UNROLLED_SCHEDULER, or an embedded cluster
        workers: processes of the embedded cluster; None makes one per core
        grace: seconds after which a run that nobody watches any more is paused
        """
        self.store, self.desk = store, store.desk
        self.id = secrets.token_urlsafe(12)
        self.pool = scheduler or os.environ.get("UNROLLED_SCHEDULER") or ""
        self.attendance = Attendance(self.desk, self.id, grace)
        self._embedded = not self.pool
        self._workers = workers
        self._cluster: cluster.Cluster | None = None
        self._client: Client | None = None
        self._waiting: list[tuple[str, int, int, int | None]] = []
        self._futures: dict[str, Future] = {}
        self._lock = threading.RLock()
        self._over = threading.Event()
        self._beaten = 0.0
        library.use(store.text)
        self.desk.beat(self.id)
        self._thread = threading.Thread(target=self._live, name="engine", daemon=True)
        self._thread.start()

    def ready(self) -> bool:
        """Whether the cluster stands, so that a run starts at once."""
        return self._client is not None and self._client.status == "running"

    def start(self, experiment: Experiment, visitor: str = "", *, updates: int | None = None) -> str:
        """Begin a run of the experiment; its id. A run that it starts from is trained first if need be.

        updates: pause after so many; 0 keeps the untrained network and pauses
        """
        awaits = self._base_of(experiment, visitor)
        run_id = self.store.create(experiment, visitor)
        self._enlist(run_id, updates=updates, awaits=awaits)
        return run_id

    def pause(self, run_id: str) -> None:
        """Lay a run aside; it keeps its place in training, exactly."""
        self._halt(run_id, "pause", "paused")

    def stop(self, run_id: str) -> None:
        """End a run and keep what it has."""
        self._halt(run_id, "stop", "stopped")

    def resume(self, run_id: str) -> None:
        """Go on with a run that was paused, was stopped or failed."""
        self._go_on(run_id, "resume")

    def step(self, run_id: str) -> None:
        """Do exactly one update, and pause."""
        self._go_on(run_id, "step")

    def set_learning_rate(self, run_id: str, value: float) -> None:
        """Change the learning rate from the next update on. Raises ValueError out of its bounds."""
        setting = settings_of(TrainConfig)["learning_rate"]
        if not setting.accepts(value):
            raise ValueError(f"learning_rate: wanted {setting.wanted()}, got {shortened(value)}")
        self.store.wish(run_id, "learning_rate", float(value))

    def attend(self, run_id: str, visitor: str) -> None:
        """A visitor looks at a run."""
        self.attendance.attend(run_id, visitor)

    def leave(self, visitor: str) -> None:
        """A visitor is gone; what nobody watches any more is paused after the grace."""
        self.attendance.leave(visitor)

    def close(self) -> None:
        """Pause what runs and end the cluster."""
        self._over.set()
        self._thread.join()
        for run_id, *_ in self.desk.owned(self.id):
            self.pause(run_id)
        limit = time.monotonic() + LET_PAUSE
        while self.desk.owned(self.id) and time.monotonic() < limit:
            time.sleep(TICK / 2)
        for run_id, attempt, *_ in self.desk.owned(self.id):
            self._end(run_id, attempt, "paused", SERVER_GONE)
        self._disconnect()
        self.desk.sign_off(self.id)

    def _base_of(self, experiment: Experiment, visitor: str) -> str:
        """The run that must finish before this experiment can begin, or nothing."""
        base = experiment.start_from
        if base is None:
            return ""
        run_id = self.store.find(base)
        if run_id is None:
            return self.start(base, visitor)
        return "" if self.store.run(run_id).status == "finished" else run_id

    def _enlist(self, run_id: str, *, updates: int | None = None, awaits: str = "") -> None:
        entry = self.desk.enlist(run_id, self.id, self.pool or self.id, awaits)
        if entry and not awaits:
            with self._lock:
                self._waiting.append((run_id, *entry, updates))
            self._submit()

    def _submit(self) -> None:
        """Hand all that waits to the cluster, if it stands."""
        with self._lock:
            while self._waiting and self.ready():
                run_id, attempt, turn, updates = self._waiting.pop(0)
                future = self._client.submit(
                    train_run,
                    self.store.address,
                    run_id,
                    attempt,
                    updates,
                    key=f"{run_id}-{attempt}",
                    priority=-turn if updates is None else AT_ONCE,
                    pure=False,
                )
                self._futures[run_id] = future
                future.add_done_callback(partial(self._settle, run_id, attempt))

    def _settle(self, run_id: str, attempt: int, future: Future) -> None:
        """After a worker let go of a run: say why if it died, and do what was wished too late for it."""
        with self._lock:
            if self._futures.get(run_id) is future:
                del self._futures[run_id]
        if future.status == "error":
            self._end(run_id, attempt, "failed", KILLED)
        if future.status == "finished" and self.store.run(run_id).status == "paused":
            for wish in self.store.take_wishes(run_id, ("resume", "step")):
                self._go_on(run_id, wish.kind)

    def _end(self, run_id: str, attempt: int, status: str, reason: str) -> None:
        step = self.desk.checkpoint_step(run_id)
        self.desk.end(run_id, attempt, status, reason.format(step=step))

    def _halt(self, run_id: str, kind: str, status: str) -> None:
        if self.desk.withdraw(run_id, status):
            with self._lock:
                future = self._futures.pop(run_id, None)
                self._waiting = [entry for entry in self._waiting if entry[0] != run_id]
            if future is not None:
                future.cancel()
        elif self.store.run(run_id).status == "running":
            self.store.wish(run_id, kind)
        elif status == "stopped":
            self.desk.lay_down(run_id)

    def _go_on(self, run_id: str, kind: str) -> None:
        run = self.store.run(run_id)
        if run.status in RESUMABLE:
            awaits = "" if self.store.state(run_id) else self._base_of(run.experiment, run.visitor)
            self._enlist(run_id, updates=1 if kind == "step" else None, awaits=awaits)
        elif run.status == "running":
            self.store.wish(run_id, kind)

    def _live(self) -> None:
        """Keep the cluster up and the runs honest, until closed."""
        while not self._over.is_set():
            try:
                self._tick()
            except Exception:  # a passing trouble of the store or the network must not end the engine
                logging.getLogger(__name__).exception("the engine's round failed")
                self._over.wait(1)
            self._over.wait(TICK)

    def _tick(self) -> None:
        if self._embedded and self._cluster and not self._cluster.alive():
            self._bury()
        if self._client is None:
            self._connect()
        self._submit()
        for run_id in self.attendance.deserted():
            self.pause(run_id)
        for run_id, attempt, status, awaits in self.desk.owned(self.id):
            if status == "queued" and awaits:
                self._release(run_id, attempt, awaits)
        if time.monotonic() - self._beaten > BEAT:
            self._beaten = time.monotonic()
            self.desk.beat(self.id)
            for run_id, attempt, _ in self.desk.orphans():
                self._end(run_id, attempt, "paused", SERVER_GONE)

    def _release(self, run_id: str, attempt: int, awaits: str) -> None:
        """Let a run begin when the one that it starts from has finished."""
        base = self.store.run(awaits)
        if base.status == "finished":
            turn = self.desk.release(run_id, attempt)
            with self._lock:
                self._waiting.append((run_id, attempt, turn, None))
        elif base.status in ("failed", "stopped"):
            self.desk.end(
                run_id, attempt, "failed", f"The run that this one starts from {base.status}. {base.reason}"
            )

    def _connect(self) -> None:
        if self._embedded:
            self._cluster = cluster.launch(self._workers)
            address, security = self._cluster.address, self._cluster.security
        else:
            address, security = self.pool, Security()
        self._client = Client(address, security=security, set_as_default=False, timeout=30)

    def _bury(self) -> None:
        """The cluster died: say so of its runs, and make room for a new one."""
        waiting = {entry[0] for entry in self._waiting}
        self._disconnect()
        for run_id, attempt, status, awaits in self.desk.owned(self.id):
            if run_id not in waiting and not awaits:
                self._end(run_id, attempt, "failed" if status == "running" else "paused", CLUSTER_GONE)

    def _disconnect(self) -> None:
        with self._lock:
            client, self._client = self._client, None
            self._futures.clear()
        if client is not None:
            client.close(timeout=5)
        if self._cluster is not None:
            self._cluster.close()
            self._cluster = None
