"""Statements said the same way every time: compiled once, then handed to the driver as they are.

What SQLAlchemy does for each execution costs as much as the database's own work for one commit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from itertools import chain
from typing import Any

from attrs import frozen
from sqlalchemy import (
    Connection,
    Dialect,
    bindparam,
    delete,
    insert,
    select,
    update,
)
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.expression import Executable, Insert
from sqlalchemy.sql.schema import Table
from sqlalchemy.types import NullType

from crmcore_sql.schema import COMMITS, CUSTOMERS, FACTS, PARTS, TOUCHED

TOGETHER = 50
"""How many rows one statement inserts."""


@contextmanager
def _failures(connection: Connection, sql: str) -> Iterator[None]:
    """A driver's own errors as SQLAlchemy's, which is not asked here."""
    base = connection.dialect.loaded_dbapi.Error
    try:
        yield
    except base as error:
        raise DBAPIError.instance(
            sql, None, error, base, hide_parameters=True, dialect=connection.dialect
        ) from error


@frozen
class Prepared:
    """One statement in the words of a driver; `names` are what its values stand for, in their order."""

    sql: str
    names: tuple[str, ...]

    def run(self, connection: Connection, *values: Any) -> Any:
        """Execute it once; returns the first value it found, None for none."""
        with _failures(connection, self.sql):
            cursor = connection.connection.cursor()
            try:
                cursor.execute(self.sql, values)
                found = cursor.fetchone() if cursor.description else None
            finally:
                cursor.close()
        return None if found is None else found[0]

    def run_named(self, connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
        """Execute it for each of *rows*, which may be none, their values by name."""
        self.run_many(connection, [tuple([row[name] for name in self.names]) for row in rows])

    def run_many(self, connection: Connection, rows: Sequence[tuple[Any, ...]]) -> None:
        """Execute it for each of *rows*, which may be none."""
        if len(rows) == 1:
            self.run(connection, *rows[0])
        elif rows:
            connection.exec_driver_sql(self.sql, list(rows))


@frozen
class Insertion(Prepared):
    """An INSERT of one row, and of `TOGETHER` rows at a time: that takes a database half as long."""

    of_many: str

    def run_many(self, connection: Connection, rows: Sequence[tuple[Any, ...]]) -> None:
        """Insert *rows*, which may be none."""
        whole = len(rows) - len(rows) % TOGETHER
        for start in range(0, whole, TOGETHER):
            some = rows[start : start + TOGETHER]
            connection.exec_driver_sql(self.of_many, tuple(chain.from_iterable(some)))
        super().run_many(connection, rows[whole:])


@frozen
class Statements:
    """What a commit says to a database, its values in the order of the table's columns.

    `change` sets the columns named, of the customer whose id comes last.
    """

    count_up: Prepared
    revision: Prepared
    found: Prepared
    keep_commit: Prepared
    keep_part: Prepared
    touch: Insertion
    remove: Prepared
    keep: Insertion
    change: Callable[[tuple[str, ...]], Prepared]

    @classmethod
    def of(cls, dialect: Dialect) -> Statements:
        """For the databases that speak *dialect*."""

        def said(statement: Executable) -> Prepared:
            return prepared(statement, dialect)

        def inserting(table: Table) -> Insertion:
            one = said(_insert(table))
            begin, values, row = one.sql.partition(" VALUES ")
            return Insertion(one.sql, one.names, begin + values + ", ".join([row] * TOGETHER))

        mine, customer_id = FACTS.c.name == _plain("name"), CUSTOMERS.c.id == _plain("id")
        return cls(
            said(update(FACTS).where(mine).values(number=FACTS.c.number + _plain("step"))),
            said(select(FACTS.c.number).where(mine)),
            said(select(CUSTOMERS.c.revision).where(customer_id)),
            said(_insert(COMMITS)),
            said(_insert(PARTS)),
            inserting(TOUCHED),
            said(delete(CUSTOMERS).where(customer_id)),
            inserting(CUSTOMERS),
            lru_cache(maxsize=256)(
                lambda names: said(
                    update(CUSTOMERS)
                    .where(CUSTOMERS.c.id == _plain("of"))
                    .values({name: _plain(name) for name in names})
                )
            ),
        )


def prepared(statement: Executable, dialect: Dialect) -> Prepared:
    """*statement* in the words of *dialect*'s driver."""
    counting = dialect if dialect.positional else type(dialect)(paramstyle="format")  # type: ignore[call-arg]
    compiled = statement.compile(dialect=counting)  # type: ignore[attr-defined]
    return Prepared(str(compiled), tuple(compiled.positiontup))


def _plain(name: str) -> Any:
    """A parameter that SQLAlchemy neither converts nor casts."""
    return bindparam(name, type_=NullType())


def _insert(table: Table) -> Insert:
    return insert(table).values({column.name: _plain(column.name) for column in table.c})
