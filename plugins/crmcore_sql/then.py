"""A database's customers as they were: few of their fields in a table in memory, the rest when asked for."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from threading import RLock
from typing import Any, cast

from sqlalchemy import (
    URL,
    Column,
    Connection,
    Engine,
    FromClause,
    MetaData,
    StaticPool,
    Table,
    create_engine,
    event,
    insert,
    select,
    union_all,
)

from crmcore.codec import Codec, Doc
from crmcore.customer import Customer
from crmcore.query import Bucket, By, Condition, Cursor, Page, Query
from crmcore.storage.base import Store
from crmcore.storage.bulk import no_collecting
from crmcore.storage.lazy import Part
from crmcore.storage.past import PastView, before_edit
from crmcore.storage.turns import Turn
from crmcore_sql.bodies import commits_of
from crmcore_sql.conditions import Conditions, Sql, behind, sorting
from crmcore_sql.looking import Columns, Glance, in_columns
from crmcore_sql.past import turns_until
from crmcore_sql.prepared import prepared
from crmcore_sql.schema import COMMITS, CUSTOMERS, PAST, REMEMBERED, TOUCHED
from crmcore_sql.tallying import counted_by
from crmcore_sql.upkeep import Reading

FEW = 1000
"""How many customers are taken back one by one; of more everybody is rebuilt."""

_READ = 10_000
_KEPT = (
    "links", "value_currency", "value_whole", "value_parts", *(f"k_{name}" for name in REMEMBERED),
)  # fmt: skip

THEN = Table(
    "there",
    MetaData(),
    *(Column(name, CUSTOMERS.c[name].type) for name in ("id", "revision")),
    *(Column(name, PAST.c[name].type) for name in _KEPT),
)
"""What is remembered of everybody who was there, as one moment had it."""


class ThenStore(PastView):
    """What *store* held at *revision*.

    Figures are answered from what is remembered. Whole customers are those of now, their later commits
    taken back; what can be told of them alone is asked of everybody, rebuilt from the commits.
    """

    def __init__(self, store: Store, reading: Reading, codec: Codec, revision: int) -> None:
        super().__init__(store, revision)
        self._reading, self._codec = reading, codec
        self._lock = RLock()
        self._rebuilt: Store | None = None
        self._conditions = Conditions(codec.fields, "sqlite", THEN)
        self._engine = _in_memory()
        with reading() as connection, self._engine.begin() as mine, no_collecting():
            _remember(connection, mine, revision)

    def close(self) -> None:
        self._engine.dispose()

    def _everybody(self) -> Store:
        """All of them as documents, rebuilt when this is first asked for."""
        with self._lock:
            if self._rebuilt is None:
                self._rebuilt = Store.at(self._store, self._codec, self._until)
            return self._rebuilt

    # a few whole customers

    def _docs(self, ids: Sequence[str]) -> Mapping[str, Doc]:
        """The documents of *ids*, who were there."""
        with self._reading() as connection:
            asked = select(CUSTOMERS.c.id, CUSTOMERS.c.doc, CUSTOMERS.c.revision)
            found = connection.execute(asked.where(CUSTOMERS.c.id.in_(ids)))
            docs = {row.id: json.loads(row.doc) | {"revision": row.revision} for row in found}
            later = select(TOUCHED.c.revision).where(
                TOUCHED.c.customer_id.in_(ids), TOUCHED.c.revision > self._until
            )
            bodies = select(COMMITS.c.body).where(COMMITS.c.revision.in_(later))
            wanted = set(ids)
            for raw in commits_of(connection, bodies.order_by(COMMITS.c.revision.desc())):
                for edit in raw["edits"]:
                    if (one := edit["id"]) in wanted:
                        before = before_edit(docs.get(one), edit, self._until)
                        docs.pop(one, None)
                        if before is not None:
                            docs[one] = before
        return docs

    def get(self, customer_id: str) -> Customer | None:
        doc = self._docs([customer_id]).get(customer_id)
        return None if doc is None else self._codec.decode(doc)

    def _ask(self, asked: Any) -> list[Any]:
        with self._lock, self._engine.begin() as mine:
            return list(mine.execute(asked).all())

    def find(self, query: Query) -> Page:
        keys, said = self._conditions.order(query.order), self._conditions.where(query.where)
        if keys is None or said is None or query.limit is None or query.limit > FEW:
            return self._everybody().find(query)
        asked = select(THEN.c.id, *(key for key, _ in keys)).where(said)
        if query.after is not None:
            asked = asked.where(behind(keys, query.after, THEN.c.id))
        rows = self._ask(asked.order_by(*sorting(keys, THEN.c.id)).limit(query.limit + 1))
        page, cursor = rows[: query.limit], None
        if page and len(page) < len(rows):
            cursor = Cursor(tuple(page[-1][1:]), page[-1].id)
        docs = self._docs([row.id for row in page])
        return Page(tuple([self._codec.decode(docs[row.id]) for row in page]), cursor, self._until)

    # many by a few of their fields

    def tally(self, where: Condition, by: By) -> tuple[Bucket, ...]:
        with self._lock, self._engine.begin() as mine:
            found = counted_by(mine, self._conditions, self._codec.fields, where, by)
        return self._everybody().tally(where, by) if found is None else found

    def values(
        self, codec: Codec, where: Condition, keys: Sequence[str]
    ) -> Iterator[tuple[Any, ...]]:
        value = codec.fields.value
        values, customers = self._read(codec, where, keys)
        yield from values
        for one in customers:
            yield tuple([value(one, key) for key in keys])

    def look(self, where: Condition, keys: Collection[str]) -> Iterator[Customer]:
        values, customers = self._read(self._codec, where, tuple(keys))
        for one in values:
            yield cast(Customer, Glance(dict(zip(keys, one, strict=True))))
        yield from customers

    def _read(
        self, codec: Codec, where: Condition, keys: Sequence[str]
    ) -> tuple[Iterable[tuple[Any, ...]], Iterable[Customer]]:
        """The values of *keys*, and those customers of whom what is remembered does not tell them."""
        said = self._conditions.where(where)
        if said is None:
            return (), self._everybody().look(where, keys)
        if not in_columns(keys, codec, self._conditions):
            return (), self._whole(self._ask(select(THEN.c.id).where(said)), where, keys)
        columns = Columns(keys, codec, self._conditions)
        values, some_untold = columns.values(self._ask(select(*columns.asked).where(said)))
        if not some_untold:
            return values, ()
        untold = self._ask(select(THEN.c.id).where(said, columns.untold))
        return values, self._whole(untold, where, keys)

    def _whole(
        self, rows: Sequence[Any], where: Condition, keys: Sequence[str]
    ) -> Iterable[Customer]:
        """The customers whose ids are in *rows*, who are among those *where* holds for."""
        ids = [row.id for row in rows]
        if len(ids) > FEW:
            wanted = set(ids)
            return (one for one in self._everybody().look(where, keys) if one.id in wanted)
        docs = self._docs(ids) if ids else {}
        return (cast(Customer, Part(docs[one], self._codec)) for one in ids)

    def turns(self, codec: Codec, field: str) -> Iterator[Turn]:
        with self._reading() as connection:
            found = turns_until(connection, field, self._until)
            if found is not None:
                yield from found
                return
        yield from super().turns(codec, field)

    def last_id(self, prefix: str) -> str | None:
        return self._everybody().last_id(prefix)

    def documents(self, codec: Codec) -> tuple[int, dict[str, Doc]]:
        return self._everybody().documents(codec)


def _in_memory() -> Engine:
    """A database of its own, one connection for all threads."""
    engine = create_engine(
        URL.create("sqlite+pysqlite"),
        poolclass=StaticPool,
        connect_args={"check_same_thread": False},
    )

    @event.listens_for(engine, "connect")
    def _connected(connection: Any, _: Any) -> None:
        connection.isolation_level = None  # another database cannot be attached in a transaction
        connection.create_function("casefold", 1, _casefold, deterministic=True)

    THEN.create(engine)
    return engine


def _casefold(text: str | None) -> str | None:
    return None if text is None else text.casefold()


def _remember(connection: Connection, mine: Connection, revision: int) -> None:
    """Put in those who were there at *revision*: who has not changed since, and what was replaced since."""

    def columns(table: FromClause, customer_id: str, since: str) -> list[Sql]:
        return [table.c[customer_id], table.c[since], *(table.c[name] for name in _KEPT)]

    still = select(*columns(CUSTOMERS, "id", "revision")).where(CUSTOMERS.c.revision <= revision)
    gone = select(*columns(PAST, "customer_id", "since")).where(
        PAST.c.until > revision, PAST.c.since <= revision, PAST.c.since > 0
    )
    there = union_all(still, gone)
    if connection.dialect.name == "sqlite":  # without a detour by Python
        mine.exec_driver_sql("ATTACH ? AS store", (str(connection.engine.url.database),))
        try:
            mine.execute(insert(THEN).from_select([column.name for column in THEN.c], there))
        finally:
            mine.exec_driver_sql("DETACH store")
        return
    said = prepared(insert(THEN), mine.dialect).sql
    for rows in connection.execute(there.execution_options(yield_per=_READ)).partitions():
        mine.exec_driver_sql(said, [tuple(row) for row in rows])
