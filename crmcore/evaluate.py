"""The reference evaluator: what every store's answer to a query is held to."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from decimal import Decimal
from functools import total_ordering
from typing import Any

import attrs

from crmcore.fields import FieldCatalogue
from crmcore.fieldspec import FieldSpec, Kind
from crmcore.money import Money, MoneyRange
from crmcore.query import And, Bucket, Compare, Condition, Cursor, Not, Or, Order

Getter = Callable[[str], Any]
"""Gives a field's value of one record, None when unknown."""


def is_unknown(value: Any) -> bool:
    """Whether *value* stands for "not known": None, or nothing in a collection."""
    return value is None or value == ()


def matches(condition: Condition, get: Getter, fields: FieldCatalogue) -> bool | None:
    """True, False, or None for unknown: *condition* on the record that *get* reads."""
    match condition:
        case And(parts):
            verdict: bool | None = True
            for part in parts:
                found = matches(part, get, fields)
                if found is False:
                    return False
                verdict = None if found is None else verdict
            return verdict
        case Or(parts):
            verdict = False
            for part in parts:
                found = matches(part, get, fields)
                if found:
                    return True
                verdict = None if found is None else verdict
            return verdict
        case Not(part):
            found = matches(part, get, fields)
            return None if found is None else not found
        case Compare():
            return _compare(condition, get(condition.field), fields)


def _compare(condition: Compare, value: Any, fields: FieldCatalogue) -> bool | None:
    if condition.op == "known":
        return not is_unknown(value)
    if is_unknown(value):
        return None
    spec = fields.get(condition.field)
    if isinstance(value, (tuple, list)):
        verdicts = [_compare_one(condition, item, spec) for item in value]
        return True if any(verdicts) else (None if None in verdicts else False)
    return _compare_one(condition, value, spec)


def _compare_one(condition: Compare, value: Any, spec: FieldSpec | None) -> bool | None:
    if condition.op == "contains":
        return str(condition.value).casefold() in searchable(value).casefold()
    if condition.op == "in":
        verdicts = [_relation("=", value, other, spec) for other in condition.value]
        return True if any(verdicts) else (None if None in verdicts else False)
    return _relation(condition.op, value, condition.value, spec)


def _relation(op: str, value: Any, other: Any, spec: FieldSpec | None) -> bool | None:
    if op == "=" and spec is not None and spec.kind is Kind.CHOICE:
        return bool(value == other)  # values that are no choices share a place, not an identity
    left, right = sort_key(spec, value), sort_key(spec, other)
    if isinstance(left, tuple) and isinstance(right, tuple) and left[0] != right[0]:
        return None  # money of two currencies
    if type(left) is not type(right) and (isinstance(left, str) or isinstance(right, str)):
        left, right = str(left), str(right)
    try:
        return _holds(op, left, right)
    except TypeError:  # money and a bare number, say
        return None


def _holds(op: str, left: Any, right: Any) -> bool:
    match op:
        case "=":
            return bool(left == right)
        case "<":
            return bool(left < right)
        case "<=":
            return bool(left <= right)
        case ">":
            return bool(left > right)
        case _:
            return bool(left >= right)


def searchable(value: Any) -> str:
    """All the text in *value*, for `contains`."""
    if isinstance(value, str):
        return value
    if attrs.has(type(value)):
        texts = attrs.astuple(value, recurse=False)
        return "\n".join(text for text in texts if isinstance(text, str))
    return str(value)


def sort_key(spec: FieldSpec | None, value: Any) -> Any:
    """What *value* is compared and ordered by; a choice by its place among the choices."""
    if isinstance(value, Money):
        return (value.currency, value.amount)
    if isinstance(value, MoneyRange):
        return (value.currency, value.middle.amount)
    if isinstance(value, datetime):
        return value.timestamp()
    if spec is not None and spec.kind is Kind.CHOICE:
        keys = [choice.key for choice in spec.choices]
        return keys.index(value) if value in keys else len(keys)
    if isinstance(value, (tuple, list)):
        return "\n".join(searchable(item) for item in value)
    if attrs.has(type(value)) or isinstance(value, dict):
        return searchable(value)
    return value


@total_ordering
@attrs.frozen(eq=False, order=False)
class _Descending:
    key: Any

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Descending) and bool(self.key == other.key)

    def __lt__(self, other: _Descending) -> bool:
        return bool(other.key < self.key)


def _place(order: Order, key: Any) -> tuple[Any, ...]:
    if key is None:
        return (1,)
    # Values of absent plugins may be of any JSON type: type name first keeps them comparable.
    kind = "number" if isinstance(key, (int, float)) or hasattr(key, "is_finite") else ""
    ranked = (kind or type(key).__name__, key)
    return (0, _Descending(ranked) if order.descending else ranked)


def order_keys(order: Iterable[Order], get: Getter, fields: FieldCatalogue) -> tuple[Any, ...]:
    """The record's sort key for each of *order*, None where unknown: what a Cursor carries."""
    values = ((o.field, get(o.field)) for o in order)
    return tuple(None if is_unknown(v) else sort_key(fields.get(key), v) for key, v in values)


def place(order: tuple[Order, ...], keys: tuple[Any, ...], customer_id: str) -> tuple[Any, ...]:
    """Where a record stands: sorting by this gives the order, unknown last, ties by id."""
    return (*(_place(o, key) for o, key in zip(order, keys, strict=True)), customer_id)


def place_of(order: tuple[Order, ...], cursor: Cursor) -> tuple[Any, ...]:
    """Where *cursor* points to, comparable with `place`."""
    return place(order, cursor.keys, cursor.id)


def tally(rows: Iterable[Getter], by: tuple[str, ...]) -> tuple[Bucket, ...]:
    """*rows* grouped by the fields *by*: counts, and sums of `value` by currency."""
    groups: dict[tuple[Any, ...], list[Money | None]] = {}
    for get in rows:
        key = tuple(_groupable(get(name)) for name in by)
        groups.setdefault(key, []).append(get("value"))
    buckets = (_bucket(key, worths) for key, worths in groups.items())
    return tuple(sorted(buckets, key=lambda b: tuple(str(part) for part in b.key)))


def _groupable(value: Any) -> Any:
    # The JSON of a field nobody describes any more may be a list or an object: neither hashes.
    return searchable(value) if isinstance(value, (list, dict)) else value


def _bucket(key: tuple[Any, ...], worths: list[Money | None]) -> Bucket:
    sums: dict[str, Decimal] = {}
    for worth in worths:
        if worth is not None:
            sums[worth.currency] = sums.get(worth.currency, Decimal(0)) + worth.amount
    return Bucket(key, len(worths), sums, worths.count(None))
