"""What the stores are measured against: an appended file, the stdlib's sqlite3, TinyDB as shipped."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Sequence
from functools import partial
from typing import Any

from tinydb import TinyDB, where

from benchmarks.contender import Contender, Setting
from benchmarks.customers import as_json, called, customer
from benchmarks.timing import Work
from crmcore.customer import Customer


class RawFile(Contender):
    """A file appended to and synced: the least a durable commit can cost."""

    name = "raw"

    def __init__(self, setting: Setting) -> None:
        super().__init__(setting)
        self._file = (setting.folder / "raw.jsonl").open("ab", buffering=0)
        self.operations = {"update": self._update, "create": self._create}

    def load(self, customers: Sequence[Customer]) -> Work:
        """One write of all of them."""
        return partial(self._append, "".join(self._line(one) for one in customers).encode())

    def _update(self, number: int) -> Work:
        after = called(customer(self.chosen(number)), number)
        return partial(self._append, self._line(after).encode())

    def _create(self, number: int) -> Work:
        return partial(self._append, self._line(self.fresh(number)).encode())

    def _line(self, one: Customer) -> str:
        return as_json(self.setting.codec, one) + "\n"

    def _append(self, line: bytes) -> None:
        self._file.write(line)
        os.fsync(self._file.fileno())

    def close(self) -> None:
        """Close the file."""
        self._file.close()


class Sqlite3(Contender):
    """A table of ids and documents: WAL, synchronous=FULL."""

    name = "sqlite3"

    def __init__(self, setting: Setting) -> None:
        super().__init__(setting)
        self._connection = sqlite3.connect(setting.folder / "raw.db", isolation_level=None)
        for statement in (
            "PRAGMA journal_mode=WAL",
            "PRAGMA synchronous=FULL",
            "CREATE TABLE customers (id TEXT PRIMARY KEY, doc TEXT NOT NULL)",
        ):
            self._connection.execute(statement)
        self.operations = {"update": self._update, "create": self._create, "get": self._get}

    def load(self, customers: Sequence[Customer]) -> Work:
        """One transaction."""
        return partial(self._insert, [self._row(one) for one in customers])

    def _update(self, number: int) -> Work:
        after = called(customer(self.chosen(number)), number)
        return partial(self._replace, *self._row(after))

    def _create(self, number: int) -> Work:
        return partial(self._insert, [self._row(self.fresh(number))])

    def _get(self, number: int) -> Work:
        return partial(self._read, self.sought(number))

    def _row(self, one: Customer) -> tuple[str, str]:
        return one.id, as_json(self.setting.codec, one)

    def _insert(self, rows: Sequence[tuple[str, str]]) -> None:
        self._connection.execute("BEGIN IMMEDIATE")
        self._connection.executemany("INSERT INTO customers VALUES (?, ?)", rows)
        self._connection.execute("COMMIT")

    def _replace(self, key: str, text: str) -> None:
        self._connection.execute("BEGIN IMMEDIATE")
        self._connection.execute("UPDATE customers SET doc = ? WHERE id = ?", (text, key))
        self._connection.execute("COMMIT")

    def _read(self, key: str) -> Any:
        found = self._connection.execute("SELECT doc FROM customers WHERE id = ?", (key,))
        return json.loads(found.fetchone()[0])

    def close(self) -> None:
        """Close the database."""
        self._connection.close()


class ShippedTinyDb(Contender):
    """TinyDB with the storage it ships: each time it reads its file, and rewrites it to change it."""

    name = "TinyDB"

    def __init__(self, setting: Setting) -> None:
        super().__init__(setting)
        self._path = setting.folder / "shipped.json"
        self._database = TinyDB(self._path)
        self.operations = {"create": self._create, "get": self._get}

    def settle(self) -> None:
        """TinyDB cuts its file to length after it has synced; sync that too."""
        with self._path.open("rb+") as file:
            os.fsync(file.fileno())

    def load(self, customers: Sequence[Customer]) -> Work:
        """One `insert_multiple`."""
        encode = self.setting.codec.encode
        return partial(self._database.insert_multiple, [encode(one) for one in customers])

    def _create(self, number: int) -> Work:
        return partial(self._database.insert, self.setting.codec.encode(self.fresh(number)))

    def _get(self, number: int) -> Work:
        return partial(self._database.get, where("id") == self.sought(number))

    def close(self) -> None:
        """Close the file."""
        self._database.close()
