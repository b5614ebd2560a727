"""A checksum within a JSON text, at its end: `{…,"crc":"xxxxxxxx"}`.

Databases keep texts as they get them; a bit that flipped in one is otherwise not told from data.
"""

from __future__ import annotations

import json
import zlib
from typing import Any

from crmcore.errors import StoreError

MOST = 10**9 - 1000
"""Bytes that one value may have, in SQLite and in PostgreSQL, the checksum left out."""

_MARK = ',"crc":"'


def sealed(text: str) -> str:
    """The JSON object *text* (which says something) with its checksum."""
    said = text[:-1]
    return f'{said}{_MARK}{_checksum(said)}"}}'


class Sealing:
    """A long JSON object sealed piece by piece, so that it is in memory once."""

    def __init__(self, begins: str) -> None:
        self._pieces: list[str] = []
        self._crc = self._size = 0
        self.add(begins)

    def add(self, text: str) -> None:
        """Add what comes next, but for the object's last `}`. Raises StoreError for too much."""
        said = text.encode(errors="surrogatepass")
        self._crc = zlib.crc32(said, self._crc)
        self._size += len(said)
        if self._size > MOST:
            raise StoreError(
                "This is more than a database keeps as one change (1 GB of text). Nothing was "
                "changed; divide it, as by importing a file in several parts."
            )
        self._pieces.append(text)

    def sealed(self) -> str:
        """All of it, as `sealed` would give it."""
        return "".join([*self._pieces, f'{_MARK}{self._crc:08x}"}}'])


def _checksum(said: str) -> str:
    return f"{zlib.crc32(said.encode(errors='surrogatepass')):08x}"


def unsealed(text: object) -> dict[str, Any] | None:
    """What a sealed text says; None when it is damaged."""
    if not isinstance(text, str):
        return None
    said, mark, rest = text.rpartition(_MARK)
    if not mark or rest != f'{_checksum(said)}"}}':
        return None
    found = json.loads(said + "}")
    return found if isinstance(found, dict) else None
