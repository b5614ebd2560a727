"""The half of a database's `Store` that is asked: in SQL, nothing is ever loaded whole."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from heapq import nsmallest
from itertools import islice
from operator import itemgetter
from typing import Any, TypeVar, cast

from sqlalchemy import Connection, Engine, func, select, true
from sqlalchemy.exc import SQLAlchemyError

from crmcore.codec import Codec
from crmcore.customer import Customer
from crmcore.errors import StoreError
from crmcore.evaluate import Getter, matches, order_keys, place, place_of
from crmcore.evaluate import tally as tallied
from crmcore.query import And, Bucket, By, Condition, Cursor, Page, Query
from crmcore.storage.lazy import Part
from crmcore_sql.conditions import Conditions, Sql, behind, sorting
from crmcore_sql.engines import writing
from crmcore_sql.failing import failure
from crmcore_sql.listening import Listening
from crmcore_sql.looking import Columns, in_columns
from crmcore_sql.migrating import prepare
from crmcore_sql.past import Remembering
from crmcore_sql.prepared import Statements
from crmcore_sql.rows import Rows
from crmcore_sql.schema import CUSTOMERS, FACTS, TOUCHED
from crmcore_sql.tallying import counted_by
from crmcore_sql.upkeep import UpkeepStore

CHUNK = 500
"""How many rows are fetched, or ids named, at a time."""
READ = 10_000
"""How many rows are fetched at a time of which little is read."""
DECODED = 2048
"""How many customers are remembered by their document: a board asks for the same ones again."""

T = TypeVar("T")
KEPT = select(CUSTOMERS.c.doc, CUSTOMERS.c.revision)


class ReadingStore(UpkeepStore):
    """Answers from the tables; a commit is `SqlStore`'s."""

    def __init__(self, engine: Engine, codec: Codec, name: str) -> None:
        self._engine = engine
        self._writing = writing(engine)
        self._codec = codec
        self._name = name
        self._conditions = Conditions(codec.fields, engine.dialect.name)
        self._rows = Rows(codec.fields, engine.dialect.name)
        self._decoded = lru_cache(maxsize=DECODED)(self._decode)
        self._statements = Statements.of(engine.dialect)
        self._remembering = Remembering(codec, engine.dialect)
        self._revision = 0
        self._listening = Listening(engine, lambda: self._revision)
        with self._errors():
            prepare(self._writing, codec)
        self.refresh()

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except SQLAlchemyError as error:
            raise failure(self._name, error) from error
        except UnicodeDecodeError as error:  # the driver's, of damaged text in data and messages
            raise StoreError(
                f"The store {self._name} is damaged: {error}. Restore it from a backup: "
                "`crmcore store restore FILE`."
            ) from error

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        with self._errors(), self._engine.begin() as connection:
            yield connection

    @property
    def revision(self) -> int:
        return self._revision

    def refresh(self) -> int:
        with self._reading() as connection:
            self._revision = newest_revision(connection)
        return self._revision

    def get(self, customer_id: str) -> Customer | None:
        with self._reading() as connection:
            found = connection.execute(KEPT.where(CUSTOMERS.c.id == customer_id)).first()
        return None if found is None else self._customer(found)

    def _customer(self, row: Any) -> Customer:
        return self._decoded(row.doc, row.revision)

    def _decode(self, doc: str, revision: int) -> Customer:
        return self._codec.decode(json.loads(doc) | {"revision": revision})

    def last_id(self, prefix: str) -> str | None:
        touched = TOUCHED.c.customer_id
        mine = (
            select(touched)
            .where(touched >= prefix, func.substr(touched, 1, len(prefix)) == prefix)
            .where(touched < _behind_all(prefix) if prefix else true())
            .order_by(func.length(touched).desc(), touched.desc())
            .limit(1)
        )
        with self._reading() as connection:
            return connection.scalar(mine)

    # questions

    def find(self, query: Query) -> Page:
        keys = self._conditions.order(query.order)
        where = self._conditions.where(query.where)
        with self._reading() as connection:
            if keys is None or where is None:
                return self._find_here(connection, query)
            asked = KEPT.add_columns(CUSTOMERS.c.id, *(key for key, _ in keys)).where(where)
            if query.after is not None:
                asked = asked.where(behind(keys, query.after, CUSTOMERS.c.id))
            asked = asked.order_by(*sorting(keys, CUSTOMERS.c.id))
            if query.limit is not None:
                asked = asked.limit(query.limit + 1)
            rows = connection.execute(asked).all()
            revision = newest_revision(connection)
        page = rows[: query.limit]
        cursor = None
        if page and len(page) < len(rows):
            cursor = Cursor(tuple(page[-1][3:]), page[-1].id)
        return Page(tuple(map(self._customer, page)), cursor, revision)

    def _find_here(self, connection: Connection, query: Query) -> Page:
        """The answer to what SQL cannot say exactly: candidates are streamed past the evaluator."""
        fields = self._codec.fields
        after = None if query.after is None else place_of(query.order, query.after)
        rows = (
            (place(query.order, keys, customer.id), keys, customer)
            for customer, get in self._matching(connection, query.where)
            for keys in (order_keys(query.order, get, fields),)
        )
        wanted = (row for row in rows if after is None or row[0] > after)
        found = (
            sorted(wanted, key=itemgetter(0))
            if query.limit is None
            else nsmallest(query.limit + 1, wanted, key=itemgetter(0))
        )
        page = found[: query.limit]
        more = page and len(page) < len(found)
        cursor = Cursor(page[-1][1], page[-1][2].id) if more else None
        return Page(tuple(row[2] for row in page), cursor, newest_revision(connection))

    def _matching(
        self, connection: Connection, condition: Condition
    ) -> Iterator[tuple[Customer, Getter]]:
        fields = self._codec.fields
        asked = KEPT.where(self._at_least(condition)).execution_options(yield_per=CHUNK)
        for row in connection.execute(asked):
            customer = self._decode(row.doc, row.revision)

            def get(key: str, customer: Customer = customer) -> Any:
                return fields.value(customer, key)

            if matches(condition, get, fields):
                yield customer, get

    def _at_least(self, condition: Condition) -> Sql:
        """What SQL can say of *condition*: everybody it holds for, and perhaps others."""
        parts = condition.parts if isinstance(condition, And) else (condition,)
        said = [self._conditions.where(part) for part in parts]
        together: Sql = true()
        for part in said:
            together = together if part is None else together & part
        return together

    def look(self, where: Condition, keys: Collection[str]) -> Iterator[Customer]:
        said = self._conditions.where(where)
        with self._reading() as connection:
            if said is None or not in_columns(tuple(keys), self._codec, self._conditions):
                yield from self._look_into(connection, where)
                return
            columns = Columns(tuple(keys), self._codec, self._conditions)
            for values, customers in self._in_columns(connection, said, columns):
                yield from (cast(Customer, columns.glance(one)) for one in values)
                yield from customers

    def values(
        self, codec: Codec, where: Condition, keys: Sequence[str]
    ) -> Iterator[tuple[Any, ...]]:
        said, value = self._conditions.where(where), codec.fields.value
        with self._reading() as connection:
            if said is None or not in_columns(keys, codec, self._conditions):
                for customer in self._look_into(connection, where):
                    yield tuple([value(customer, key) for key in keys])
                return
            columns = Columns(keys, codec, self._conditions)
            for values, customers in self._in_columns(connection, said, columns):
                yield from values
                for customer in customers:
                    yield tuple([value(customer, key) for key in keys])

    def _in_columns(
        self, connection: Connection, said: Sql, columns: Columns
    ) -> Iterator[tuple[Sequence[tuple[Any, ...]], Sequence[Customer]]]:
        """The values in the columns, some at a time, and the customers whom they do not tell exactly."""
        asked = select(*columns.asked).where(said).execution_options(yield_per=READ)
        some_untold = False
        for rows in connection.execute(asked).partitions():
            values, untold = columns.values(rows)
            some_untold = some_untold or untold
            yield values, ()
        if some_untold:
            left = connection.execute(KEPT.where(said, columns.untold)).all()
            yield (), list(map(self._customer, left))

    def _look_into(self, connection: Connection, where: Condition) -> Iterator[Customer]:
        fields, exact = self._codec.fields, self._conditions.where(where) is not None
        asked = KEPT.where(self._at_least(where)).execution_options(yield_per=CHUNK)
        for row in connection.execute(asked):
            part = Part(json.loads(row.doc) | {"revision": row.revision}, self._codec)
            customer = cast(Customer, part)

            def get(key: str, customer: Customer = customer) -> Any:
                return fields.value(customer, key)

            if exact or matches(where, get, fields):
                yield customer

    def tally(self, where: Condition, by: By) -> tuple[Bucket, ...]:
        with self._reading() as connection:
            counted = counted_by(connection, self._conditions, self._codec.fields, where, by)
            if counted is not None:
                return counted
            return tallied(
                (get for _, get in self._matching(connection, where)), by, self._codec.fields
            )


def newest_revision(connection: Connection) -> int:
    """That of the last commit; 0 before the first."""
    found = connection.scalar(select(FACTS.c.number).where(FACTS.c.name == "revision"))
    return int(found or 0)


def _behind_all(prefix: str) -> str:
    return prefix + "\U0010ffff" * 2


def chunks(items: Iterable[T], size: int = CHUNK) -> Iterator[Sequence[T]]:
    """*items*, so many at a time."""
    rest = iter(items)
    while chunk := list(islice(rest, size)):
        yield chunk
