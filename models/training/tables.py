"""The tables of the store."""

from __future__ import annotations

from sqlalchemy import Column, Float, Index, Integer, LargeBinary, MetaData, String, Table, Text

VERSION = 1
"""Part of the default file's name: raise it when the tables change."""

metadata = MetaData()

runs = Table(
    "runs",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("digest", String(16), nullable=False, index=True),
    Column("experiment", Text, nullable=False),
    Column("visitor", String(100), nullable=False, default=""),
    Column("status", String(10), nullable=False, index=True),
    Column("reason", Text, nullable=False, default=""),
    Column("step", Integer, nullable=False, default=0),
    Column("steps", Integer, nullable=False),
    Column("changes", Text, nullable=False, default="[]"),
    Column("created", Float(53), nullable=False),
    Column("seconds", Float(53), nullable=False, default=0.0),
    # How it is queued: the server in charge, the cluster it queues for, its round and its time of entry.
    Column("owner", String(40), nullable=False, default=""),
    Column("pool", String(200), nullable=False, default=""),
    Column("turn", Integer, nullable=False, default=0),
    Column("entered", Float(53), nullable=False, default=0.0),
    # Every time a run is queued its attempt goes up: whoever holds an older number may write no more.
    Column("attempt", Integer, nullable=False, default=0),
    Column("heartbeat", Float(53), nullable=False, default=0.0),
    Column("awaits", String(40), nullable=False, default=""),
)

logs = Table(
    "logs",
    metadata,
    Column("run", String(40), primary_key=True),
    Column("step", Integer, primary_key=True),
    Column("metrics", Text, nullable=False),
)

snapshots = Table(
    "snapshots",
    metadata,
    Column("run", String(40), primary_key=True),
    Column("step", Integer, primary_key=True),
    Column("metrics", Text, nullable=False),
    Column("sample", Text, nullable=False, default=""),
    Column("weights", LargeBinary, nullable=False),
)

states = Table(
    "states",
    metadata,
    Column("run", String(40), primary_key=True),
    Column("step", Integer, nullable=False),
    Column("content", LargeBinary, nullable=False),
)

wishes = Table(
    "wishes",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("run", String(40), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("value", Float(53)),
    Index("wishes_of_a_run", "run", "id"),
)

texts = Table(
    "texts",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("text", Text, nullable=False),
)

servers = Table(
    "servers",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("heartbeat", Float(53), nullable=False),
)

watchers = Table(
    "watchers",
    metadata,
    Column("run", String(40), primary_key=True),
    Column("visitor", String(100), primary_key=True),
    Column("server", String(40), primary_key=True),
)

OF_A_RUN = {logs: logs.c.run, snapshots: snapshots.c.run, states: states.c.run, wishes: wishes.c.run}
"""The tables that hold parts of a run, with the column that names it."""
