"""What SQLite knows of its tables when it chooses an index; other databases look for themselves."""

from __future__ import annotations

from sqlalchemy import Connection

EVERY = 1_000
"""After so many commits, and after a commit of so many customers, it looks again."""

_ROWS = 1_000
"""How much of each index it looks at: some milliseconds' worth."""


def analyse_if_due(connection: Connection, revision: int, count: int) -> None:
    """Look at the customers again if commit *revision*, of *count* of them, is one to do so after.

    Without it, SQLite takes whom an owner has for as many as are open.
    """
    if connection.dialect.name == "sqlite" and (revision % EVERY == 0 or count >= EVERY):
        connection.exec_driver_sql(f"PRAGMA analysis_limit = {_ROWS}")
        connection.exec_driver_sql("ANALYZE customers")
