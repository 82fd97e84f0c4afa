"""Who trains what: how a run passes from hand to hand, safely for any number of servers.

A run that is queued gets a new attempt number, and whoever trains it names that number in each write.
So a worker that was given up, and another server's, cannot spoil what came after them.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, and_, delete, func, insert, select, update
from torch import Tensor

from models.training.database import Database
from models.training.loop import Snapshot
from models.training.records import GOING, RESUMABLE, packed
from models.training.tables import logs, runs, servers, snapshots, states, watchers, wishes

UNASKED = 1_000_000
"""The first round of the runs that nobody asked for."""
STALE = 10.0
"""Seconds without a sign of life after which a server or a worker counts as gone."""


class Desk:
    """The changes of a run's status; each is one transaction that says whether it came about."""

    def __init__(self, database: Database) -> None:
        """Work on this database."""
        self.database = database

    def enlist(self, run_id: str, owner: str, pool: str, awaits: str = "") -> tuple[int, int] | None:
        """Queue a run that is new or can be resumed; (attempt, turn), or None where it cannot be queued.

        owner: the server that sees to it
        pool: the cluster that it queues for
        awaits: a run that must finish first
        """

        def enlist(connection: Connection) -> tuple[int, int] | None:
            look = select(runs).where(runs.c.id == run_id).with_for_update()
            row = connection.execute(look).mappings().first()
            if not row or not (
                row["status"] in RESUMABLE or (row["status"] == "queued" and not row["owner"])
            ):
                return None
            attempt, turn = row["attempt"] + 1, _turn(connection, pool, row["visitor"])
            stale = and_(wishes.c.run == run_id, wishes.c.kind != "learning_rate")
            connection.execute(delete(wishes).where(stale))
            connection.execute(
                update(runs)
                .where(runs.c.id == run_id)
                .values(
                    status="queued",
                    reason="",
                    owner=owner,
                    pool=pool,
                    turn=turn,
                    entered=time.time(),
                    attempt=attempt,
                    awaits=awaits,
                )
            )
            return attempt, turn

        return self.database.write(run_id, enlist)

    def adopt(self, run_id: str, visitor: str, owner: str) -> list[tuple[str, int, int, str]]:
        """A visitor looks at a run that waits and that nobody asked for: it becomes theirs, in their turn.

        Returns what is queued anew: (run, attempt, turn, run that it awaits), with what it awaits first;
        nothing where the run is somebody's already, goes, or is seen to by another server than `owner`.
        """

        def adopt(connection: Connection) -> list[tuple[str, int, int, str]]:
            unasked = and_(runs.c.visitor == "", runs.c.status == "queued", runs.c.owner == owner)
            chain, wanted = [], run_id
            while wanted:
                look = select(runs).where(runs.c.id == wanted, unasked).with_for_update()
                row = connection.execute(look).mappings().first()
                chain += [row] if row else []
                wanted = row["awaits"] if row else ""
            queued = []
            for row in reversed(chain):
                attempt, turn = row["attempt"] + 1, _turn(connection, row["pool"], visitor)
                values = {"visitor": visitor, "turn": turn, "attempt": attempt, "entered": time.time()}
                connection.execute(update(runs).where(runs.c.id == row["id"]).values(**values))
                queued.append((row["id"], attempt, turn, row["awaits"]))
            return queued

        return self.database.write(run_id, adopt)

    def claim(self, run_id: str, attempt: int) -> bool:
        """Begin to train a queued run; False where somebody withdrew it or queued it anew."""
        mine = and_(runs.c.id == run_id, runs.c.attempt == attempt, runs.c.status == "queued")
        return self._change(run_id, mine, status="running", heartbeat=time.time())

    def release(self, run_id: str, attempt: int) -> int:
        """A run has what it awaited; its turn."""
        mine = and_(runs.c.id == run_id, runs.c.attempt == attempt)
        self._change(run_id, mine, awaits="")
        look = select(runs.c.turn).where(runs.c.id == run_id)
        return self.database.read(run_id, lambda connection: connection.scalar(look)) or 0

    def withdraw(self, run_id: str, status: str) -> bool:
        """Take a run out of the queue."""
        return self._change(run_id, and_(runs.c.id == run_id, runs.c.status == "queued"), status=status)

    def end(self, run_id: str, attempt: int, status: str, reason: str) -> bool:
        """End an attempt whose worker can no longer do it itself."""
        mine = and_(runs.c.id == run_id, runs.c.attempt == attempt, runs.c.status.in_(GOING))
        return self._change(run_id, mine, status=status, reason=reason)

    def lay_down(self, run_id: str) -> bool:
        """Stop for good a run that nobody trains."""
        resting = and_(runs.c.id == run_id, runs.c.status.in_(("paused", "failed")))
        return self._change(run_id, resting, status="stopped")

    def record(
        self,
        run_id: str,
        *,
        attempt: int | None = None,
        snapshots: Sequence[Snapshot] = (),
        rows: Sequence[tuple[int, Mapping[str, float]]] = (),
        state: Mapping[str, Tensor] | None = None,
        changes: Sequence[tuple[int, str, float]] | None = None,
        **values: Any,
    ) -> bool:
        """Keep what training made, in one transaction; False where this attempt is no longer the run's.

        state: the checkpoint (`Trainer.state`)
        changes: all that was changed mid-run so far
        values: columns of the run: step, seconds, status, reason
        """
        kept = [_kept(run_id, snapshot) for snapshot in snapshots]
        lines = [{"run": run_id, "step": step, "metrics": json.dumps(dict(row))} for step, row in rows]
        content = packed(state) if state is not None else None
        values["heartbeat"] = time.time()
        if changes is not None:
            values["changes"] = json.dumps(changes)
        mine = runs.c.id == run_id
        if attempt is not None:
            mine = and_(mine, runs.c.attempt == attempt, runs.c.status == "running")

        def record(connection: Connection) -> bool:
            if not connection.execute(update(runs).where(mine).values(**values)).rowcount:
                return False
            _put(connection, logs, lines)
            _put(connection, _SNAPSHOTS, kept)
            if content is not None:
                step = int(state["progress"][0]) if "progress" in state else values.get("step", 0)
                connection.execute(delete(states).where(states.c.run == run_id))
                connection.execute(insert(states), {"run": run_id, "step": step, "content": content})
            return True

        return self.database.write(run_id, record)

    def checkpoint_step(self, run_id: str) -> int:
        """The step that a resumed run goes on from."""
        look = select(states.c.step).where(states.c.run == run_id)
        return self.database.read(run_id, lambda connection: connection.scalar(look)) or 0

    def beat(self, server: str) -> None:
        """Say that a server is alive."""

        def beat(connection: Connection) -> None:
            connection.execute(delete(servers).where(servers.c.id == server))
            connection.execute(insert(servers), {"id": server, "heartbeat": time.time()})

        self.database.write(None, beat)

    def sign_off(self, server: str) -> None:
        """A server ends: it owns and watches nothing any more."""

        def sign_off(connection: Connection) -> None:
            connection.execute(delete(servers).where(servers.c.id == server))
            connection.execute(delete(watchers).where(watchers.c.server == server))

        self.database.write(None, sign_off)

    def owned(self, server: str) -> list[tuple[str, int, str, str]]:
        """(run, attempt, status, run that it awaits) of all going runs that a server sees to."""
        look = select(runs.c.id, runs.c.attempt, runs.c.status, runs.c.awaits).where(
            runs.c.owner == server, runs.c.status.in_(GOING)
        )
        return self._list(look)

    def orphans(self) -> list[tuple[str, int, str]]:
        """(run, attempt, status) of going runs whose server is gone, and whose worker is too."""
        limit = time.time() - STALE
        alive = select(servers.c.id).where(servers.c.heartbeat > limit)
        look = select(runs.c.id, runs.c.attempt, runs.c.status).where(
            runs.c.status.in_(GOING),
            runs.c.owner != "",
            runs.c.owner.not_in(alive),
            runs.c.entered < limit,
            runs.c.heartbeat < limit,
        )
        return self._list(look)

    def watch(self, run_id: str, visitor: str, server: str) -> None:
        """Somebody looks at a run."""
        row = {"run": run_id, "visitor": visitor, "server": server}
        here = and_(*(watchers.c[name] == value for name, value in row.items()))

        def watch(connection: Connection) -> None:
            connection.execute(delete(watchers).where(here))
            connection.execute(insert(watchers), row)

        self.database.write(None, watch)

    def unwatch(self, visitor: str, server: str, run_id: str | None = None) -> list[str]:
        """Somebody has gone; the runs that now nobody looks at through any living server.

        run_id: the only run that they turned away from; None for all
        """
        mine = and_(watchers.c.visitor == visitor, watchers.c.server == server)
        if run_id is not None:
            mine = and_(mine, watchers.c.run == run_id)
        alive = select(servers.c.id).where(servers.c.heartbeat > time.time() - STALE)

        def unwatch(connection: Connection) -> list[str]:
            gone = connection.execute(delete(watchers).where(mine).returning(watchers.c.run)).scalars().all()
            seen = select(watchers.c.run).where(watchers.c.run.in_(gone), watchers.c.server.in_(alive))
            return sorted(set(gone) - set(connection.execute(seen).scalars()))

        return self.database.write(None, unwatch)

    def _change(self, run_id: str, where: Any, **values: Any) -> bool:
        change = update(runs).where(where).values(**values)
        return bool(self.database.write(run_id, lambda connection: connection.execute(change).rowcount))

    def _list(self, look: Any) -> list[Any]:
        found = self.database.read_all(lambda connection: connection.execute(look).all())
        return [tuple(row) for part in found for row in part]


