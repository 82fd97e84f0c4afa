"""Where runs train: a Dask cluster, an embedded one or a distant one, fed from the store."""

from __future__ import annotations

import logging
import os
import secrets
import threading
import time
from collections.abc import Callable
from contextlib import suppress

from models.experiment import Experiment, TrainConfig
from models.settings import settings_of, shortened
from models.tasks import library
from models.training.attendance import Attendance
from models.training.dispatch import Dispatcher, Order, Return
from models.training.records import RESUMABLE, StoreFault, UnknownRun
from models.training.store import Store

TICK = 0.1
"""Seconds between two looks at what changed."""
BEAT = 2.0
"""Seconds between two signs of life, with a look for runs whose server is gone."""
LET_PAUSE = 3.0
"""Seconds that running runs get to pause when the server ends."""
KILLED = (
    "The process that trained this run was ended from outside, or ran out of memory. "
    "All up to step {step} is kept; Resume goes on from there."
)
SERVER_GONE = (
    "The server that saw to this run ended. All up to step {step} is kept; Resume goes on from there."
)
STORE_FAILED = (
    "The store of runs could not be reached while this run trained. "
    "All up to step {step} is kept; Resume goes on from there."
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
        self.dispatch = Dispatcher(store.address, self.pool, workers)
        self._over = threading.Event()
        library.use(store.text)
        self.desk.beat(self.id)
        rounds = ((self._tick, TICK), (self._beat, BEAT))
        self._threads = [threading.Thread(target=self._repeat, args=args, daemon=True) for args in rounds]
        for thread in self._threads:
            thread.start()

    def ready(self) -> bool:
        """Whether the cluster stands, so that a run starts at once."""
        return self.dispatch.ready()

    @property
    def problem(self) -> str | None:
        """Why runs cannot begin, in a sentence for the page; None where they can."""
        return self.dispatch.problem

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
        """A visitor looks at a run; one that waits and that nobody had asked for goes before the others."""
        if self.attendance.attend(run_id, visitor):
            for queued, attempt, turn, awaits in self.desk.adopt(run_id, visitor, self.id):
                self.dispatch.recall(queued)
                if not awaits:
                    self.dispatch.send(Order(queued, attempt, turn, None))

    def turn_from(self, run_id: str, visitor: str) -> None:
        """A visitor looks at something else now; the run is paused where nobody else looks at it."""
        for deserted in self.attendance.turn_from(run_id, visitor):
            self.pause(deserted)

    def leave(self, visitor: str) -> None:
        """A visitor is gone; what nobody watches any more is paused after the grace."""
        self.attendance.leave(visitor)

    def close(self) -> None:
        """Pause what runs and end the cluster."""
        self._over.set()
        for thread in self._threads:
            thread.join()
        for run_id, *_ in self.desk.owned(self.id):
            self.pause(run_id)
        limit = time.monotonic() + LET_PAUSE
        while self.desk.owned(self.id) and time.monotonic() < limit:
            time.sleep(TICK / 2)
        for run_id, attempt, *_ in self.desk.owned(self.id):
            self._end(run_id, attempt, "paused", SERVER_GONE)
        self.dispatch.disconnect()
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
            self.dispatch.send(Order(run_id, *entry, updates))

    def _settle(self, done: Return) -> None:
        """After the cluster let go of a run: say why if it died, and do what was wished too late for it.

        A run that its worker ended itself is no longer going, so `_end` leaves it as it is. One that still
        is lost its worker, even where Dask gave the order to another (who finds the attempt taken).
        """
        self._end(done.run_id, done.attempt, "failed", _why(done))
        if self.store.run(done.run_id).status == "paused":
            for wish in self.store.take_wishes(done.run_id, ("resume", "step")):
                self._go_on(done.run_id, wish.kind)

    def _end(self, run_id: str, attempt: int, status: str, reason: str) -> None:
        step = self.desk.checkpoint_step(run_id)
        self.desk.end(run_id, attempt, status, reason.format(step=step))

    def _halt(self, run_id: str, kind: str, status: str) -> None:
        if self.desk.withdraw(run_id, status):
            self.dispatch.recall(run_id)
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

    def _repeat(self, action: Callable[[], None], pause: float) -> None:
        """Do something again and again until closed."""
        while not self._over.is_set():
            try:
                action()
            except Exception:  # a passing trouble of the store or the network must not end the engine
                logging.getLogger(__name__).exception("the engine's round failed")
                self._over.wait(1)
            self._over.wait(pause)

    def _beat(self) -> None:
        """Say that this server is alive, and lay aside the runs of those that are not."""
        self.desk.beat(self.id)
        for run_id, attempt, _ in self.desk.orphans():
            self._end(run_id, attempt, "paused", SERVER_GONE)

    def _tick(self) -> None:
        if self.dispatch.gone():
            self._bury()
        if self.dispatch.client is None and not self._connected():
            return
        self.dispatch.look_for_workers()
        self.dispatch.submit()
        for done in self.dispatch.returned():
            with suppress(UnknownRun):
                self._settle(done)
            self.dispatch.dealt_with(done)
        for run_id in self.attendance.deserted():
            self.pause(run_id)
        for run_id, attempt, status, awaits in self.desk.owned(self.id):
            if status == "queued" and awaits:
                self._release(run_id, attempt, awaits)

    def _connected(self) -> bool:
        """Whether the cluster could be reached; if not, the page says so until it can."""
        try:
            self.dispatch.connect()
        except ConnectionError:
            self._over.wait(1)
        return self.dispatch.client is not None

    def _release(self, run_id: str, attempt: int, awaits: str) -> None:
        """Let a run begin when the one that it starts from has finished."""
        base = self.store.run(awaits)
        if base.status == "finished":
            turn = self.desk.release(run_id, attempt)
            self.dispatch.send(Order(run_id, attempt, turn, None))
        elif base.status in ("failed", "stopped"):
            self.desk.end(
                run_id, attempt, "failed", f"The run that this one starts from {base.status}. {base.reason}"
            )

    def _bury(self) -> None:
        """The cluster died: say so of its runs, and make room for a new one."""
        self.dispatch.disconnect()
        for run_id, attempt, status, awaits in self.desk.owned(self.id):
            if not self.dispatch.waits(run_id) and not awaits:
                self._end(run_id, attempt, "failed" if status == "running" else "paused", CLUSTER_GONE)


def _why(done: Return) -> str:
    """Why a run came back unfinished: the store's trouble where the worker could still say so."""
    if done.future.status in ("cancelled", "lost"):
        return CLUSTER_GONE
    error = done.future.exception() if done.future.status == "error" else None
    return STORE_FAILED if isinstance(error, StoreFault) else KILLED
