"""Looking after a database store: its whole past, another past in its place, a shorter one."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from itertools import islice
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Connection, Engine, delete, insert, select, text, update

from crmcore.codec import Codec, Doc, to_json
from crmcore.errors import StoreError
from crmcore.storage.base import Footprint, Store, check_expected
from crmcore.storage.chronicle import Base, Chronicle
from crmcore.storage.replaying import Replay
from crmcore_sql.bodies import checked
from crmcore_sql.bodies import keep as keep_commits
from crmcore_sql.listening import Listening
from crmcore_sql.loading import loading
from crmcore_sql.past import Filling
from crmcore_sql.prepared import Statements
from crmcore_sql.rows import Kept, Rows
from crmcore_sql.schema import COMMITS, CUSTOMERS, FACTS, PARTS, PAST, TOUCHED
from crmcore_sql.seal import sealed, unsealed

T = TypeVar("T")
Reading = Callable[[], AbstractContextManager[Connection]]
"""Begins a transaction that reads, and turns its failures into StoreErrors."""

CHUNK = 500

BASE = "base"
"""The fact that says from where on there are commits, and the ids used up before. `base:000001` and
on hold the customers as they were then."""

_BASES = FACTS.c.name.like(f"{BASE}:%")
_MINE = FACTS.c.name == BASE
_REVISION = FACTS.c.name == "revision"


def base_revision(connection: Connection) -> int:
    """The revision up to which history was forgotten."""
    return int(connection.scalar(select(FACTS.c.number).where(_MINE)) or 0)


def chronicle(reading: Reading) -> Chronicle:
    """The whole past: read as it is asked for, a chunk at a time."""
    with reading() as connection:
        base = read_base(connection)
    if base.revision:
        base = Base(base.revision, base.retired, _base_docs(reading, base.revision))
    return Chronicle(base, _commits(reading, base.revision))


def read_base(connection: Connection) -> Base:
    """The base and its customers. Raises StoreError where it is damaged."""
    found = connection.execute(select(FACTS.c.number, FACTS.c.text).where(_MINE)).first()
    if found is None:
        return Base()
    said = unsealed(found.text)
    if said is None or said["revision"] != found.number:
        raise _damaged("what the history begins with")
    return Base(said["revision"], said["retired"], _docs(connection))


def _docs(connection: Connection) -> Iterator[Doc]:
    asked = select(FACTS.c.name, FACTS.c.text).where(_BASES).order_by(FACTS.c.name)
    for number, row in enumerate(connection.execute(asked.execution_options(yield_per=1)), 1):
        said = unsealed(row.text)
        if said is None or row.name != _base_name(number):
            raise _damaged("a customer of those the history begins with")
        yield from said["docs"]


def _base_docs(reading: Reading, revision: int) -> Iterator[Doc]:
    with reading() as connection:
        _still(connection, revision)
        yield from _docs(connection)


def _commits(reading: Reading, base: int) -> Iterator[Doc]:
    with reading() as connection:
        _still(connection, base)
        yield from kept_commits(connection)


def kept_commits(connection: Connection) -> Iterator[Doc]:
    """All commits there are, in order. Raises StoreError for a damaged one."""
    for revision, raw, _ in checked(connection):
        if raw is None:
            raise _damaged(f"revision {revision}")
        yield raw


def _still(connection: Connection, base: int) -> None:
    if base_revision(connection) != base:
        raise StoreError("The store was compacted by another program meanwhile. Try again.")


def _damaged(what: str) -> StoreError:
    return StoreError(
        f"The database is damaged: {what} does not fit its checksum. Restore the store from a "
        "backup: `crmcore store restore FILE`."
    )


def _base_name(number: int) -> str:
    return f"{BASE}:{number:06}"


def _put_base(connection: Connection, past: Replay) -> None:
    """Make the state *past* is in the base."""
    connection.execute(delete(FACTS).where(_MINE | _BASES))
    if not past.revision:
        return
    said = {"revision": past.revision, "retired": list(past.retired())}
    fact = {"name": BASE, "number": past.revision, "text": sealed(to_json(said))}
    connection.execute(insert(FACTS), fact)
    for number, docs in enumerate(chunks(past.docs()), 1):
        fact = {"name": _base_name(number), "number": 0, "text": sealed(to_json({"docs": docs}))}
        connection.execute(insert(FACTS), fact)


def take_turn(connection: Connection, expected: int | None = None) -> int:
    """Keep all other writers waiting until this transaction ends; returns the revision.

    Raises ConflictError when it is not the one *expected*.
    """
    connection.execute(update(FACTS).where(_REVISION).values(number=FACTS.c.number))
    revision = int(connection.scalar(select(FACTS.c.number).where(_REVISION)) or 0)
    if expected is not None:
        check_expected(revision, expected)
    return revision


def rewrite(connection: Connection, new: Chronicle, codec: Codec, expected: int) -> int:
    """Make *new* all there is; returns its last revision. Raises StoreError, ConflictError."""
    take_turn(connection, expected)
    say = Statements.of(connection.dialect)
    for table in (CUSTOMERS, COMMITS, PARTS, TOUCHED, PAST):
        connection.execute(delete(table))
    with Replay(codec) as past:
        past.begin(new.base)
        past.watch = filling = Filling(connection, codec)
        _put_base(connection, past)
        _touch(connection, ((customer_id, past.revision) for customer_id in past.retired()))
        _touch(connection, ((doc["id"], doc["revision"]) for doc in past.docs()))
        for raws in chunks(past.following(new)):
            keep_commits(connection, say, raws)
        filling.done()
        rows, keep = Rows(codec.fields, connection.dialect.name), say.keep
        with loading(connection, len(past)):
            for docs in chunks(past.docs()):
                keep.run_many(connection, rows.rows([_kept(codec, doc) for doc in docs]))
        connection.execute(update(FACTS).where(_REVISION).values(number=past.revision))
        return past.revision


def _kept(codec: Codec, doc: Doc) -> Kept:
    revision = doc.pop("revision")
    return codec.decode(doc), doc, to_json(doc), revision


def _touch(connection: Connection, edits: Iterable[tuple[str, int]]) -> None:
    touch = Statements.of(connection.dialect).touch
    for chunk in chunks(edits):
        touch.run_many(connection, [(*one, None) for one in chunk])


def forget(connection: Connection, past: Replay, base: int) -> None:
    """Make the state *past* is in the base, and drop the commits up to there.

    *base* is the revision of the one it was worked out from. Which customer was touched when stays:
    ids are never given again.
    """
    take_turn(connection)
    _still(connection, base)
    _put_base(connection, past)
    connection.execute(delete(COMMITS).where(COMMITS.c.revision <= past.revision))
    connection.execute(delete(PARTS).where(PARTS.c.revision <= past.revision))
    connection.execute(delete(PAST).where(PAST.c.until <= past.revision))


def footprint(engine: Engine) -> Footprint:
    """The bytes of the database: of an SQLite file, or of PostgreSQL's tables."""
    if engine.dialect.name == "sqlite":
        path = Path(str(engine.url.database))
        pieces = (path, path.with_name(f"{path.name}-wal"))
        size = sum(piece.stat().st_size for piece in pieces if piece.exists())
        return Footprint(path, {"database": size}, "machine")
    asked = text(
        "SELECT coalesce(sum(pg_total_relation_size(oid)), 0) FROM pg_class WHERE relkind = 'r' AND"
        " relnamespace = current_schema()::regnamespace AND relname IN"
        " ('customers', 'commits', 'commit_parts', 'touched', 'facts', 'past')"
    )
    with engine.begin() as connection:
        return Footprint(None, {"database": int(connection.scalar(asked) or 0)}, "network")


