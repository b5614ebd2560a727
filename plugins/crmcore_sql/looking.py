"""Customers read by a few of their fields, from the columns that indexes are made of."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from functools import lru_cache, partial
from typing import Any

from crmcore.codec import Codec
from crmcore.fieldspec import FieldSpec, Kind
from crmcore.money import Money
from crmcore_sql.conditions import AS_JSON, Conditions, Sql
from crmcore_sql.keys import FRACTIONS, RANK, TEXTS, indexable, integer_of

UNTOLD = object()
"""In place of a value that the columns do not tell exactly."""

_AMOUNT = ("value_currency", "value_whole", "value_parts")
_REMEMBERED = 4096

Reader = Callable[[Any], Any]


class Glance:
    """A customer of whom only the fields asked for are known; any other is an AttributeError."""

    def __init__(self, values: dict[str, Any]) -> None:
        self.__dict__.update(values)

    def value_of(self, key: str) -> Any:
        """See `Customer.value_of`."""
        return self.__dict__[key]


class Columns:
    """The columns that tell *keys* (`in_columns`), and what makes values of rows of them."""

    def __init__(self, keys: Sequence[str], codec: Codec, conditions: Conditions) -> None:
        self.keys = tuple(keys)
        self.asked: list[Sql] = []
        self._readers: list[Reader | None] = []
        for key in self.keys:
            if key == "value":
                self.asked += [conditions.columns[name] for name in _AMOUNT]
                self._readers.append(None)
                continue
            if key in AS_JSON and key in conditions.columns:
                self.asked.append(conditions.columns[key])
                self._readers.append(partial(_from_json, codec, key))
            else:
                self.asked.append(conditions.key(key))
                self._readers.append(reader(codec.fields.named(key)))

    def values(self, rows: Sequence[Sequence[Any]]) -> Iterator[tuple[Any, ...]]:
        """Each of *rows*, which may have more columns behind, as the values of the keys; `UNTOLD` in
        place of a value that is not in the columns exactly."""
        if not rows:
            return iter(())
        columns = iter(list(zip(*rows, strict=True)))
        found: list[Sequence[Any]] = []
        for read in self._readers:
            if read is None:
                parts = zip(next(columns), next(columns), next(columns), strict=True)
                found.append([_worth(*part) for part in parts])
                continue
            column = next(columns)
            found.append([None if text is None else read(text) for text in column])
        return zip(*found, strict=True)

    def glance(self, values: Sequence[Any]) -> Glance:
        """The customer of these *values*."""
        return Glance(dict(zip(self.keys, values, strict=True)))


@lru_cache(maxsize=_REMEMBERED)
def _worth(currency: str | None, whole: int | None, parts: int | None) -> Any:
    """The money that stands in three columns: round amounts come again and again."""
    if currency is None:
        return None
    if whole is None:
        return UNTOLD
    amount = Decimal(int(whole))
    if parts:
        amount += Decimal(int(parts)) / FRACTIONS
    return Money(amount, currency)


def in_columns(keys: Sequence[str], codec: Codec, conditions: Conditions) -> bool:
    """Whether columns tell all of *keys*, as they are."""
    return all(
        key in ("value", "id")
        or _told(codec.fields.get(key), conditions)
        or (key in AS_JSON and key in conditions.columns)
        for key in keys
    )


def plain(spec: FieldSpec | None) -> bool:
    """Whether the key of a field tells its value."""
    if spec is None or not indexable(spec):
        return False
    if spec.kind in (Kind.MOMENT, Kind.INTEGER):  # a plugin's may hold what is none
        return not spec.namespaced
    return spec.kind in (*TEXTS, Kind.CHOICE)


def _told(spec: FieldSpec | None, conditions: Conditions) -> bool:
    return spec is not None and plain(spec) and conditions.tells(spec.key)


def reader(spec: FieldSpec) -> Reader:
    """What makes the value of a key of the field *spec*, which is `plain`."""
    if spec.kind is Kind.CHOICE:
        return lambda text: text[RANK:]
    if spec.kind is Kind.MOMENT:
        return moment_of
    if spec.kind is Kind.INTEGER:
        return integer_of
    return str


def moment_of(text: str) -> datetime:
    """The moment that `moment_text` wrote."""
    return datetime.fromisoformat(text + "+00:00")


def _from_json(codec: Codec, key: str, text: str) -> Any:
    return codec.decode_value(key, json.loads(text))
