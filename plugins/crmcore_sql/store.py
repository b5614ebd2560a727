"""The `Store` of a database: commits and their history; questions are `reading`'s."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, Engine, Select, func, or_, select

from crmcore.changes import Batch, Commit, Write
from crmcore.codec import Codec, Doc, edit_of, to_json
from crmcore.customer import Customer
from crmcore.errors import ConflictError, DuplicateIdError
from crmcore.storage.base import ALL, Span, Store
from crmcore.storage.bulk import MANY, no_collecting
from crmcore.storage.logline import changes
from crmcore.storage.turns import Turn
from crmcore_sql.analysing import analyse_if_due
from crmcore_sql.bodies import IN_PARTS, PART, Body, commits_of, commits_of_one
from crmcore_sql.loading import loading
from crmcore_sql.past import turns_until
from crmcore_sql.reading import CHUNK, KEPT, ReadingStore, chunks, newest_revision
from crmcore_sql.rows import ALWAYS, INDEXED, Kept, Row, quoted
from crmcore_sql.schema import COMMITS, CUSTOMERS
from crmcore_sql.then import ThenStore


class SqlStore(ReadingStore):
    """Customers, commits and who was touched by which, each in tables of their own."""

    def commit(self, batch: Batch) -> Commit:
        many = no_collecting(len(batch.writes))
        with self._errors(), many, self._writing.begin() as connection:
            revision = self._next_revision(connection)
            self._check(connection, batch)
            head = self._codec.encode_head(revision, batch)
            with loading(connection, sum(write.before is None for write in batch.writes)):
                self._write(connection, batch, head)
            analyse_if_due(connection, revision, len(batch.writes))
            self._listening.tell(connection, revision)
        self._revision = revision
        return self._codec.committed(head, batch)

    def _check(self, connection: Connection, batch: Batch) -> None:
        found = self._revisions(connection, [write.id for write in batch.writes])
        seen: set[str] = set()
        for write in batch.writes:
            customer_id = write.id
            now = found.get(customer_id, 0)
            if write.before is None:
                if now or customer_id in seen:
                    raise DuplicateIdError(customer_id, now)
            elif customer_id in seen or now != write.before.revision or not now:
                raise ConflictError(
                    f"{customer_id} was changed by someone else meanwhile. Look at it again, then "
                    "repeat what still applies.",
                    customer_id=customer_id,
                    expected=write.before.revision,
                    found=now,
                )
            seen.add(customer_id)

    def _revisions(self, connection: Connection, ids: Sequence[str]) -> dict[str, int]:
        """At which revision those of *ids* are that exist."""
        if len(ids) == 1:
            number = self._statements.found.run(connection, ids[0])
            return {} if number is None else {ids[0]: number}
        found: dict[str, int] = {}
        for some in chunks(ids):
            asked = select(CUSTOMERS.c.id, CUSTOMERS.c.revision).where(CUSTOMERS.c.id.in_(some))
            found.update({row.id: row.revision for row in connection.execute(asked)})
        return found

    def _next_revision(self, connection: Connection) -> int:
        """The next revision; writers wait for each other here, on this one row."""
        self._statements.count_up.run(connection, 1, "revision")
        return int(self._statements.revision.run(connection, "revision"))

    def _write(self, connection: Connection, batch: Batch, head: Doc) -> None:
        """Write what *batch* does, some at a time: nothing held here grows with it."""
        body = Body(connection, self._statements, head, len(batch.writes))
        for writes in chunks(batch.writes, PART):
            body.add([write.id for write in writes], self._write_some(connection, writes, head))
        body.done()

    def _write_some(self, connection: Connection, writes: Sequence[Write], head: Doc) -> list[str]:
        """Write *writes*, part of the commit of *head*; returns what the commit says of each."""
        say, codec, revision = self._statements, self._codec, head["revision"]
        self._remembering.replace(connection, writes, head)
        say.remove.run_many(connection, [(w.id,) for w in writes if w.after is None])
        sides = [codec.encode_sides(write) for write in writes]
        texts = ["" if doc is None else to_json(doc) for _, doc in sides]
        said: list[str] = []
        new: list[Kept] = []
        changed: list[Kept] = []
        befores: list[Customer] = []
        olds: list[Doc] = []
        for write, (was, doc), text in zip(writes, sides, texts, strict=True):
            before, after = write.before, write.after
            if was is None:  # the document is not written twice
                said.append(f'{{"id":{quoted(write.id)},"kind":"create","doc":{text}}}')
            else:
                said.append(to_json(edit_of(write, was, doc)))
            if after is None or doc is None:
                continue
            if before is None or was is None:
                new.append((after, doc, text, revision))
            else:
                changed.append((after, doc, text, revision))
                befores.append(before)
                olds.append(was)
        say.keep.run_many(connection, self._rows.rows(new))
        if changed:
            rows = self._rows.rows(changed)
            for names, some in _changes(self._rows.indexed(befores, olds), rows).items():
                say.change(names).run_many(connection, some)
        return said

    def history(
        self, customer_id: str | None = None, *, since: int = 0, newest_first: bool = False
    ) -> Iterator[Commit]:
        with self._reading() as connection:
            if customer_id is None:
                found = commits_of(connection, _bodies(since, newest_first))
            else:
                found = commits_of_one(connection, customer_id, since, newest_first)
            yield from map(self._codec.decode_commit, found)

    def raw_history(self, codec: Codec, span: Span = ALL) -> Iterator[Doc]:
        asked = _bodies(span.since, span.newest_first)
        if span.changing:
            texts = [IN_PARTS, *(one.decode() for one in changes(span.changing))]
            asked = asked.where(or_(*(_holds(COMMITS.c.body, one, self._engine) for one in texts)))
        if span.limit is not None:
            asked = asked.limit(span.limit)
        with self._reading() as connection:
            yield from commits_of(connection, asked)

    def turns(self, codec: Codec, field: str) -> Iterator[Turn]:
        with self._reading() as connection:
            found = turns_until(connection, field)
            if found is not None:
                yield from found
                return
        yield from super().turns(codec, field)

    def at(self, codec: Codec, revision: int) -> Store:
        return ThenStore(self, self._reading, codec, revision)

    def documents(self, codec: Codec) -> tuple[int, dict[str, Doc]]:
        with self._reading() as connection, no_collecting(MANY):
            asked = KEPT.add_columns(CUSTOMERS.c.id).execution_options(yield_per=CHUNK)
            docs = {
                row.id: json.loads(row.doc) | {"revision": row.revision}
                for row in connection.execute(asked)
            }
            return newest_revision(connection), docs

    def wait(self, seconds: float) -> bool:
        return self._listening.wait(seconds)

    def close(self) -> None:
        self._listening.close()
        self._engine.dispose()


def _changes(old: Sequence[Row], rows: Sequence[Row]) -> dict[tuple[str, ...], list[Row]]:
    """What to set so that customers get these *rows*: by columns, their values and the customer's id.

    *old* are the columns `INDEXED` as they are: an index is written to only where its columns are, and
    most changes touch few of them.
    """
    changes: dict[tuple[str, ...], list[Row]] = {}
    for was, (customer_id, *now) in zip(old, rows, strict=True):
        always, indexed = now[: len(ALWAYS)], now[len(ALWAYS) :]
        places = [at for at, (a, b) in enumerate(zip(indexed, was, strict=True)) if a != b]
        names = (*ALWAYS, *[INDEXED[at] for at in places])
        values = (*always, *[indexed[at] for at in places], customer_id)
        changes.setdefault(names, []).append(values)
    return changes


def _bodies(since: int, newest_first: bool) -> Select[Any]:
    order = COMMITS.c.revision.desc() if newest_first else COMMITS.c.revision.asc()
    return select(COMMITS.c.body).where(COMMITS.c.revision > since).order_by(order)


def _holds(column: Any, text: str, engine: Engine) -> Any:
    function = func.strpos if engine.dialect.name == "postgresql" else func.instr
    return function(column, text) > 0
