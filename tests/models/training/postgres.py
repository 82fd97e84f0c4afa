"""A corner of a real PostgreSQL for one test: a schema and a role of its own.

The server is the one that $UNROLLED_TEST_POSTGRES names: the URL of a superuser, for example
postgresql://postgres@localhost/postgres.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest
from sqlalchemy import Engine, create_engine, make_url


@dataclass
class Corner:
    """Tables that only one test sees; `close` and `open` shut its role out of the server and let it in."""

    url: str
    role: str
    server: Engine

    def execute(self, *statements: str) -> None:
        with self.server.begin() as connection:
            for statement in statements:
                connection.exec_driver_sql(statement)

    def shut(self) -> None:
        """As if the server were gone, for this role."""
        self.execute(
            f"ALTER ROLE {self.role} NOLOGIN",
            f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '{self.role}'",
        )

    def open(self) -> None:
        self.execute(f"ALTER ROLE {self.role} LOGIN")


@contextmanager
def postgres() -> Iterator[Corner]:
    """Without a server the test is skipped with the reason, or fails where CI allows no skip."""
    given = os.environ.get("UNROLLED_TEST_POSTGRES")
    if not given:
        reason = "needs a PostgreSQL: set UNROLLED_TEST_POSTGRES to the URL of a superuser"
        if os.environ.get("UNROLLED_NO_SKIP"):
            pytest.fail(reason)
        pytest.skip(reason)
    server = create_engine(given, isolation_level="AUTOCOMMIT")
    role = f"unrolled_{secrets.token_hex(6)}"
    url = make_url(given).set(username=role, password=role)
    corner = Corner(url.render_as_string(hide_password=False), role, server)
    corner.execute(
        f"CREATE ROLE {role} LOGIN PASSWORD '{role}'",
        f"ALTER ROLE {role} SET search_path = {role}",
        f"CREATE SCHEMA {role} AUTHORIZATION {role}",
    )
    try:
        yield corner
    finally:
        corner.shut()
        corner.execute(f"DROP SCHEMA {role} CASCADE", f"DROP ROLE {role}")
        server.dispose()
