"""The store: runs, their metrics and snapshots, what people wished, and the texts that they brought.

It is the only bus between pages, servers and workers. SQLite by default, PostgreSQL by URL.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress

from platformdirs import user_data_path
from sqlalchemy import Connection, and_, delete, insert, select
from sqlalchemy.exc import IntegrityError
from torch import Tensor

from models.experiment import Experiment
from models.settings import shortened
from models.training.database import Database, temporary_folder
from models.training.desk import Desk
from models.training.loop import Snapshot
from models.training.records import GOING, WISHES, Run, UnknownRun, UnknownText, Wish, unpacked
from models.training.rows import run_of, snapshot_of
from models.training.tables import VERSION, logs, runs, snapshots, states, texts, wishes

LONGEST_TEXT = 5_000_000
"""Bytes of a text that a person brings, in UTF-8."""


class Store:
    """What is kept, for everybody: pages and servers in any number, and the workers.

    A method that is given an unknown run raises `UnknownRun`; one that the database refuses for a
    lasting reason raises `StoreFault`, whose message is for the page.
    """

    def __init__(self, url: str | None = None, *, spare: str | None = None) -> None:
        """Open the store.

        url: a SQLAlchemy URL; None takes $UNROLLED_STORE, or a file in the user's data folder;
        `sqlite://` keeps everything in memory
        spare: for the workers, the folder that the server falls back to
        """
        url = url or os.environ.get("UNROLLED_STORE") or _default_url()
        if url in ("sqlite://", "sqlite:///:memory:"):
            url = f"sqlite:///{temporary_folder() / 'memory.sqlite'}"
        self.database = Database(url, spare)
        self.desk = Desk(self.database)

    @property
    def problem(self) -> str | None:
        """What is wrong with the store, in a sentence for the page; None where nothing is."""
        return self.database.problem

    @property
    def address(self) -> tuple[str, str]:
        """URL and spare folder: `Store(url, spare=spare)` in another process is the same store."""
        return self.database.url, str(self.database.spare_folder)

    def close(self) -> None:
        """Close all connections to the database."""
        self.database.close()

    def create(self, experiment: Experiment, visitor: str = "") -> str:
        """A new run, queued; its unguessable id."""
        run_id = secrets.token_urlsafe(12)
        values = {
            "id": run_id,
            "digest": experiment.digest,
            "experiment": experiment.to_json(),
            "visitor": visitor,
            "status": "queued",
            "steps": experiment.train.steps,
            "created": time.time(),
        }
        self.database.write(None, lambda connection: connection.execute(insert(runs), values))
        return run_id

    def run(self, run_id: str) -> Run:
        """The run as it stands now."""

        def look(connection: Connection) -> Run | None:
            row = connection.execute(select(runs).where(runs.c.id == run_id)).mappings().first()
            return run_of(row, connection) if row else None

        return _known(run_id, self.database.read(run_id, look))

    def find(self, experiment: Experiment, *, any_status: bool = False) -> str | None:
        """The newest finished run of an equal experiment, else one that is going; None where there is none.

        any_status: failing both, the newest that was paused, stopped or failed
        Runs that somebody changed while they trained do not count: they are not what the experiment says.
        """
        equal = and_(runs.c.digest == experiment.digest, runs.c.changes == "[]")
        look = select(runs.c.id, runs.c.status, runs.c.created).where(equal)
        found = self.database.read_all(lambda connection: connection.execute(look).all())
        rows = [row for part in found for row in part]
        if not any_status:
            rows = [row for row in rows if row.status in ("finished", *GOING)]
        wanted = ("finished", *GOING)
        best = max(
            rows,
            key=lambda row: (row.status == "finished", row.status in wanted, row.created),
            default=None,
        )
        return best.id if best else None

    def recent(self, limit: int = 12, visitor: str | None = None) -> list[Run]:
        """The newest runs, of one visitor or of all."""
        look = select(runs).order_by(runs.c.created.desc()).limit(limit)
        if visitor is not None:
            look = look.where(runs.c.visitor == visitor)

        def read(connection: Connection) -> list[Run]:
            return [run_of(row, connection) for row in connection.execute(look).mappings()]

        found = {run.id: run for part in reversed(self.database.read_all(read)) for run in part}
        return sorted(found.values(), key=lambda run: -run.created)[:limit]

    def append(self, run_id: str, snapshot: Snapshot, state: Mapping[str, Tensor] | None = None) -> None:
        """Keep a snapshot, and the checkpoint to go on from, in one transaction."""
        self.desk.record(run_id, snapshots=[snapshot], state=state, step=snapshot.step)

    def log(self, run_id: str, rows: Sequence[tuple[int, Mapping[str, float]]]) -> None:
        """Keep metrics of steps between the snapshots."""
        self.desk.record(run_id, rows=rows)

    def metrics(self, run_id: str, after: int = -1) -> list[tuple[int, dict[str, float]]]:
        """All metrics by step, from logs and snapshots together, of the steps later than `after`."""
        merged: dict[int, dict[str, float]] = {}
        for table in (logs, snapshots):
            look = select(table.c.step, table.c.metrics).where(table.c.run == run_id, table.c.step > after)
            for step, metrics in self._rows(run_id, look):
                merged.setdefault(step, {}).update(json.loads(metrics))
        return sorted(merged.items())

    def snapshot_steps(self, run_id: str) -> list[int]:
        """The steps at which the run was kept."""
        look = select(snapshots.c.step).where(snapshots.c.run == run_id).order_by(snapshots.c.step)
        return [step for (step,) in self._rows(run_id, look)]

    def snapshot(self, run_id: str, step: int) -> Snapshot:
        """The run as it was after `step` updates."""
        rows = self._rows(
            run_id, select(snapshots).where(snapshots.c.run == run_id, snapshots.c.step == step)
        )
        if not rows:
            raise UnknownRun(f"wanted a step at which the run was kept, got {step}")
        return snapshot_of(rows[0])

    def snapshots(self, run_id: str, after: int = -1) -> list[Snapshot]:
        """The snapshots of all steps later than `after`."""
        look = select(snapshots).where(snapshots.c.run == run_id, snapshots.c.step > after)
        return [snapshot_of(row) for row in self._rows(run_id, look.order_by(snapshots.c.step))]

    def state(self, run_id: str) -> dict[str, Tensor] | None:
        """The checkpoint to go on from; None where none was kept yet."""
        rows = self._rows(run_id, select(states.c.content).where(states.c.run == run_id))
        return unpacked(rows[0].content) if rows else None

    def wish(self, run_id: str, kind: str, value: float | None = None) -> None:
        """Leave a wish for whoever trains the run."""
        if kind not in WISHES:
            raise ValueError(f"wanted one of {', '.join(WISHES)}, got {shortened(kind)}")
        row = {"run": run_id, "kind": kind, "value": value}
        self.run(run_id)
        self.database.write(run_id, lambda connection: connection.execute(insert(wishes), row))

    def take_wishes(self, run_id: str, kinds: Iterable[str] = WISHES) -> list[Wish]:
        """The wishes that nobody took yet, oldest first; each is handed out once."""
        look = select(wishes.c.id).where(wishes.c.run == run_id, wishes.c.kind.in_(tuple(kinds)))
        there = [number for (number,) in self.database.read(run_id, lambda c: c.execute(look).all())]
        if not there:
            return []
        take = delete(wishes).where(wishes.c.id.in_(there)).returning(wishes)
        taken = self.database.write(run_id, lambda connection: connection.execute(take).all())
        return [Wish(row.kind, row.value) for row in sorted(taken, key=lambda row: row.id)]

    def save_text(self, text: str) -> str:
        """Keep a text that a person brought; its key, the same for equal texts."""
        content = text.encode()
        if not 0 < len(content) <= LONGEST_TEXT:
            raise ValueError(f"wanted a text of 1 to {LONGEST_TEXT:,} bytes in UTF-8, got {len(content):,}")
        digest = hashlib.sha256(content).hexdigest()
        if self._text(digest) is None:

            def keep(connection: Connection) -> None:
                connection.execute(delete(texts).where(texts.c.digest == digest))
                connection.execute(insert(texts), {"digest": digest, "text": text})

            with suppress(IntegrityError):  # somebody kept the same text at the same moment
                self.database.write(None, keep)
        return digest

    def text(self, digest: str) -> str:
        """The text that `save_text` keeps under that key."""
        text = self._text(digest)
        if text is None:
            raise UnknownText(f"the store has no text {shortened(digest)}; bring it again")
        return text

    def _text(self, digest: str) -> str | None:
        look = select(texts.c.text).where(texts.c.digest == digest)
        found = self.database.read_all(lambda connection: connection.scalar(look))
        return next((text for text in found if text is not None), None)

    def _rows(self, run_id: str, look) -> Sequence:
        """The rows of a query about a run that exists."""
        exists = select(runs.c.id).where(runs.c.id == run_id)

        def read(connection: Connection):
            return connection.execute(look).all() if connection.scalar(exists) else None

        return _known(run_id, self.database.read(run_id, read))


def _known(run_id: str, found):
    if found is None:
        raise UnknownRun(f"the store has no run {shortened(run_id)}; it may have been kept elsewhere")
    return found


def _default_url() -> str:
    return f"sqlite:///{user_data_path('unrolled') / f'runs-{VERSION}.sqlite'}"
