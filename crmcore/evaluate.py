"""The reference evaluator: what every store's answer to a query is held to."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Context, Decimal, localcontext
from functools import cache, partial, total_ordering
from operator import attrgetter, methodcaller
from typing import Any

import attrs

from crmcore.customer import Customer
from crmcore.fields import FieldCatalogue
from crmcore.fieldspec import FieldSpec, Kind
from crmcore.money import Money, MoneyRange
from crmcore.query import And, Bins, Bucket, By, Compare, Condition, Cursor, Not, Or, Order, Whether

Getter = Callable[[str], Any]
"""Gives a field's value of one record, None when unknown."""


def is_unknown(value: Any) -> bool:
    """Whether *value* stands for "not known": None, or nothing in a collection."""
    return value is None or value == ()


def matches(condition: Condition, get: Getter, fields: FieldCatalogue) -> bool | None:
    """True, False, or None for unknown: *condition* on the record that *get* reads."""
    match condition:
        case Compare():  # first, as most are
            return compared(condition, get(condition.field), fields)
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


def true_of(condition: Condition, fields: FieldCatalogue) -> Callable[[Customer], bool]:
    """Tells of one customer after another whether *condition* is true, unknown being no."""
    match condition:
        case Compare(key, op):
            spec = fields.get(key)
            computed = None if spec is None else spec.compute
            get: Callable[[Customer], Any] = computed or (
                methodcaller("value_of", key) if "." in key else attrgetter(key)
            )
            if op == "known":
                return lambda customer: (value := get(customer)) is not None and value != ()
            return lambda customer: compared(condition, get(customer), fields) is True
        case And(parts):
            tests = [true_of(part, fields) for part in parts]
            return lambda customer: all(test(customer) for test in tests)
        case Or(parts):
            tests = [true_of(part, fields) for part in parts]
            return lambda customer: any(test(customer) for test in tests)
    return lambda customer: matches(condition, partial(fields.value, customer), fields) is True


def compared(condition: Compare, value: Any, fields: FieldCatalogue) -> bool | None:
    """True, False, or None for unknown: *condition* of a field that has *value*."""
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
    kind: Any = type(value)
    values = _values_of(kind)
    if values is None:
        return str(value)
    return "\n".join([text for text in values(value) if isinstance(text, str)])


@cache
def _values_of(kind: type) -> Callable[[Any], tuple[Any, ...]] | None:
    """What reads all attributes of an attrs class; None for other types."""
    if not attrs.has(kind):
        return None
    names = [attribute.name for attribute in attrs.fields(kind)]
    if len(names) < 2:  # `attrgetter` gives no tuple then
        return lambda value: tuple([getattr(value, name) for name in names])
    return attrgetter(*names)


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
    if isinstance(value, (str, int, float, Decimal)):
        return value
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
    ranked = comparable(key)
    return (0, _Descending(ranked) if order.descending else ranked)


def comparable(key: Any) -> tuple[str, Any]:
    """A sort key that compares with those of any other type.

    Values of absent plugins may be of any JSON type.
    """
    kind = "number" if isinstance(key, (int, float)) or hasattr(key, "is_finite") else ""
    return kind or type(key).__name__, key


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


class Group:
    """One group of a tally while it is counted. Sums are exact, so that taking out what was put in
    leaves what was there before."""

    __slots__ = ("_sums", "count", "unknown_value")

    def __init__(self) -> None:
        self.count = 0
        self.unknown_value = 0
        self._sums: dict[str, tuple[int, Decimal]] = {}

    def add(self, worth: Money | None, count: int = 1) -> None:
        """Count so many of this value in."""
        self._count(count, worth)

    def add_all(self, currency: str | None, amounts: Sequence[Decimal]) -> None:
        """Count several in, of these amounts of *currency*; of unknown value where it is None."""
        self.count += len(amounts)
        if currency is None:
            self.unknown_value += len(amounts)
            return
        many, total = self._sums.get(currency, (0, Decimal(0)))
        with localcontext(_EXACT):
            self._sums[currency] = (many + len(amounts), sum(amounts, total))

    def remove(self, worth: Money | None) -> None:
        """Count one of this value out."""
        self._count(-1, worth)

    def _count(self, count: int, worth: Money | None) -> None:
        self.count += count
        if worth is None:
            self.unknown_value += count
            return
        many, total = self._sums.get(worth.currency, (0, Decimal(0)))
        amount = _EXACT.multiply(worth.amount, count)
        self._sums[worth.currency] = (many + count, _EXACT.add(total, amount))

    def bucket(self, key: tuple[Any, ...]) -> Bucket:
        """What was counted."""
        sums = {currency: total for currency, (many, total) in self._sums.items() if many}
        return Bucket(key, self.count, sums, self.unknown_value)


_EXACT = Context(prec=1000)


def group_key(get: Getter, by: By, fields: FieldCatalogue) -> tuple[Any, ...]:
    """The group that a record belongs to."""
    return tuple([_group_part(get, one, fields) for one in by])


def _group_part(get: Getter, one: str | Bins | Whether, fields: FieldCatalogue) -> Any:
    match one:
        case str():
            return groupable(get(one))
        case Bins():
            return _span(get, one)
        case Whether(where):
            return matches(where, get, fields) is True


def _span(get: Getter, bins: Bins) -> int | None:
    moments = (get(name) for name in bins.fields)
    first = next((moment for moment in moments if moment is not None), None)
    return None if first is None else bisect_right(bins.edges, first)


def tally(rows: Iterable[Getter], by: By, fields: FieldCatalogue) -> tuple[Bucket, ...]:
    """*rows* grouped by *by*: counts, and sums of `value` by currency."""
    groups: dict[tuple[Any, ...], Group] = {}
    for get in rows:
        groups.setdefault(group_key(get, by, fields), Group()).add(get("value"))
    return buckets(groups)


def buckets(groups: Mapping[tuple[Any, ...], Group]) -> tuple[Bucket, ...]:
    """The groups as a tally gives them, in the order of their keys as text."""
    made = (group.bucket(key) for key, group in groups.items())
    return tuple(sorted(made, key=lambda b: tuple(str(part) for part in b.key)))


def groupable(value: Any) -> Any:
    """*value* as part of a group's key.

    The JSON of a field nobody describes any more may be a list or an object: neither hashes.
    """
    return searchable(value) if isinstance(value, (list, dict)) else value
