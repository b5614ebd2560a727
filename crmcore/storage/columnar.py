"""Questions about very many documents, answered a field at a time instead of a customer at a time."""

from __future__ import annotations

import operator
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from itertools import compress
from typing import Any, cast

from crmcore.codec import Codec, Doc, moment_from_json
from crmcore.customer import Customer
from crmcore.evaluate import Group, compared, groupable
from crmcore.fieldspec import FieldSpec, Kind
from crmcore.moneyjson import worth_of
from crmcore.query import And, Bins, By, Compare, Condition, Not, Or, Whether
from crmcore.storage.lazy import Part

_ORDERS: dict[str, Callable[[Any, Any], Any]] = {
    "=": operator.eq, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}  # fmt: skip

Verdicts = list[bool | None]


class _At:
    """Of an activity only when it was."""

    __slots__ = ("at",)

    def __init__(self, at: datetime) -> None:
        self.at = at


class _Light(Part):
    """A document of whose activities only their moments are decoded: what fields are computed of."""

    __slots__ = ()

    @property
    def activities(self) -> list[_At]:
        return [_At(moment_from_json(raw["at"])) for raw in self._doc.get("activities", ())]


class Columns:
    """The fields of *docs*, each read once."""

    def __init__(self, docs: Sequence[Doc], codec: Codec) -> None:
        self._docs, self._codec = docs, codec
        self._read: dict[str, list[Any]] = {}

    @property
    def ids(self) -> list[str]:
        """Whose fields they are."""
        return [doc["id"] for doc in self._docs]

    def holding(self, where: Condition) -> Columns:
        """Those for whom *where* is true: each part of it is asked of whom those before it left, and
        what was read for it need not be read again."""
        left = self
        for part in where.parts if isinstance(where, And) else (where,):
            true = left.verdicts(part)
            only = Columns(list(compress(left._docs, true)), self._codec)
            only._read = {key: list(compress(read, true)) for key, read in left._read.items()}
            left = only
        return left

    def __len__(self) -> int:
        return len(self._docs)

    def column(self, key: str) -> list[Any]:
        """The values of a field of all."""
        found = self._read.get(key)
        if found is None:
            found = self._read[key] = self._values(key, self._codec.fields.get(key))
        return found

    def _values(self, key: str, spec: FieldSpec | None) -> list[Any]:
        codec = self._codec
        if key == "value":
            return [worth_of(doc) for doc in self._docs]
        if spec is not None and spec.compute is not None:
            compute, kind = spec.compute, Part if spec.namespaced else _Light
            if spec.namespaced or key == "revision":
                return [compute(codec.decode(doc)) for doc in self._docs]
            return [compute(cast(Customer, kind(doc, codec))) for doc in self._docs]
        raws = [doc.get(key) for doc in self._docs]
        if codec.plain(key):
            return raws
        if spec is not None and spec.kind is Kind.MOMENT and not spec.namespaced:
            return [None if raw is None else moment_from_json(raw) for raw in raws]
        decode, none = codec.decode_value, codec.decode_value(key, None)
        return [none if raw is None else decode(key, raw) for raw in raws]

    # conditions

    def verdicts(self, condition: Condition) -> Verdicts:
        """What `matches` says of each."""
        match condition:
            case Compare():
                return self._compared(condition)
            case And(parts):
                told = [self.verdicts(part) for part in parts]
                return list(map(_all, zip(*told, strict=True))) if told else [True] * len(self)
            case Or(parts):
                told = [self.verdicts(part) for part in parts]
                return list(map(_any, zip(*told, strict=True))) if told else [False] * len(self)
            case Not(part):
                return [None if one is None else not one for one in self.verdicts(part)]

    def _compared(self, compare: Compare) -> Verdicts:
        column, fields = self.column(compare.field), self._codec.fields
        if compare.op == "known":
            return [value is not None and value != () for value in column]
        spec, limit = fields.get(compare.field), compare.value
        moments = spec is not None and spec.kind is Kind.MOMENT and not spec.namespaced
        if moments and isinstance(limit, datetime) and compare.op in _ORDERS:
            holds = _ORDERS[compare.op]
            return [None if value is None else holds(value, limit) for value in column]
        known: dict[str, bool | None] = {}  # of texts: other values may be equal and yet differ
        found: Verdicts = []
        for value in column:
            if type(value) is not str:
                found.append(compared(compare, value, fields))
                continue
            if value not in known:
                known[value] = compared(compare, value, fields)
            found.append(known[value])
        return found

    # groups

    def groups(self, by: By) -> dict[tuple[Any, ...], Group]:
        """Counts and values by group."""
        worths = self.column("value")
        objects = {id(worth): worth for worth in worths}
        keys = [self._parts(one) for one in by]
        groups: dict[tuple[Any, ...], Group] = {}
        for (*key, worth), count in Counter(zip(*keys, map(id, worths), strict=True)).items():
            groups.setdefault(tuple(key), Group()).add(objects[worth], count)
        return groups

    def _parts(self, one: str | Bins | Whether) -> Iterable[Any]:
        match one:
            case str():
                return map(groupable, self.column(one))
            case Bins(names, edges):
                columns = [self.column(name) for name in names]
                firsts = (
                    next((value for value in values if value is not None), None)
                    for values in zip(*columns, strict=True)
                )
                return [None if first is None else bisect_right(edges, first) for first in firsts]
            case Whether(where):
                return [verdict is True for verdict in self.verdicts(where)]


def _all(verdicts: tuple[bool | None, ...]) -> bool | None:
    return False if False in verdicts else None if None in verdicts else True


def _any(verdicts: tuple[bool | None, ...]) -> bool | None:
    return True if True in verdicts else None if None in verdicts else False
