"""Customers read by a few of their fields, from the columns that indexes are made of."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from functools import lru_cache, partial
from typing import Any

from sqlalchemy import and_, false

from crmcore.codec import Codec
from crmcore.fieldspec import FieldSpec, Kind
from crmcore.money import Money
from crmcore_sql.conditions import AS_JSON, Conditions, Sql
from crmcore_sql.keys import FRACTIONS, RANK, TEXTS, indexable, integer_of

_AMOUNT = ("value_currency", "value_whole", "value_parts")
_REMEMBERED = 4096

ColumnReader = Callable[[Sequence[Any]], Iterable[Any]]


class Glance:
    """A customer of whom only the fields asked for are known; any other is an AttributeError."""

    def __init__(self, values: dict[str, Any]) -> None:
        self.__dict__.update(values)

    def value_of(self, key: str) -> Any:
        """See `Customer.value_of`."""
        return self.__dict__[key]


class Columns:
    """The columns that tell *keys* (`in_columns`), and what makes values of rows of them.

    `untold` says of whom they do not tell the value exactly.
    """

    def __init__(self, keys: Sequence[str], codec: Codec, conditions: Conditions) -> None:
        self.keys = tuple(keys)
        self.asked: list[Sql] = []
        self.untold: Sql = false()
        self._readers: list[ColumnReader | None] = []
        for key in self.keys:
            if key == "value":
                currency, whole, parts = (conditions.columns[name] for name in _AMOUNT)
                self.asked += [currency, whole, parts]
                self.untold = and_(currency.is_not(None), whole.is_(None))
                self._readers.append(None)
            elif key in AS_JSON:
                self.asked.append(conditions.columns[key])
                self._readers.append(partial(_from_json, codec, key))
            else:
                self.asked.append(conditions.key(key))
                self._readers.append(_COLUMNS.get(codec.fields.named(key).kind, _texts))

    def values(self, rows: Sequence[Sequence[Any]]) -> tuple[list[tuple[Any, ...]], bool]:
        """*rows* as the values of the keys, one column after the other, those left out whose value is
        `untold`; and whether there were any."""
        columns = iter(list(zip(*rows, strict=True)))
        found: list[Iterable[Any]] = []
        untold: list[int] = []
        for read in self._readers if rows else ():
            if read is not None:
                found.append(read(next(columns)))
                continue
            currency, whole, parts = next(columns), next(columns), next(columns)
            if currency.count(None) != whole.count(None):
                pairs = enumerate(zip(currency, whole, strict=True))
                untold = [place for place, (code, n) in pairs if n is None and code is not None]
            found.append(map(_worth, currency, whole, parts))
        values = list(zip(*found, strict=True))
        for place in reversed(untold):
            del values[place]
        return values, bool(untold)

    def glance(self, values: Sequence[Any]) -> Glance:
        """The customer of these *values*."""
        return Glance(dict(zip(self.keys, values, strict=True)))


@lru_cache(maxsize=_REMEMBERED)
def _worth(currency: str | None, whole: int | None, parts: int | None) -> Money | None:
    """The money that stands in three columns: round amounts come again and again."""
    if currency is None or whole is None:
        return None
    amount = Decimal(int(whole))
    if parts:
        amount += Decimal(int(parts)) / FRACTIONS
    return Money(amount, currency)


def in_columns(keys: Sequence[str], codec: Codec, conditions: Conditions) -> bool:
    """Whether columns tell all of *keys*, as they are."""
    return all(
        key in ("value", "id", *AS_JSON) or _told(codec.fields.get(key), conditions) for key in keys
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


def reader(spec: FieldSpec) -> Callable[[Any], Any]:
    """What makes the value of a known key of the field *spec*, which is `plain`."""
    read = _COLUMNS.get(spec.kind, _texts)
    return lambda text: next(iter(read((text,))))


# whole columns, as a call for each value takes longer than what it does


def _texts(column: Sequence[Any]) -> Sequence[Any]:
    return column


def _choices(column: Sequence[Any]) -> list[Any]:
    return [None if text is None else text[RANK:] for text in column]


def moments(column: Sequence[Any]) -> list[datetime | None]:
    """The moments that `moment_text` wrote."""
    read = datetime.fromisoformat
    return [None if text is None else read(text + "+00:00") for text in column]


def _integers(column: Sequence[Any]) -> list[int | None]:
    return [None if text is None else integer_of(text) for text in column]


def _from_json(codec: Codec, key: str, column: Sequence[Any]) -> list[Any]:
    decode = codec.decode_value
    return [decode(key, None if text is None else json.loads(text)) for text in column]


_COLUMNS: dict[Kind, ColumnReader] = {
    Kind.CHOICE: _choices, Kind.MOMENT: moments, Kind.INTEGER: _integers,
}  # fmt: skip
