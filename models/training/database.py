"""The database under the store, and the spare one in memory for when it cannot be written."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Connection, Engine, create_engine, delete, event, insert, make_url, select
from sqlalchemy.exc import ArgumentError, DatabaseError, IntegrityError, ProgrammingError

from models.training.faults import DAMAGED, NO_ADDRESS, NO_DRIVER, NOT_OPENED, fault_of
from models.training.records import StoreFault
from models.training.tables import OF_A_RUN, metadata, runs, wishes

Result = TypeVar("Result")

PATIENCE = 10
"""Seconds to wait for a database server that does not answer."""


class Database:
    """Reads and writes whole transactions, in the main database or in the spare one.

    Each action is a function of a connection and runs in one transaction. A run whose write fails for
    a lasting reason is moved, with all that can be read of it, to a SQLite file in memory (`/dev/shm`),
    which this process shares with the workers that it starts; everything about the run then happens there.
    """

    def __init__(self, url: str, spare: str | None = None) -> None:
        """Open the database.

        url: a SQLAlchemy URL
        spare: folder of the spare database of the process that started this one; None makes one
        """
        self.url = url
        self.spare_folder = Path(spare) if spare else temporary_folder()
        self.main: Engine | None = None
        try:
            self.main = _opened(url)
            _furnish(self.main)
        except ImportError:
            self._tell(NO_DRIVER)
        except ArgumentError:
            self._tell(NO_ADDRESS)
        except (DatabaseError, OSError) as error:
            self._tell(fault_of(error) or NOT_OPENED)
            if self.main is not None and not self._readable():
                self.main.dispose()
                self.main = None

    @property
    def problem(self) -> str | None:
        """What is wrong with the main database, for the page; None where nothing is."""
        try:
            return (self.spare_folder / "problem").read_text() or None
        except FileNotFoundError:
            return None

    def close(self) -> None:
        """Close all connections."""
        for engine in (self.main, self.__dict__.get("spare")):
            if engine is not None:
                engine.dispose()

    @cached_property
    def spare(self) -> Engine:
        """The database in memory, made when it is first needed."""
        engine = _opened(f"sqlite:///{self.spare_folder / 'runs.sqlite'}")
        with _writer(engine).begin() as connection:
            metadata.create_all(connection)
        return engine

    def read(self, run_id: str, action: Callable[[Connection], Result]) -> Result:
        """What `action` reads where the run is kept."""
        home = self._home(run_id)
        try:
            with home.begin() as connection:
                return action(connection)
        except DatabaseError as error:
            self._raise(error)

    def read_all(self, action: Callable[[Connection], Result]) -> list[Result]:
        """What `action` reads in the spare database and in the main one, as far as they can be read."""
        results = []
        for engine in (self.spare if self._spared else None, self.main):
            if engine is None:
                continue
            try:
                with engine.begin() as connection:
                    results.append(action(connection))
            except DatabaseError as error:
                self._tell(fault_of(error) or self._raise(error))
        return results

    def write(self, run_id: str | None, action: Callable[[Connection], Result]) -> Result:
        """Run `action` in one transaction where the run is kept (None: something that is new)."""
        home = self._home(run_id)
        try:
            with _writer(home).begin() as connection:
                result = action(connection)
        except DatabaseError as error:
            fault = fault_of(error)
            if fault is None or home is self.__dict__.get("spare"):
                self._raise(error)
        else:
            if run_id is None and home is self.main and self.problem not in (None, DAMAGED):
                self._tell("")
            return result
        self._tell(fault)
        if run_id is not None:
            self._move(run_id)
        with _writer(self.spare).begin() as connection:
            return action(connection)

    def _home(self, run_id: str | None) -> Engine:
        if self.main is None:
            return self.spare
        if run_id is not None and self._spared:
            with self.spare.begin() as connection:
                if connection.scalar(select(runs.c.id).where(runs.c.id == run_id)):
                    return self.spare
        return self.main

    @property
    def _spared(self) -> bool:
        return (self.spare_folder / "runs.sqlite").exists()

    def _move(self, run_id: str) -> None:
        """Copy what can be read of a run to the spare database."""
        rows = {}
        try:
            with self.main.begin() as connection:
                for table, column in ({runs: runs.c.id} | OF_A_RUN).items():
                    found = connection.execute(select(table).where(column == run_id)).mappings()
                    rows[table] = [dict(row) for row in found]
        except DatabaseError as error:
            self._raise(error)
        with _writer(self.spare).begin() as connection:
            connection.execute(delete(runs).where(runs.c.id == run_id))
            for table, content in rows.items():
                if content:
                    connection.execute(insert(table), content)

    def _readable(self) -> bool:
        try:
            with self.main.begin() as connection:
                connection.execute(select(runs.c.id).limit(1))
        except DatabaseError:
            return False
        return True

    def _tell(self, problem: str) -> None:
        (self.spare_folder / "problem").write_text(problem)

    def _raise(self, error: Exception) -> None:
        fault = fault_of(error)
        if fault is None:
            raise error
        raise StoreFault(fault) from None


def _opened(url: str) -> Engine:
    if not url.startswith("sqlite"):
        patience = {"connect_timeout": PATIENCE} if url.startswith("postgresql") else {}
        return create_engine(url, pool_pre_ping=True, connect_args=patience)
    path = make_url(url).database
    if path and not path.startswith("file:"):
        Path(path).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(url, connect_args={"timeout": 20, "check_same_thread": False})
    event.listen(engine, "connect", _configure)
    event.listen(engine, "begin", _begin)
    return engine


def _furnish(engine: Engine) -> None:
    """Make the tables that are missing, and find out whether the database can be written.

    Two processes may do so at once; in PostgreSQL the slower one fails, and then finds them all.
    """
    try:
        _create(engine)
    except (IntegrityError, ProgrammingError):
        _create(engine)


def _create(engine: Engine) -> None:
    with _writer(engine).begin() as connection:
        metadata.create_all(connection)
        connection.execute(delete(wishes).where(wishes.c.id < 0))  # fails where writing would


def _configure(connection, _record) -> None:
    """Write-ahead log, one sync per checkpoint, and transactions that SQLAlchemy opens itself."""
    connection.isolation_level = None
    connection.execute("PRAGMA synchronous = NORMAL")
    try:
        connection.execute("PRAGMA journal_mode = WAL")
    except connection.OperationalError as error:
        if "readonly" not in str(error):
            raise


def _begin(connection: Connection) -> None:
    """A transaction that will write takes the lock at once: it could not be upgraded later."""
    writes = connection.get_execution_options().get("writes")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _writer(engine: Engine) -> Engine:
    return engine.execution_options(writes=True)


def temporary_folder() -> Path:
    """A private folder, in memory where the system has such a place, that goes away with this process."""
    memory = Path("/dev/shm")
    parent = memory if os.access(memory, os.W_OK) else None
    folder = Path(tempfile.mkdtemp(prefix="unrolled-", dir=parent))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder
