"""The `Store` of a database: commits and their history; questions are `reading`'s."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, Engine, func, or_, select

from crmcore.changes import Batch, Commit, Write
from crmcore.codec import Codec, Doc, edit_of
from crmcore.errors import ConflictError, DuplicateIdError
from crmcore.storage.base import Store
from crmcore.storage.bulk import MANY, no_collecting
from crmcore.storage.logline import changes
from crmcore.storage.turns import Turn
from crmcore_sql.loading import loading
from crmcore_sql.past import turns_until
from crmcore_sql.reading import CHUNK, KEPT, ReadingStore, chunks, newest_revision
from crmcore_sql.rows import ALWAYS, to_json
from crmcore_sql.schema import COMMITS, CUSTOMERS, TOUCHED
from crmcore_sql.seal import Sealing
from crmcore_sql.then import ThenStore

WRITTEN = 2000
"""How many customers of a commit are made rows of at a time."""


class SqlStore(ReadingStore):
    """Customers, commits and who was touched by which, in three tables."""

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
        for some in chunks(ids):
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
        for writes in chunks(batch.writes, WRITTEN):
            texts = self._write_some(connection, writes, head)
            body.add(("" if begins else ",") + ",".join(texts))
            begins = False
        body.add("]")
        kept = {"revision": head["revision"], "body": body.sealed()}
        self._statements.keep_commit.run(connection, kept)

    def _write_some(self, connection: Connection, writes: Sequence[Write], head: Doc) -> list[str]:
        """Write *writes*, part of the commit of *head*; returns what the commit says of each."""
        say, codec, revision = self._statements, self._codec, head["revision"]
        say.touch.run_many(
            connection, [{"customer_id": w.id, "revision": revision} for w in writes]
        )
        self._remembering.replace(connection, writes, head)
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


def _holds(column: Any, text: str, engine: Engine) -> Any:
    function = func.strpos if engine.dialect.name == "postgresql" else func.instr
    return function(column, text) > 0
