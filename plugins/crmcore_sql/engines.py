"""Connections: SQLite for one machine, PostgreSQL for several."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError

from crmcore.errors import ConfigError, StoreError
from crmcore_sql.prepared import Prepared

BUSY_SECONDS = 10.0

_PAGE = 8192
"""Bytes of a page of a new file: several customers share one, where a page of 4096 has mostly one."""

_PATIENCE = {"connect_timeout": "10", "keepalives_idle": "30", "tcp_user_timeout": "30000"}
"""How long a server may be silent, in libpq's words, unless the address says so itself."""

_BEGIN, _BEGIN_IMMEDIATE = Prepared("BEGIN", ()), Prepared("BEGIN IMMEDIATE", ())

_SECRETS = ("password", "sslpassword")


def sqlite_engine(path: Path, busy_seconds: float = BUSY_SECONDS) -> Engine:
    """The database file *path*, made 0600 if it is new: WAL, every commit synced.

    Who writes waits *busy_seconds* for another who does.
    """
    if path.is_dir():
        raise StoreError(f"{path} is a folder; a store is a file. Name a file in it.")
    if not path.parent.is_dir():
        raise StoreError(f"There is no folder {path.parent}. Make it first.")
    try:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        with path.open("rb") as file:
            head = file.read(16)
    except OSError as error:
        raise StoreError(
            f"{path} cannot be opened: {error.strerror}. Ask for access, or name another file."
        ) from error
    if head and head != b"SQLite format 3\0":
        raise StoreError(f"{path} is not an SQLite database. Move it away or name another file.")
    engine = create_engine(URL.create("sqlite+pysqlite", database=str(path)))

    @event.listens_for(engine, "connect")
    def _connected(connection: Any, _: Any) -> None:
        connection.isolation_level = None  # `BEGIN` is said below, when and how it is meant
        for pragma in (
            f"busy_timeout={int(busy_seconds * 1000)}", f"page_size={_PAGE}", "journal_mode=WAL",
            "synchronous=FULL",
        ):  # fmt: skip
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begins(connection: Any) -> None:
        writes = connection.get_execution_options().get("writes", False)
        (_BEGIN_IMMEDIATE if writes else _BEGIN).run(connection)

    return engine


def postgresql_engine(address: str) -> Engine:
    """The database at *address*, by psycopg 3. Raises ConfigError for an address that is none."""
    try:
        url = make_url(address).set(drivername="postgresql+psycopg")
    except (ArgumentError, ValueError) as error:
        raise ConfigError(
            "The store's address is not one of a database; write it as in "
            "postgresql://user@host/database."
        ) from error
    given = url.query
    arguments = {name: value for name, value in _PATIENCE.items() if name not in given}
    # Secrets go to the driver alone: the engine's URL is shown in messages.
    arguments |= {name: str(given[name]) for name in _SECRETS if name in given}
    try:
        return create_engine(
            url.difference_update_query(_SECRETS),
            pool_pre_ping=True,
            isolation_level="REPEATABLE READ",
            connect_args=arguments,
        )
    except ImportError as error:
        raise ConfigError('PostgreSQL needs psycopg: pip install "crmcore[postgres]".') from error


def writing(engine: Engine) -> Engine:
    """*engine* for transactions that write: they take turns, and see what the one before did."""
    if engine.dialect.name == "postgresql":
        return engine.execution_options(isolation_level="READ COMMITTED")
    return engine.execution_options(writes=True)
