"""Statements said the same way every time: compiled once, then handed to the driver as they are.

What SQLAlchemy does for each execution costs as much as the database's own work for one commit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from operator import itemgetter
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

from crmcore_sql.schema import COMMITS, CUSTOMERS, FACTS, TOUCHED


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
    """One statement in the words of a driver; `names` are its parameters where it counts them."""

    sql: str
    names: tuple[str, ...] | None

    def run(self, connection: Connection, values: Mapping[str, Any]) -> Any:
        """Execute it once; returns the first value it found, None for none."""
        parameters = self._as_said(values)
        with _failures(connection, self.sql):
            cursor = connection.connection.cursor()
            try:
                cursor.execute(self.sql, parameters)
                found = cursor.fetchone() if cursor.description else None
            finally:
                cursor.close()
        return None if found is None else found[0]

    def run_many(self, connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
        """Execute it for each of *rows*, which may be none."""
        if len(rows) == 1:
            self.run(connection, rows[0])
        elif rows:
            said: Any = rows
            if self.names is not None:
                said = list(zip(*(map(itemgetter(name), rows) for name in self.names), strict=True))
            connection.exec_driver_sql(self.sql, said)

    def _as_said(self, values: Mapping[str, Any]) -> Any:
        return values if self.names is None else tuple([values[name] for name in self.names])


@frozen
class Statements:
    """What a commit says to a database; `change` sets the columns named, of the customer `of`."""

    count_up: Prepared
    revision: Prepared
    found: Prepared
    keep_commit: Prepared
    touch: Prepared
    remove: Prepared
    keep: Prepared
    change: Callable[[tuple[str, ...]], Prepared]

    @classmethod
    def of(cls, dialect: Dialect) -> Statements:
        """For the databases that speak *dialect*."""

        def said(statement: Executable) -> Prepared:
            return prepared(statement, dialect)

        mine, customer_id = FACTS.c.name == _plain("name"), CUSTOMERS.c.id == _plain("id")
        return cls(
            said(update(FACTS).where(mine).values(number=FACTS.c.number + _plain("step"))),
            said(select(FACTS.c.number).where(mine)),
            said(select(CUSTOMERS.c.revision).where(customer_id)),
            said(_insert(COMMITS)),
            said(_insert(TOUCHED)),
            said(delete(CUSTOMERS).where(customer_id)),
            said(_insert(CUSTOMERS)),
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
    compiled = statement.compile(dialect=dialect)  # type: ignore[attr-defined]
    names = tuple(compiled.positiontup) if compiled.positional else None
    return Prepared(str(compiled), names)


def _plain(name: str) -> Any:
    """A parameter that SQLAlchemy neither converts nor casts."""
    return bindparam(name, type_=NullType())


def _insert(table: Table) -> Insert:
    return insert(table).values({column.name: _plain(column.name) for column in table.c})
