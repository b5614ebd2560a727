"""A mapping profile as TOML: how a sheet was understood, so that the next one is read the same way."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from crmcore_sheets.headers import Column
from crmcore_sheets.spelling import spelled

_BARE = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-")
_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def profile_text(
    given: Mapping[str, Any],
    columns: Iterable[Column],
    orders: Mapping[str, str],
    settings: Mapping[str, Any],
) -> str:
    """The profile that reads a sheet as it was read: *given* (one that was used), completed.

    *columns* are those of the sheet, *orders* the orders of its dates by header, *settings* what was
    found out besides (`encoding`, `sheet`…).
    """
    mapped = dict(given.get("columns", {}))
    said = set(map(spelled, mapped))
    mapped |= {
        column.header: column.key or ""
        for column in columns
        if column.fills is None and spelled(column.header) not in said
    }
    tables = {key: value for key, value in given.items() if isinstance(value, dict)}
    tables = {"columns": mapped, "dates": {**orders, **given.get("dates", {})}} | {
        key: value for key, value in tables.items() if key not in ("columns", "dates")
    }
    plain = dict(settings) | {k: v for k, v in given.items() if not isinstance(v, dict)}
    lines = [f"{_key(key)} = {_value(value)}" for key, value in plain.items()]
    for name, table in tables.items():
        lines += _table((name,), table)
    return "\n".join(lines) + "\n"


def _table(path: tuple[str, ...], table: Mapping[str, Any]) -> list[str]:
    """A table and those in it. In what a word means, tables stay on the line of their word."""
    inline = path[0] == "values" and len(path) > 1
    inner = {} if inline else {k: v for k, v in table.items() if isinstance(v, dict)}
    own = [f"{_key(key)} = {_value(value)}" for key, value in table.items() if key not in inner]
    lines = ["", f"[{'.'.join(map(_key, path))}]", *own] if own else []
    for key, value in inner.items():
        lines += _table((*path, key), value)
    return lines


def _key(key: str) -> str:
    return key if key and _BARE.issuperset(key) else _value(key)


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        inside = ", ".join(f"{_key(key)} = {_value(item)}" for key, item in value.items())
        return f"{{ {inside} }}" if inside else "{}"
    if not isinstance(value, str):
        return str(value)
    return '"' + "".join(_ESCAPES.get(c) or _escaped(c) for c in value) + '"'


def _escaped(character: str) -> str:
    plain = character.isprintable() or ord(character) > 0x9F
    return character if plain else f"\\u{ord(character):04X}"
