"""Very many new customers in an SQLite file: its indexes are made once, behind all of them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection

MANY = 5_000
"""From how many new customers on it is worth it."""

_KIB_EACH = 4
"""What one customer dirties: pages that do not fit in memory are written over and over."""

_KIB_MOST = 256 * 1024
"""Beyond that memory is dearer than writing some pages twice."""


@contextmanager
def loading(connection: Connection, count: int) -> Iterator[None]:
    """Around the writing of *count* new customers in the transaction that *connection* is in.

    Where those are more than there are already, the indexes of the customers are dropped, and made
    again in the end: within the transaction, so that who is killed meanwhile leaves them as they
    were. Other databases lock out their readers for that, and are left alone.
    """
    if connection.dialect.name != "sqlite" or count < MANY:
        yield
        return
    run = connection.exec_driver_sql
    usual = run("PRAGMA cache_size").scalar_one()
    run(f"PRAGMA cache_size = {-min(_KIB_EACH * count, _KIB_MOST)}")
    try:
        indexes = []
        if run("SELECT count(*) FROM customers").scalar_one() < count:
            asked = "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
            indexes = [tuple(row) for row in run(f"{asked} AND tbl_name = 'customers'")]
        for name, _ in indexes:
            run(f'DROP INDEX "{name}"')
        yield
        for _, sql in indexes:
            run(sql)
    finally:
        run(f"PRAGMA cache_size = {usual}")
