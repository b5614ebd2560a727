"""Customers read by a few of their fields, from the columns that indexes are made of."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from crmcore.fields import FieldCatalogue
from crmcore.fieldspec import FieldSpec, Kind
from crmcore.money import Money
from crmcore_sql.conditions import Conditions, Sql
from crmcore_sql.keys import FRACTIONS, RANK, TEXTS, indexable
from crmcore_sql.schema import CUSTOMERS


class Glance:
    """A customer of whom only the fields asked for are known; any other is an AttributeError."""

    def __init__(self, values: dict[str, Any]) -> None:
        self.__dict__.update(values)

    def value_of(self, key: str) -> Any:
        """See `Customer.value_of`."""
        return self.__dict__[key]


class Columns:
    """The columns that tell *keys*, and what makes a glance of a row of them."""

    def __init__(
        self, keys: Collection[str], fields: FieldCatalogue, conditions: Conditions
    ) -> None:
        self.asked: list[Sql] = []
        self._readers: list[tuple[str, Callable[[Any], Any]]] = []
        self.valued = "value" in keys
        if self.valued:
            columns = CUSTOMERS.c
            self.asked += [columns.value_currency, columns.value_whole, columns.value_parts]
        for key in keys:
            if key != "value":
                self.asked.append(conditions.key(key))
                self._readers.append((key, _reader(fields.named(key))))

    def glance(self, row: Sequence[Any]) -> Glance | None:
        """The customer of *row*; None where its value is not in the columns exactly."""
        values: dict[str, Any] = {}
        start = 0
        if self.valued:
            currency, whole, parts = row[:3]
            start = 3
            if currency is None:
                values["value"] = None
            elif whole is None:
                return None
            else:
                amount = Decimal(int(whole))
                if parts:
                    amount += Decimal(int(parts)) / FRACTIONS
                values["value"] = Money(amount, currency)
        for (key, read), text in zip(self._readers, row[start:], strict=False):
            values[key] = None if text is None else read(text)
        return Glance(values)


def in_columns(keys: Collection[str], fields: FieldCatalogue) -> bool:
    """Whether columns tell all of *keys*, as they are."""
    return all(key in ("value", "id") or _told(fields.get(key)) for key in keys)


def _told(spec: FieldSpec | None) -> bool:
    kinds = (*TEXTS, Kind.CHOICE, Kind.MOMENT)
    return spec is not None and indexable(spec) and spec.kind in kinds


def _reader(spec: FieldSpec) -> Callable[[Any], Any]:
    if spec.kind is Kind.CHOICE:
        return lambda text: text[RANK:]
    if spec.kind is Kind.MOMENT:
        return lambda text: datetime.fromisoformat(text + "+00:00")
    return lambda text: text
