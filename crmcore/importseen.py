"""What was first seen under each of very many keys, in bounded memory."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from typing import Any

HELD = 150_000
"""How many keys stay in memory, the rest is put into a temporary database."""

_BITS = 2**23


class Seen:
    """What was first seen under each key. Many keys are kept in a temporary database."""

    def __init__(self) -> None:
        self._held: dict[str, Any] = {}
        self._base: sqlite3.Connection | None = None
        self._stored_too = bytearray()
        """Bits by parts of a key's hash: where one of a key's is not set, it is not in the database."""

    def first(self, key: str, value: Any) -> Any:
        """What was seen under *key* before; nothing was, *value* is the first and None the answer."""
        found = self._held.setdefault(key, value)
        if found is not value:
            return found
        if self._base is not None and (found := self._stored(key)) is not None:
            self._held[key] = found
            return found
        if len(self._held) >= HELD:
            self._put_aside()
        return None

    def all_new(self, keys: Sequence[str], values: Sequence[Any]) -> bool:
        """Whether *keys* are all different, and nothing was seen under any; *values* are the first then."""
        new = set(keys)
        if len(new) < len(keys) or not self._held.keys().isdisjoint(new):
            return False
        if self._base is not None and any(self._stored(key) is not None for key in keys):
            return False
        self._held.update(zip(keys, values, strict=True))
        if len(self._held) >= HELD:
            self._put_aside()
        return True

    def get(self, key: str) -> Any:
        """What was seen under *key*, None for nothing."""
        found = self._held.get(key)
        return self._stored(key) if found is None and self._base is not None else found

    def _stored(self, key: str) -> Any:
        assert self._base is not None
        bits = self._stored_too
        if not all(bits[bit >> 3] >> (bit & 7) & 1 for bit in _bits(key)):
            return None
        row = self._base.execute("SELECT value FROM seen WHERE key = ?", (key,)).fetchone()
        return None if row is None else json.loads(row[0])

    def _put_aside(self) -> None:
        if self._base is None:
            self._base = sqlite3.connect("", isolation_level=None, check_same_thread=False)
            self._base.execute("PRAGMA journal_mode = OFF")
            self._base.execute("PRAGMA synchronous = OFF")
            self._base.execute("CREATE TABLE seen (key TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID")
            self._stored_too = bytearray(_BITS >> 3)
        for key in self._held:
            for bit in _bits(key):
                self._stored_too[bit >> 3] |= 1 << (bit & 7)
        rows = ((key, json.dumps(self._held[key])) for key in sorted(self._held))
        self._base.execute("BEGIN")
        self._base.executemany("INSERT OR IGNORE INTO seen VALUES (?, ?)", rows)
        self._base.execute("COMMIT")
        self._held = {}


def _bits(key: str) -> tuple[int, int]:
    number = hash(key)
    return number & (_BITS - 1), (number >> 32) & (_BITS - 1)
