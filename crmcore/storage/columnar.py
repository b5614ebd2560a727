"""Questions about very many documents, answered a field at a time instead of a customer at a time."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import reduce
from itertools import compress
from operator import and_, or_
from typing import Any

from crmcore.codec import Doc
from crmcore.evaluate import Group, compared, groupable, is_unknown
from crmcore.fieldspec import Kind
from crmcore.query import And, Bins, By, Compare, Condition, Not, Or, Whether, both
from crmcore.storage.coded import Coded, bits, number, picked
from crmcore.storage.lazy import Reading
from crmcore.storage.verdicts import OF_MOMENTS, Verdicts, fields_grouping, fields_of, of_moments

_WORTH = "value"
"""Asked for with nearly every question: of most, it is read of all."""
_MOST = 0.7
_OPPOSITE = b"\1\0".ljust(256, b"\0")


class Columns:
    """The fields of *docs*, whose ids are *ids*, each read once; *known* are those read before.

    *keep* is given what all are worth, when that is read.
    """

    def __init__(
        self,
        ids: list[str],
        docs: Sequence[Doc],
        reading: Reading,
        known: Mapping[str, list[Any] | Coded] | None = None,
        keep: Callable[[list[Any]], None] | None = None,
    ) -> None:
        self.ids = ids
        self._docs, self._reading, self._keep = docs, reading, keep
        self._read: dict[str, list[Any] | Coded] = {"id": ids, **(known or {})}
        self._among: tuple[Columns, bytes] | None = None
        self._parts: dict[bytes, Columns] = {}
        self._whose: dict[str, int] = {}
        self._told: dict[tuple[str, str, datetime], Verdicts] = {}

    def __len__(self) -> int:
        return len(self._docs)

    def only(self, chosen: bytes) -> Columns:
        """Those who have a 1 in *chosen*; what was read of them need not be read again."""
        if chosen.find(0) < 0:
            return self
        ids, docs = picked(self.ids, chosen), picked(self._docs, chosen)
        found = Columns(ids, docs, self._reading)
        found._among = (self, chosen)
        return found

    def holding(self, where: Condition) -> Columns:
        """Those for whom *where* is true: each part of it is asked of whom those before it left."""
        left = self
        parts = where.parts if isinstance(where, And) else (where,)
        while parts:
            first, parts = left._soonest(And(parts))
            left = left._part_of(left.true(And(first)))
        return left

    def true(self, where: Condition) -> bytes:
        """A 1 for each for whom *where* is true, else 0: what takes longer is asked last, and only of
        those of whom it is still open."""
        if isinstance(where, And | Or) and len(where.parts) == 1:
            return self.true(where.parts[0])
        if isinstance(where, And | Or) and where.parts:
            first, rest = self._soonest(where)
            if rest:
                told = self.true(type(where)(first))
                undecided = told if isinstance(where, And) else told.translate(_OPPOSITE)
                later = _spread(self._part_of(undecided).true(type(where)(rest)), undecided)
                if isinstance(where, And):
                    return later
                return self._bytes(number(told) | number(later))
        self.read(fields_of(where))
        return self._bytes(self.verdicts(where).true)

    def told(self, where: Condition) -> tuple[bytes, Condition]:
        """For whom those parts of *where* are true whose fields are known already, and the other parts."""
        parts = where.parts if isinstance(where, And) else (where,)
        known = tuple(part for part in parts if not self._cost(part))
        others = (part for part in parts if part not in known)
        return self._bytes(self.verdicts(And(known)).true), both(*others)

    def _soonest(self, where: And | Or) -> tuple[tuple[Condition, ...], tuple[Condition, ...]]:
        """Those parts of *where* that are told soonest, and the others."""
        costs = list(map(self._cost, where.parts))
        if isinstance(where, And):  # the core's own fields, read together, cost less than in turn
            costs = [1 if cost == 2 else cost for cost in costs]
        least = [cost == min(costs) for cost in costs]
        others = [not first for first in least]
        return tuple(compress(where.parts, least)), tuple(compress(where.parts, others))

    def _cost(self, part: Condition) -> int:
        """0 where all that *part* looks at is known, more where it takes longer to read."""
        unread = (key for key in fields_of(part) if self._known(key) is None)
        return max((1 + self._reading.cost(key) for key in unread), default=0)

    def _part_of(self, chosen: bytes) -> Columns:
        if chosen not in self._parts:
            self._parts[chosen] = self.only(chosen)
        return self._parts[chosen]

    # fields

    def read(self, keys: Iterable[str]) -> None:
        """Read the fields *keys* together, which is quicker than one by one."""
        new = [key for key in dict.fromkeys(keys) if self._known(key) is None]
        widest = self._widest()
        if _WORTH in new and widest is not self and len(self) > _MOST * len(widest):
            widest.read((_WORTH,))
            new = [key for key in new if self._known(key) is None]
        if new:
            self._read.update(self._reading.columns(self._docs, new))
            if _WORTH in new and self._keep is not None:
                self._keep(self.column(_WORTH))

    def _widest(self) -> Columns:
        return self if self._among is None else self._among[0]._widest()

    def _known(self, key: str) -> list[Any] | Coded | None:
        found = self._read.get(key)
        if found is None and self._among is not None:
            all_of, chosen = self._among
            wide = all_of._known(key)
            if isinstance(wide, Coded):
                found = self._read[key] = wide.only(chosen)
            elif wide is not None:
                found = self._read[key] = picked(wide, chosen)
        return found

    def _column(self, key: str) -> list[Any] | Coded:
        self.read((key,))
        return self._read[key]

    def column(self, key: str) -> list[Any]:
        """The values of a field of all."""
        found = self._column(key)
        return found.values() if isinstance(found, Coded) else found

    # conditions

    def _bytes(self, truths: int) -> bytes:
        return truths.to_bytes(len(self), "little")

    def verdicts(self, condition: Condition) -> Verdicts:
        """What `matches` says of each."""
        match condition:
            case Compare():
                return self._compared(condition)
            case And(parts):
                told = list(map(self.verdicts, parts))
                true = reduce(and_, (one.true for one in told), self._everybody())
                return Verdicts(true, reduce(or_, (one.false for one in told), 0))
            case Or(parts):
                told = list(map(self.verdicts, parts))
                false = reduce(and_, (one.false for one in told), self._everybody())
                return Verdicts(reduce(or_, (one.true for one in told), 0), false)
            case Not(part):
                true, false = self.verdicts(part)
                return Verdicts(false, true)

    def _everybody(self) -> int:
        return number(b"\1" * len(self))

    def _compared(self, compare: Compare) -> Verdicts:
        column, fields = self._column(compare.field), self._reading.fields
        if isinstance(column, Coded):
            told = {value: compared(compare, value, fields) for value in column.different}
            return Verdicts(
                column.truths(lambda value: told[value] is True),
                column.truths(lambda value: told[value] is False),
            )
        spec, limit = fields.get(compare.field), compare.value
        moments = spec is not None and spec.kind is Kind.MOMENT and not spec.namespaced
        if compare.op == "known":
            known = self._knowing(compare.field, column, moments)
            return Verdicts(known, self._everybody() ^ known)
        if moments and isinstance(limit, datetime) and compare.op in OF_MOMENTS:
            question = (compare.field, compare.op, limit)
            if (found := self._told.get(question)) is None:
                known = self._knowing(compare.field, column, moments)
                found = of_moments(column, known, compare.op, limit.astimezone(UTC))
                self._told[question] = found
            return found
        verdicts = self._each(compare, column)
        return Verdicts(
            bits([one is True for one in verdicts]), bits([one is False for one in verdicts])
        )

    def _knowing(self, key: str, column: list[Any], moments: bool) -> int:
        found = self._whose.get(key)
        if found is None:
            if moments:
                found = bits([value is not None for value in column])
            else:
                found = bits([not is_unknown(value) for value in column])
            self._whose[key] = found
        return found

    def _each(self, compare: Compare, column: list[Any]) -> list[bool | None]:
        fields = self._reading.fields
        known: dict[str, bool | None] = {}  # of texts: other values may be equal and yet differ
        found: list[bool | None] = []
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
        self.read((_WORTH, *fields_grouping(by)))
        worths = self.column(_WORTH)
        each = list(map(id, worths))
        objects = dict(zip(each, worths, strict=True))
        currencies = {i: None if worth is None else worth.currency for i, worth in objects.items()}
        amounts = {i: None if worth is None else worth.amount for i, worth in objects.items()}
        parts = [self._part(one) for one in by]
        rows = zip(*(rows for rows, _ in parts), map(currencies.__getitem__, each), strict=True)
        held: defaultdict[tuple[Any, ...], list[Any]] = defaultdict(list)
        for row, amount in zip(rows, map(amounts.__getitem__, each), strict=True):
            held[row].append(amount)
        groups: dict[tuple[Any, ...], Group] = {}
        for (*codes, currency), mine in held.items():
            key = tuple([name(code) for code, (_, name) in zip(codes, parts, strict=True)])
            groups.setdefault(key, Group()).add_all(currency, mine)
        return groups

    def keys(self, by: By) -> Iterator[tuple[Any, ...]]:
        """The group of each."""
        self.read(fields_grouping(by))
        parts = [map(name, rows) for rows, name in map(self._part, by)]
        return zip(*parts, strict=True) if parts else iter([()] * len(self))

    def _part(
        self, one: str | Bins | Whether
    ) -> tuple[Sequence[Any] | Iterable[Any], Callable[[Any], Any]]:
        """What all are grouped by, and what names a group after it."""
        match one:
            case str():
                column = self._column(one)
                if isinstance(column, Coded):
                    return column.codes, column.different.__getitem__
                return map(groupable, column), _itself
            case Bins(names, edges):
                firsts: Iterable[Any] = self.column(names[0])
                for name in names[1:]:
                    firsts = [
                        other if first is None else first
                        for first, other in zip(firsts, self.column(name), strict=True)
                    ]
                utc = [edge.astimezone(UTC) for edge in edges]
                spans = [None if first is None else bisect_right(utc, first) for first in firsts]
                return spans, _itself
            case Whether(where):
                return self.true(where), bool


def _spread(told: bytes, chosen: bytes) -> bytes:
    """What is *told* of those who have a 1 in *chosen*, and 0 of the others."""
    if len(told) == len(chosen):
        return told
    each = iter(told)
    return bytes([next(each) if one else 0 for one in chosen])


def _itself(value: Any) -> Any:
    return value
