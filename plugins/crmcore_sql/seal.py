"""A checksum within a JSON text, at its end: `{…,"crc":"xxxxxxxx"}`.

Databases keep texts as they get them; a bit that flipped in one is otherwise not told from data.
"""

from __future__ import annotations

import json
import zlib
from typing import Any

_MARK = ',"crc":"'


def sealed(text: str) -> str:
    """The JSON object *text* (which says something) with its checksum."""
    said = text[:-1]
    return f'{said}{_MARK}{_checksum(said)}"}}'


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
