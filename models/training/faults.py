"""The lasting troubles that a database may have, in words for the person."""

from __future__ import annotations

from sqlalchemy.exc import DatabaseError

INSTEAD = "Runs are kept in memory instead, and are lost when the server ends."
NOT_OPENED = f"The store of runs cannot be opened. {INSTEAD}"
DAMAGED = f"The store file is damaged. {INSTEAD} Move the file away to begin a new one."
"""Does not pass: a page of the file that is whole, or still in memory, can be written all the same."""
FAULTS = {
    "readonly": f"The store of runs cannot be written (it is read-only). {INSTEAD}",
    "read-only": f"The store of runs cannot be written (it is read-only). {INSTEAD}",
    "full": f"The disk is full. {INSTEAD}",
    "no space": f"The disk is full. {INSTEAD}",
    "disk i/o": f"The disk does not take the store of runs (full or failing). {INSTEAD}",
    "malformed": DAMAGED,
    "not a database": DAMAGED,
    "unable to open": NOT_OPENED,
    "permission denied": NOT_OPENED,
    "connection": f"The database of runs cannot be reached. {INSTEAD}",
}
"""Part of the database's message -> what the person reads (never the message itself: it may name paths)."""
NO_DRIVER = (
    "The driver of the database of runs is not installed "
    f"(PostgreSQL: pip install -r requirements-postgres.txt). {INSTEAD}"
)
NO_ADDRESS = f"UNROLLED_STORE is no address of a database, such as postgresql://user@host/name. {INSTEAD}"


def fault_of(error: Exception) -> str | None:
    """What a lasting trouble of the database is in plain words; None for errors of another kind."""
    if not isinstance(error, DatabaseError | OSError):
        return None
    message = str(getattr(error, "orig", None) or error).lower()
    return next((words for part, words in FAULTS.items() if part in message), None)
