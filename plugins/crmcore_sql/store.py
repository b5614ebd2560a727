"""The `Store` of a database: questions are asked in SQL, nothing is ever loaded whole."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from decimal import Decimal
from functools import lru_cache
from heapq import nsmallest
from itertools import islice
from operator import itemgetter
from typing import Any, TypeVar, cast

from sqlalchemy import Connection, Engine, func, or_, select, true
from sqlalchemy.exc import SQLAlchemyError

from crmcore.changes import Batch, Commit, Write
from crmcore.codec import Codec, Doc, edit_of
from crmcore.customer import Customer
from crmcore.errors import ConflictError, DuplicateIdError, StoreError
from crmcore.evaluate import Getter, matches, order_keys, place, place_of
from crmcore.evaluate import tally as tallied
from crmcore.fieldspec import Kind
from crmcore.query import And, Bucket, Condition, Cursor, Page, Query
from crmcore.storage.bulk import MANY, no_collecting
from crmcore.storage.lazy import Part
from crmcore.storage.logline import changes
from crmcore_sql.conditions import Conditions, Sql, behind, sorting
from crmcore_sql.engines import writing
from crmcore_sql.failing import failure
from crmcore_sql.keys import FRACTIONS, RANK, TEXTS
from crmcore_sql.listening import Listening
from crmcore_sql.loading import loading
from crmcore_sql.looking import Columns, in_columns
from crmcore_sql.migrating import prepare
from crmcore_sql.prepared import Statements
from crmcore_sql.rows import ALWAYS, Rows, to_json
from crmcore_sql.schema import COMMITS, CUSTOMERS, FACTS, TOUCHED
from crmcore_sql.seal import Sealing
from crmcore_sql.upkeep import UpkeepStore

CHUNK = 500
WRITTEN = 2000
"""How many customers of a commit are made rows of at a time."""
DECODED = 2048
"""How many customers are remembered by their document: a board asks for the same ones again."""

T = TypeVar("T")
_KEPT = select(CUSTOMERS.c.doc, CUSTOMERS.c.revision)


class SqlStore(UpkeepStore):
    """Customers, commits and who was touched by which, in three tables."""

    def __init__(self, engine: Engine, codec: Codec, name: str) -> None:
        self._engine = engine
        self._writing = writing(engine)
        self._codec = codec
        self._name = name
        self._conditions = Conditions(codec.fields, engine.dialect.name)
        self._rows = Rows(codec.fields, engine.dialect.name)
        self._decoded = lru_cache(maxsize=DECODED)(self._decode)
        self._statements = Statements.of(engine.dialect)
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
            self._revision = _revision(connection)
        return self._revision

    def get(self, customer_id: str) -> Customer | None:
        with self._reading() as connection:
            found = connection.execute(_KEPT.where(CUSTOMERS.c.id == customer_id)).first()
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
            asked = _KEPT.add_columns(CUSTOMERS.c.id, *(key for key, _ in keys)).where(where)
            if query.after is not None:
                asked = asked.where(behind(keys, query.after))
            asked = asked.order_by(*sorting(keys))
            if query.limit is not None:
                asked = asked.limit(query.limit + 1)
            rows = connection.execute(asked).all()
            revision = _revision(connection)
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
        return Page(tuple(row[2] for row in page), cursor, _revision(connection))

    def _matching(
        self, connection: Connection, condition: Condition
    ) -> Iterator[tuple[Customer, Getter]]:
        fields = self._codec.fields
        asked = _KEPT.where(self._at_least(condition)).execution_options(yield_per=CHUNK)
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
        columns = None
        if said is not None and in_columns(keys, self._codec.fields):
            columns = Columns(keys, self._codec.fields, self._conditions)
        with self._reading() as connection:
            if columns is None:
                yield from self._look_into(connection, where)
                return
            unsaid: list[str] = []
            asked = select(*columns.asked, CUSTOMERS.c.id).where(true() if said is None else said)
            for row in connection.execute(asked.execution_options(yield_per=CHUNK)):
                if (found := columns.glance(row)) is None:
                    unsaid.append(row.id)
                else:
                    yield cast(Customer, found)
            for some in _chunks(unsaid):
                kept = _KEPT.where(CUSTOMERS.c.id.in_(some))
                yield from map(self._customer, connection.execute(kept))

    def _look_into(self, connection: Connection, where: Condition) -> Iterator[Customer]:
        fields, exact = self._codec.fields, self._conditions.where(where) is not None
        asked = _KEPT.where(self._at_least(where)).execution_options(yield_per=CHUNK)
        for row in connection.execute(asked):
            part = Part(json.loads(row.doc) | {"revision": row.revision}, self._codec)
            customer = cast(Customer, part)

            def get(key: str, customer: Customer = customer) -> Any:
                return fields.value(customer, key)

            if exact or matches(where, get, fields):
                yield customer

    def tally(self, where: Condition, by: tuple[str, ...]) -> tuple[Bucket, ...]:
        said = self._conditions.where(where)
        specs = [self._codec.fields.get(name) for name in by]
        plain = all(spec and spec.kind in (*TEXTS, Kind.CHOICE) for spec in specs)
        with self._reading() as connection:
            if said is not None and plain:
                keys = [self._conditions.key(name) for name in by]
                counted = self._counted(connection, said, keys)
                if counted is not None:
                    return self._buckets(counted, specs)
            return tallied((get for _, get in self._matching(connection, where)), by)

    def _counted(self, connection: Connection, said: Sql, keys: Sequence[Sql]) -> Any:
        """Counts and sums by *keys* and currency; None where sums of SQL would not be exact."""
        columns = CUSTOMERS.c
        asked = (
            select(
                *keys,
                columns.value_currency,
                func.count(),
                func.count(columns.value_whole),
                func.sum(columns.value_whole),
                func.sum(columns.value_parts),
            )
            .where(said)
            .group_by(*keys, columns.value_currency)
        )
        rows = connection.execute(asked).all()
        currency, width = len(keys), len(keys) + 1
        exact = all(row[currency] is None or row[width] == row[width + 1] for row in rows)
        return rows if exact else None

    def _buckets(self, rows: Any, specs: Sequence[Any]) -> tuple[Bucket, ...]:
        width = len(specs)
        buckets: dict[tuple[Any, ...], Bucket] = {}
        for row in rows:
            key = tuple(
                text[RANK:] if text is not None and spec.kind is Kind.CHOICE else text
                for text, spec in zip(row[:width], specs, strict=True)
            )
            currency, count, _, whole, parts = row[width:]
            known = buckets.get(key, Bucket(key, 0))
            values, unknown = dict(known.values), known.unknown_value
            if currency is None:
                unknown += count
            else:
                values[currency] = Decimal(int(whole)) + Decimal(int(parts)) / FRACTIONS
            buckets[key] = Bucket(key, known.count + count, values, unknown)
        return tuple(sorted(buckets.values(), key=lambda b: tuple(str(part) for part in b.key)))

    # commits

    def commit(self, batch: Batch) -> Commit:
        many = no_collecting(len(batch.writes))
        with self._errors(), many, self._writing.begin() as connection:
            revision = self._next_revision(connection)
            self._check(connection, batch)
            head = self._codec.encode_head(revision, batch)
            with loading(connection, sum(write.before is None for write in batch.writes)):
                self._write(connection, batch, head)
            self._listening.tell(connection, revision)
        self._revision = revision
        return self._codec.committed(head, batch)

    def _check(self, connection: Connection, batch: Batch) -> None:
        found = self._revisions(connection, [write.id for write in batch.writes])
        seen: set[str] = set()
        for write in batch.writes:
            now = found.get(write.id, 0)
            if write.before is None:
                if now or write.id in seen:
                    raise DuplicateIdError(write.id, now)
            elif write.id in seen or now != write.before.revision or not now:
                raise ConflictError(
                    f"{write.id} was changed by someone else meanwhile. Look at it again, then "
                    "repeat what still applies.",
                    customer_id=write.id,
                    expected=write.before.revision,
                    found=now,
                )
            seen.add(write.id)

    def _revisions(self, connection: Connection, ids: Sequence[str]) -> dict[str, int]:
        """At which revision those of *ids* are that exist."""
        if len(ids) == 1:
            number = self._statements.found.run(connection, {"id": ids[0]})
            return {} if number is None else {ids[0]: number}
        found: dict[str, int] = {}
        for some in _chunks(ids):
            asked = select(CUSTOMERS.c.id, CUSTOMERS.c.revision).where(CUSTOMERS.c.id.in_(some))
            found.update({row.id: row.revision for row in connection.execute(asked)})
        return found

    def _next_revision(self, connection: Connection) -> int:
        """The next revision; writers wait for each other here, on this one row."""
        mine = {"name": "revision", "step": 1}
        self._statements.count_up.run(connection, mine)
        return int(self._statements.revision.run(connection, mine))

    def _write(self, connection: Connection, batch: Batch, head: Doc) -> None:
        """Write what *batch* does, some at a time: nothing but the text of the commit grows with it."""
        body, begins = Sealing(to_json(head)[:-1] + ',"edits":['), True
        for writes in _chunks(batch.writes, WRITTEN):
            texts = self._write_some(connection, writes, head["revision"])
            body.add(("" if begins else ",") + ",".join(texts))
            begins = False
        body.add("]")
        kept = {"revision": head["revision"], "body": body.sealed()}
        self._statements.keep_commit.run(connection, kept)

    def _write_some(
        self, connection: Connection, writes: Sequence[Write], revision: int
    ) -> list[str]:
        """Write *writes*, part of commit *revision*; returns what the commit says of each."""
        say, codec = self._statements, self._codec
        say.touch.run_many(
            connection, [{"customer_id": w.id, "revision": revision} for w in writes]
        )
        say.remove.run_many(connection, [{"id": w.id} for w in writes if w.after is None])
        said: list[str] = []
        new: list[dict[str, Any]] = []
        changed: dict[tuple[str, ...], list[dict[str, Any]]] = {}
        for write in writes:
            before, after = write.before, write.after
            old, doc = codec.encode_sides(write)
            text = "" if doc is None else to_json(doc)
            if old is None:  # the document is not written twice
                said.append(f'{{"id":{to_json(write.id)},"kind":"create","doc":{text}}}')
            else:
                said.append(to_json(edit_of(write, old, doc)))
            if after is None or doc is None:
                continue
            row = self._rows.row(after, doc, text, revision)
            if before is None or old is None:
                new.append(row)
                continue
            # An index is written to only where its columns are: most changes touch few of them.
            known = self._rows.row(before, old, "", before.revision)
            names = tuple(name for name in row if name in ALWAYS or row[name] != known[name])
            changed.setdefault(names, []).append(row | {"of": after.id})
        say.keep.run_many(connection, new)
        for names, rows in changed.items():
            say.change(names).run_many(connection, rows)
        return said

    def history(
        self, customer_id: str | None = None, *, since: int = 0, newest_first: bool = False
    ) -> Iterator[Commit]:
        order = COMMITS.c.revision.desc() if newest_first else COMMITS.c.revision.asc()
        asked = select(COMMITS.c.body).where(COMMITS.c.revision > since).order_by(order)
        if customer_id is not None:
            mine = select(TOUCHED.c.revision).where(TOUCHED.c.customer_id == customer_id)
            asked = asked.where(COMMITS.c.revision.in_(mine))
        with self._reading() as connection:
            for (body,) in connection.execute(asked.execution_options(yield_per=CHUNK)):
                yield self._codec.decode_commit(json.loads(body))

    def raw_history(
        self,
        codec: Codec,
        *,
        since: int = 0,
        newest_first: bool = False,
        limit: int | None = None,
        changing: Collection[str] = (),
    ) -> Iterator[Doc]:
        order = COMMITS.c.revision.desc() if newest_first else COMMITS.c.revision.asc()
        asked = select(COMMITS.c.body).where(COMMITS.c.revision > since).order_by(order)
        if changing:
            texts = [one.decode() for one in changes(changing)]
            asked = asked.where(or_(*(_holds(COMMITS.c.body, one, self._engine) for one in texts)))
        if limit is not None:
            asked = asked.limit(limit)
        with self._reading() as connection:
            for (body,) in connection.execute(asked.execution_options(yield_per=CHUNK)):
                yield json.loads(body)

    def documents(self, codec: Codec) -> tuple[int, dict[str, Doc]]:
        with self._reading() as connection, no_collecting(MANY):
            asked = _KEPT.add_columns(CUSTOMERS.c.id).execution_options(yield_per=CHUNK)
            docs = {
                row.id: json.loads(row.doc) | {"revision": row.revision}
                for row in connection.execute(asked)
            }
            return _revision(connection), docs

    def wait(self, seconds: float) -> bool:
        return self._listening.wait(seconds)

    def close(self) -> None:
        self._listening.close()
        self._engine.dispose()


def _revision(connection: Connection) -> int:
    found = connection.scalar(select(FACTS.c.number).where(FACTS.c.name == "revision"))
    return int(found or 0)


def _chunks(items: Iterable[T], size: int = CHUNK) -> Iterator[Sequence[T]]:
    rest = iter(items)
    while chunk := list(islice(rest, size)):
        yield chunk


def _holds(column: Any, text: str, engine: Engine) -> Any:
    function = func.strpos if engine.dialect.name == "postgresql" else func.instr
    return function(column, text) > 0


def _behind_all(prefix: str) -> str:
    return prefix + "\U0010ffff" * 2
