"""Whether a database store is whole: its file, its commits, and every row against them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from typing import Any

from sqlalchemy import URL, Connection, Engine, Row, Text, cast, create_engine, select, text
from sqlalchemy.exc import SQLAlchemyError

from crmcore.codec import Codec, Doc
from crmcore.errors import StoreError
from crmcore.fields import FieldCatalogue
from crmcore.storage.checking import RESTORE, sentence
from crmcore.storage.replaying import Replay
from crmcore_sql.bodies import checked
from crmcore_sql.migrating import prepare
from crmcore_sql.past import FACT, Remembered, past_digest
from crmcore_sql.rows import COLUMNS, Rows, fields_digest
from crmcore_sql.schema import CUSTOMERS, FACTS, TOUCHED
from crmcore_sql.upkeep import BASE, CHUNK, read_base

_JSONS = ("keys", "folded")


def check(engine: Engine, codec: Codec) -> Iterator[str]:
    """What is wrong, one line each with what to do; all of it as one moment had it."""
    try:
        with engine.begin() as connection, Replay(codec) as past:
            if engine.dialect.name == "sqlite":
                yield from _sqlite(connection)
            told = list(_commits(connection, past, codec))
            yield from told
            if not told:
                yield from _customers(connection, past, codec)
            yield from _facts(connection, past, codec)
    except StoreError as error:
        yield str(error)
    except (SQLAlchemyError, ValueError, LookupError, TypeError, AttributeError) as error:
        cause = str(getattr(error, "orig", None) or error) or type(error).__name__
        yield sentence(f"the database cannot be read: {cause.splitlines()[0]}", RESTORE)


def _sqlite(connection: Connection) -> Iterator[str]:
    found = connection.exec_driver_sql("PRAGMA integrity_check").scalars().all()
    for line in found:
        if line != "ok":
            yield sentence(f"SQLite finds the file damaged: {line}", RESTORE)
    if _schema(connection) != _schema_as_made():
        yield sentence("the tables are not as crmcore makes them", RESTORE)


@cache
def _schema_as_made() -> set[tuple[Any, ...]]:
    fresh = create_engine(URL.create("sqlite+pysqlite"))
    prepare(fresh, Codec(FieldCatalogue()))
    with fresh.begin() as made:
        schema = _schema(made)
    fresh.dispose()
    return schema


def _schema(connection: Connection) -> set[tuple[Any, ...]]:
    asked = "SELECT type, name, tbl_name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_stat%'"
    return {tuple(row) for row in connection.execute(text(asked))}


def _commits(connection: Connection, past: Replay, codec: Codec) -> Iterator[str]:
    """The commits, and with them which customers are said to have been touched by which, and what is
    remembered of what they replaced."""
    past.begin(read_base(connection))
    base = past.revision
    remembered = Remembered(connection, codec)
    past.watch = remembered
    touched = _touched(connection)
    row = next(touched, None)
    while row is not None and row[0] <= base:
        if not past.used(row[1]):
            yield sentence(f"table touched names {row[1]}, whom nobody knows", RESTORE)
        row = next(touched, None)
    for revision, raw, places in checked(connection):
        if raw is None:
            wrong = f"the commit of revision {revision} does not fit its checksum"
            yield sentence(wrong, RESTORE)
            return
        for wrong in past.apply(raw):
            yield sentence(wrong, RESTORE)
        said: set[tuple[int, str, int | None]] = set()
        while row is not None and row[0] == revision:
            said.add(row)
            row = next(touched, None)
        if said != {(revision, one := edit["id"], places.get(one)) for edit in raw["edits"]}:
            wrong = f"table touched does not say whom revision {revision} changed"
            yield sentence(wrong, RESTORE)
        if not remembered.fits(revision):
            wrong = f"table past does not say what revision {revision} replaced"
            yield sentence(wrong, RESTORE)
    if not remembered.fits(None):
        yield sentence("table past names revisions that are not there", RESTORE)
    if row is not None:
        yield sentence(f"table touched names revision {row[0]}, which is not there", RESTORE)


def _touched(connection: Connection) -> Iterator[tuple[int, str, int | None]]:
    columns = (TOUCHED.c.revision, TOUCHED.c.customer_id, TOUCHED.c.part)
    asked = select(*columns).order_by(TOUCHED.c.revision)
    for row in connection.execute(asked.execution_options(yield_per=CHUNK)):
        yield row.revision, row.customer_id, row.part


def _customers(connection: Connection, past: Replay, codec: Codec) -> Iterator[str]:
    rows = Rows(codec.fields, connection.dialect.name)
    columns = [c for c in CUSTOMERS.c if c.name not in _JSONS]
    texts = [cast(CUSTOMERS.c[name], Text).label(name) for name in _JSONS]
    asked = select(*columns, *texts).execution_options(yield_per=CHUNK)
    for row in connection.execute(asked):
        try:
            doc = json.loads(row.doc)
            wrong = past.difference(row.id, doc | {"revision": row.revision})
            wrong = wrong or _columns(rows, codec, row, doc)
        except Exception as error:  # of any kind: damaged JSON fails in many ways
            wrong = f"customer {row.id} cannot be read ({type(error).__name__})"
        if wrong:
            yield sentence(wrong, RESTORE)
    for customer_id in past.missing():
        yield sentence(f"customer {customer_id} of the history is not there", RESTORE)


def _columns(rows: Rows, codec: Codec, row: Row[Any], doc: Doc) -> str:
    """Which columns of *row* do not fit its document."""
    (made,) = rows.rows([(codec.decode(doc), doc, row.doc, row.revision)])
    expected = dict(zip(COLUMNS, made, strict=True))
    held = dict(row._mapping)
    for name in _JSONS:
        held[name], expected[name] = json.loads(held[name]), json.loads(expected[name])
    wrong = [name for name, value in expected.items() if held[name] != value]
    return f"{', '.join(wrong)} of customer {row.id} does not fit its document" if wrong else ""


def _facts(connection: Connection, past: Replay, codec: Codec) -> Iterator[str]:
    digest = fields_digest(codec.fields)
    known = {
        "revision": (past.revision, ""), "fields": (0, digest), FACT: (0, past_digest(codec.fields)),
    }  # fmt: skip
    facts = connection.execute(select(FACTS.c.name, FACTS.c.number, FACTS.c.text))
    held = {row.name: (row.number, row.text) for row in facts if not row.name.startswith(BASE)}
    if held != known:
        wrong = [name for name in {**known, **held} if held.get(name) != known.get(name)]
        yield sentence(f"table facts does not fit the commits in {', '.join(wrong)}", RESTORE)