def vacuum(engine: Engine) -> bool:
    """Give back what deleted rows took up in an SQLite file; a server does so by itself: False."""
    if engine.dialect.name != "sqlite":
        return False
    with engine.connect() as connection:
        # The first ends the transaction that every connection begins with.
        for statement in ("COMMIT", "VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)"):
            connection.exec_driver_sql(statement)
    return True


def chunks(items: Iterable[T]) -> Iterator[list[T]]:
    """*items* by the `CHUNK`."""
    rest = iter(items)
    while chunk := list(islice(rest, CHUNK)):
        yield chunk


class UpkeepStore(Store):
    """The part of a database store that looks after it; the rest connects, and keeps `_revision`."""

    _engine: Engine
    _writing: Engine
    _revision: int
    _listening: Listening

    @abstractmethod
    def _errors(self) -> AbstractContextManager[None]:
        """Turns the database's failures into StoreErrors."""

    @abstractmethod
    def _reading(self) -> AbstractContextManager[Connection]:
        """A transaction that reads, its failures turned too."""

    @property
    def base_revision(self) -> int:
        with self._reading() as connection:
            return base_revision(connection)

    def footprint(self) -> Footprint:
        with self._errors():
            return footprint(self._engine)

    def chronicle(self, codec: Codec) -> Chronicle:
        return chronicle(self._reading)

    def rewrite(self, chronicle: Chronicle, codec: Codec, *, expected: int) -> None:
        with self._errors(), self._writing.begin() as connection:
            revision = rewrite(connection, chronicle, codec, expected)
            self._listening.tell(connection, revision)
        self._revision = revision

    def forget(self, revision: int, codec: Codec) -> None:
        whole = self.chronicle(codec)
        with self._errors(), Replay(codec) as past:
            past.shortened(whole, revision)
            with self._writing.begin() as connection:
                forget(connection, past, whole.base.revision)

    def compact(self) -> bool:
        with self._errors():
            return vacuum(self._engine)

    def check(self, codec: Codec) -> Iterator[str]:
        from crmcore_sql.checking import check

        return check(self._engine, codec)
