import os
import sqlite3

import pytest
from sqlalchemy import event
from sqlalchemy.exc import DatabaseError

from models.training.store import Store
from models.training.worker import train_run
from tests.models.training.conftest import experiment
from tests.models.training.test_store import snapshot

PATHS = ("/", "\\", "sqlite:")


def says(store, word):
    assert word in store.problem and "memory" in store.problem
    assert not any(part in store.problem.replace("postgresql://user@host/name", "") for part in PATHS)


def works(store):
    """Everything a run needs goes on."""
    run_id = store.create(experiment(3), "ada")
    attempt, _ = store.desk.enlist(run_id, "server", "pool")
    train_run(store.address, run_id, attempt)
    run = store.run(run_id)
    assert (run.status, run.step) == ("finished", 3), run.reason
    assert store.snapshot_steps(run_id) == [0, 1, 2, 3]
    assert store.find(experiment(3)) == run_id and store.recent()[0].id == run_id
    assert store.text(store.save_text("a text")) == "a text"
    return run_id


def test_a_good_store_has_no_problem(file_store):
    works(file_store)
    assert file_store.problem is None


@pytest.mark.parametrize(
    "content", [b"this is no database, but a text" * 100, b"SQLite format 3\0" + b"\xff" * 9000]
)
def test_a_corrupt_file_is_said_and_left_alone(tmp_path, content):
    path = tmp_path / "runs.sqlite"
    path.write_bytes(content)
    store = Store(f"sqlite:///{path}")
    says(store, "damaged")
    works(store)
    assert path.read_bytes() == content
    store.close()


@pytest.mark.parametrize(
    ("message", "lasts"), [("database disk image is malformed", True), ("database or disk is full", False)]
)
def test_a_full_disk_passes_and_a_damaged_file_does_not(file_store, message, lasts):
    def fails_in_the_main_database(connection):
        if connection.engine.url == file_store.database.main.url:
            raise DatabaseError("insert", None, sqlite3.DatabaseError(message))

    file_store.database.write(None, fails_in_the_main_database)
    assert file_store.problem
    file_store.desk.beat("a server")
    assert bool(file_store.problem) == lasts


def test_a_read_only_file_is_still_read(tmp_path, file_store):
    before = file_store.create(experiment(4))
    file_store.append(before, snapshot(2))
    reader = Store(f"sqlite:///file:{tmp_path / 'runs.sqlite'}?mode=ro&uri=true")
    says(reader, "read-only")
    assert reader.snapshot_steps(before) == [2]
    works(reader)
    reader.append(before, snapshot(3))
    assert reader.snapshot_steps(before) == [2, 3] and file_store.snapshot_steps(before) == [2]
    assert {run.id for run in reader.recent()} > {before}
    reader.close()


def test_a_place_that_cannot_be_opened_is_said(tmp_path):
    (tmp_path / "file").write_text("not a folder")
    store = Store(f"sqlite:///{tmp_path / 'file' / 'runs.sqlite'}")
    says(store, "cannot be opened")
    works(store)
    store.close()


@pytest.mark.parametrize(
    ("url", "word"),
    [("my runs", "no address"), ("what://host/name", "no address"), ("mysql+mysqldb://host/name", "driver")],
)
def test_an_address_that_cannot_be_used_is_said(url, word):
    store = Store(url)
    says(store, word)
    works(store)
    store.close()


def test_a_disk_that_fills_mid_run_moves_the_run_to_memory(tmp_path, file_store):
    run_id = file_store.create(experiment(40))
    file_store.append(run_id, snapshot(1))
    pages = []

    @event.listens_for(file_store.database.main, "begin")
    def fill(connection):
        if not pages:
            pages.append(connection.exec_driver_sql("PRAGMA page_count").scalar())
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages[0]}")

    file_store.database.main.dispose()
    for step in range(2, 40):
        file_store.append(run_id, snapshot(step, note=step))
    says(file_store, "full")
    assert file_store.snapshot_steps(run_id) == list(range(1, 40))
    in_another_process = Store(file_store.address[0], spare=file_store.address[1])
    assert in_another_process.snapshot_steps(run_id) == list(range(1, 40))
    assert in_another_process.problem == file_store.problem
    assert [run.id for run in file_store.recent()] == [run_id]
    in_another_process.close()


def test_memory_alone_is_no_problem():
    store = Store("sqlite://")
    works(store)
    assert store.problem is None
    store.close()


def test_the_spare_folder_is_private(file_store):
    mode = os.stat(file_store.address[1]).st_mode
    assert mode & 0o077 == 0
