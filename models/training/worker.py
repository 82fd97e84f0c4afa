"""Trains one run in a worker process: the loop, the store and the wishes brought together."""

from __future__ import annotations

import math
import re
import time
from functools import cache

from models.tasks import library
from models.training.courier import Courier
from models.training.loop import Snapshot, Trainer, snapshot_steps
from models.training.records import Run, Wish
from models.training.store import Store
from models.training.warm import warm

ROWS = 500
"""Steps of a run whose training loss is kept between the snapshots."""
LONGEST_WAIT = 0.25
"""Seconds after which a step's training loss is kept whatever its number."""


class Diverged(ArithmeticError):
    """The loss is no longer a finite number."""


@cache
def open_store(url: str, spare: str) -> Store:
    """The store at an address, opened once per process; tasks read their texts from it."""
    store = Store(url, spare=spare)
    library.use(store.text)
    return store


def train_run(address: tuple[str, str], run_id: str, attempt: int, updates: int | None = None) -> None:
    """Train a queued run until it ends or somebody wishes otherwise. Whatever happens is in the store.

    address: `Store.address`
    attempt: what `Desk.enlist` gave; without effect where the run has meanwhile been queued anew
    updates: pause after so many; None goes on to the end
    """
    warm()
    store = open_store(*address)
    if not store.desk.claim(run_id, attempt):
        return
    try:
        Session(store, store.run(run_id), attempt).train(updates)
    except Exception as error:  # a task's or a network's error is the run's end, not the worker's
        step = store.desk.checkpoint_step(run_id)
        store.desk.record(run_id, attempt=attempt, status="failed", reason=explained(error), step=step)


def explained(error: Exception) -> str:
    """An error's message as a person may read it: its first line, without paths."""
    message = str(error).strip().split("\n")[0] or type(error).__name__
    return re.sub(r"(?<![\w.])(?:[A-Za-z]:\\|/)(?:[^\s'\",:]+[/\\])+[^\s'\",:]*", "(a file)", message)[:400]


class Session:
    """One attempt at a run, from the checkpoint that the store has or from the beginning."""

    def __init__(self, store: Store, run: Run, attempt: int) -> None:
        """Build the trainer where it stopped."""
        self.store, self.run = store, run
        state = store.state(run.id)
        start = run.experiment.start_from if state is None else None
        self.trainer = Trainer(run.experiment, state, final_weights(store, start) if start else None)
        self.fresh = state is None
        self.kept = set(snapshot_steps(run.steps, run.experiment.train.kept))
        self.every = math.ceil(run.steps / ROWS)
        self.changes = [list(change) for change in run.changes]
        self.courier = Courier(store, run.id, attempt, run.seconds)
        self.logged = time.monotonic()
        self.last: int | None = None

    def train(self, updates: int | None = None) -> None:
        """Update until the end, until `updates` are done, or until a wish ends it."""
        courier, trainer = self.courier, self.trainer
        courier.step = trainer.step
        courier.start()
        status = ""
        try:
            snapshot = self._keep() if self.fresh else None
            self.last = None if updates is None else trainer.step + updates
            status = self._obey() or ("paused" if updates == 0 else "")
            while not (status or courier.superseded or trainer.finished(snapshot)):
                self._update()
                snapshot = self._keep() if trainer.step in self.kept else None
                if trainer.finished(snapshot):
                    break
                status = "paused" if trainer.step == self.last else self._obey()
        except Diverged as error:
            courier.close(status="failed", reason=str(error))
        except BaseException:
            courier.close()
            raise
        else:
            if trainer.step not in self.kept and not courier.superseded:
                self._keep()
            courier.close(status=status or "finished")

    def _update(self) -> None:
        trainer, courier = self.trainer, self.courier
        loss = trainer.update()
        if not (math.isfinite(loss) and math.isfinite(trainer.gradient_norm)):
            raise Diverged(_diverged(trainer))
        courier.step = trainer.step
        now = time.monotonic()
        if trainer.step % self.every == 0 or now - self.logged > LONGEST_WAIT:
            courier.log(trainer.step, training_loss=loss, gradient_norm=trainer.gradient_norm)
            self.logged = now

    def _keep(self) -> Snapshot:
        snapshot = self.trainer.snapshot()
        if not math.isfinite(snapshot.metrics.get("loss", 0.0)):
            raise Diverged(_diverged(self.trainer))
        self.courier.keep(snapshot, self.trainer.state)
        return snapshot

    def _obey(self) -> str:
        """Do what was wished meanwhile; the status to end with, or nothing to go on."""
        if self.courier.fault:
            raise self.courier.fault
        status = ""
        while self.courier.wishes:
            wish = self.courier.wishes.popleft()
            match wish.kind:
                case "learning_rate":
                    self._change_learning_rate(wish)
                case "pause":
                    status = "paused"
                case "stop":
                    status = "stopped"
                case "step":
                    self.last = self.trainer.step + 1
                case "resume":
                    self.last, status = None, ""
        return status

    def _change_learning_rate(self, wish: Wish) -> None:
        """From the next update on; kept with the checkpoint: no kill loses one without the other."""
        self.trainer.learning_rate = wish.value
        self.changes.append([self.trainer.step, "learning_rate", wish.value])
        self.courier.change(self.changes, self.trainer.state)


def final_weights(store: Store, experiment) -> dict:
    """The weights that the finished run of an experiment ended with.

    Raises LookupError where the store has no such run.
    """
    run_id = store.find(experiment)
    if run_id is None or store.run(run_id).status != "finished":
        raise LookupError("the run to start from has not finished yet")
    return store.snapshot(run_id, store.snapshot_steps(run_id)[-1]).weights


def _diverged(trainer: Trainer) -> str:
    return (
        f"Training diverged at step {trainer.step}: the loss is no longer a finite number. "
        f"Lower the learning rate (it was {trainer.learning_rate:g}) and train again."
    )
