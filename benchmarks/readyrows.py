"""What SQLite alone takes for the tables, rows and indexes of crmcore's own store, made beforehand."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

from attrs import frozen

from benchmarks.contender import Contender, Setting
from benchmarks.customers import START
from benchmarks.timing import Work
from crmcore.bootstrap import open_crm
from crmcore.changes import Batch, Write
from crmcore.config import Config
from crmcore.customer import Customer

_MEMORY_KIB = 512 * 1024


@frozen
class _Contents:
    """What an SQLite file holds: its page size, what made its tables and indexes, and their rows."""

    page: int
    tables: tuple[str, ...]
    indexes: tuple[str, ...]
    rows: dict[str, list[tuple[Any, ...]]]


class ReadyRows(Contender):
    """The least that bulk loading crmcore's tables can cost; it loads once."""

    name = "sqlite3, same rows"

    def __init__(self, setting: Setting) -> None:
        super().__init__(setting)
        self.operations = {}
        self._connection = sqlite3.connect(setting.folder / "rows.db", isolation_level=None)

    def load(self, customers: Sequence[Customer]) -> Work:
        """One transaction, the indexes behind the rows as the store itself makes them."""
        made = self.setting.folder / "made"
        made.mkdir()
        crm = open_crm(config=Config(store="sqlite:crm.db", directory=made), actor="bench")
        writes = tuple(Write(None, one) for one in customers)
        crm.store.commit(Batch(writes, START, "bench", "import"))
        crm.store.close()
        contents = _contents(made / "crm.db")
        shutil.rmtree(made)
        for statement in (
            f"PRAGMA page_size = {contents.page}",
            "PRAGMA journal_mode = WAL",
            "PRAGMA synchronous = FULL",
            f"PRAGMA cache_size = {-_MEMORY_KIB}",
            *contents.tables,
        ):
            self._connection.execute(statement)
        return partial(self._insert, contents)

    def _insert(self, contents: _Contents) -> None:
        run = self._connection.execute
        run("BEGIN IMMEDIATE")
        for table, rows in contents.rows.items():
            if rows:
                places = ", ".join("?" * len(rows[0]))
                self._connection.executemany(f"INSERT INTO {table} VALUES ({places})", rows)
        for index in contents.indexes:
            run(index)
        run("COMMIT")

    def close(self) -> None:
        """Close the file."""
        self._connection.close()


def _contents(path: Path) -> _Contents:
    with closing(sqlite3.connect(path)) as db:
        asked = "SELECT name, sql FROM sqlite_master WHERE type = ? AND sql IS NOT NULL"
        tables = {
            name: sql
            for name, sql in db.execute(asked, ("table",))
            if not name.startswith("sqlite_")
        }
        return _Contents(
            db.execute("PRAGMA page_size").fetchone()[0],
            tuple(tables.values()),
            tuple(sql for _, sql in db.execute(asked, ("index",))),
            {name: db.execute(f"SELECT * FROM {name}").fetchall() for name in tables},
        )
