"""Who looks at which run, so that a run that nobody watches any more can be paused."""

from __future__ import annotations

import threading
import time

from models.training.desk import Desk


class Attendance:
    """The visitors of one server. Who leaves may come back within the grace, by another tab too."""

    def __init__(self, desk: Desk, server: str, grace: float) -> None:
        """Keep it in the store, where other servers see it."""
        self.desk, self.server, self.grace = desk, server, grace
        self._known: set[tuple[str, str]] = set()
        self._leaving: dict[str, float] = {}
        self._lock = threading.Lock()

    def attend(self, run_id: str, visitor: str) -> bool:
        """A visitor looks at a run; whether it is for the first time."""
        with self._lock:
            self._leaving.pop(visitor, None)
            if (run_id, visitor) in self._known:
                return False
            self._known.add((run_id, visitor))
        self.desk.watch(run_id, visitor, self.server)
        return True

    def turn_from(self, run_id: str, visitor: str) -> list[str]:
        """A visitor looks at something else now; the run, where nobody else looks at it."""
        with self._lock:
            self._known.discard((run_id, visitor))
        return self.desk.unwatch(visitor, self.server, run_id)

    def leave(self, visitor: str) -> None:
        """A visitor's tab is gone."""
        with self._lock:
            self._leaving[visitor] = time.monotonic() + self.grace

    def deserted(self) -> list[str]:
        """The runs that lost their last watcher since this was last asked."""
        now = time.monotonic()
        with self._lock:
            gone = [visitor for visitor, until in self._leaving.items() if until <= now]
            for visitor in gone:
                del self._leaving[visitor]
            self._known = {(run, visitor) for run, visitor in self._known if visitor not in gone}
        return [run for visitor in gone for run in self.desk.unwatch(visitor, self.server)]
