"""Bringing a database to the tables this version knows, and its rows to the fields there are."""

from __future__ import annotations

import json
from pathlib import Path

from sqlalchemy import Connection, Engine, delete, insert, inspect, select, text, update

from crmcore.codec import Codec
from crmcore.errors import StoreError
from crmcore_sql.past import FACT, fill, past_digest
from crmcore_sql.prepared import Statements
from crmcore_sql.rows import Rows, fields_digest
from crmcore_sql.schema import CUSTOMERS, FACTS, METADATA, REVISION
from crmcore_sql.upkeep import kept_commits, read_base

MIGRATIONS = Path(__file__).parent / "migrations"
_CHUNK = 500


def prepare(engine: Engine, codec: Codec) -> None:
    """Make, migrate or accept the tables; index the rows again where fields have changed.

    Raises StoreError for tables of a newer crmcore, or somebody else's.
    """
    with engine.begin() as connection:
        found = _version(connection)
        if found != REVISION:
            _migrate(connection, found)
        _index_again(connection, codec)
        known = connection.scalar(select(FACTS.c.text).where(FACTS.c.name == FACT))
        if known != past_digest(codec.fields):
            fill(connection, codec, read_base(connection), kept_commits(connection))


def _version(connection: Connection) -> str | None:
    names = set(inspect(connection).get_table_names())
    if "alembic_version" not in names:
        if names & set(METADATA.tables):
            raise StoreError("This database has tables of these names that are not crmcore's.")
        return None
    version: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return version


def _migrate(connection: Connection, found: str | None) -> None:
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if found is not None and found not in known:
        raise StoreError(
            f"This database was written by a newer crmcore (schema {found}). Update crmcore."
        )
    config.attributes["connection"] = connection
    command.upgrade(config, REVISION)


def _index_again(connection: Connection, codec: Codec) -> None:
    """Rows hold keys by the fields known when they were written; a new plugin brings new ones."""
    digest = fields_digest(codec.fields)
    known = connection.scalar(select(FACTS.c.text).where(FACTS.c.name == "fields"))
    if known == digest:
        return
    after, rows_of = "", Rows(codec.fields, connection.dialect.name)
    while True:
        kept = select(CUSTOMERS.c.id, CUSTOMERS.c.doc, CUSTOMERS.c.revision)
        page = kept.where(CUSTOMERS.c.id > after).order_by(CUSTOMERS.c.id).limit(_CHUNK)
        rows = connection.execute(page).all()
        if rows:
            connection.execute(
                delete(CUSTOMERS).where(CUSTOMERS.c.id.in_([row.id for row in rows]))
            )
            docs = [json.loads(row.doc) for row in rows]
            Statements.of(connection.dialect).keep.run_many(
                connection,
                rows_of.rows(
                    [
                        (codec.decode(doc), doc, row.doc, row.revision)
                        for row, doc in zip(rows, docs, strict=True)
                    ]
                ),
            )
        if len(rows) < _CHUNK:
            break
        after = rows[-1].id
    if known is None:
        connection.execute(insert(FACTS), {"name": "fields", "number": 0, "text": digest})
    else:
        mine = FACTS.c.name == "fields"
        connection.execute(update(FACTS).where(mine).values(text=digest))
