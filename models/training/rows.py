"""Rows of the tables as what they stand for."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, and_, func, or_, select

from models.experiment import Experiment
from models.training.loop import Snapshot
from models.training.records import Run, unpacked
from models.training.tables import runs


def run_of(row: Mapping, connection: Connection) -> Run:
    """A run, from its row of the table; its place in the queue is looked up."""
    return Run(
        id=row["id"],
        experiment=Experiment.from_json(row["experiment"]),
        status=row["status"],
        reason=row["reason"],
        step=row["step"],
        steps=row["steps"],
        place=_place(row, connection) if row["status"] == "queued" else 0,
        changes=tuple(tuple(change) for change in json.loads(row["changes"])),
        created=row["created"],
        seconds=row["seconds"],
        visitor=row["visitor"],
    )


def _place(row: Mapping, connection: Connection) -> int:
    """1 for the run that is next: those of an earlier round, or of the same round and earlier, go first."""
    earlier = or_(
        runs.c.turn < row["turn"], and_(runs.c.turn == row["turn"], runs.c.entered < row["entered"])
    )
    waiting = and_(runs.c.status == "queued", runs.c.pool == row["pool"])
    return 1 + connection.scalar(select(func.count()).select_from(runs).where(waiting, earlier))


def snapshot_of(row: Any) -> Snapshot:
    """A moment of a run, from its row of the table."""
    return Snapshot(row.step, json.loads(row.metrics), unpacked(row.weights), row.sample)