_SNAPSHOTS = snapshots


def _turn(connection: Connection, pool: str, visitor: str) -> int:
    """The round that a visitor's next run belongs to: everybody's first run comes before anybody's second.

    What nobody asked for comes after all that somebody did.
    """
    alike = runs.c.visitor != "" if visitor else runs.c.visitor == ""
    going = and_(runs.c.pool == pool, runs.c.status.in_(GOING), alike)
    begun = connection.scalar(select(func.min(runs.c.turn)).where(going))
    if begun is None:
        return 0 if visitor else UNASKED
    last = connection.scalar(select(func.max(runs.c.turn)).where(going, runs.c.visitor == visitor))
    return begun if last is None else max(begun, last + 1)


def _kept(run_id: str, snapshot: Snapshot) -> dict[str, Any]:
    return {
        "run": run_id,
        "step": snapshot.step,
        "metrics": json.dumps(snapshot.metrics),
        "sample": snapshot.sample,
        "weights": packed(snapshot.weights),
    }


def _put(connection: Connection, table: Any, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows of one run, in place of those that stand there for the same steps."""
    if rows:
        last = {row["step"]: row for row in rows}
        connection.execute(delete(table).where(table.c.run == rows[0]["run"], table.c.step.in_(list(last))))
        connection.execute(insert(table), list(last.values()))
