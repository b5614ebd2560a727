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
from crmcore.moneyjson import worths_of
from crmcore.query import And, Bins, By, Compare, Condition, Not, Or, Whether, both
from crmcore.storage.chunks import OF_CONTACTS
from crmcore.storage.coded import Coded, bits, number, picked
from crmcore.storage.gathered import CONTACTS, SAID
from crmcore.storage.lazy import Reading
from crmcore.storage.verdicts import OF_MOMENTS, Verdicts, fields_grouping, fields_of, of_moments

_WORTH = "value"
"""Asked for with nearly every question: of most, it is read of all."""
_MOST = 0.7
_OPPOSITE = b"\1\0".ljust(256, b"\0")


Column = list[Any] | Coded


class Columns:
    """The fields of *docs*, whose ids are *ids*, each read once; *known* are those read before.

    *keep* is given what all are worth, when that is read.
    """

    def __init__(
        self,
        ids: list[str],
        docs: Sequence[Doc],
        reading: Reading,
        known: Mapping[str, Column] | None = None,
        keep: Callable[[list[Any]], None] | None = None,
    ) -> None:
        self._docs: Sequence[Doc] | None = docs
        self._reading, self._keep = reading, keep
        self._count = len(docs)
        self._read: dict[str, Column] = {"id": ids, **(known or {})}
        self._among: tuple[Columns, bytes] | None = None
        self._parts: dict[bytes, Columns] = {}
        self._whose: dict[str, int] = {}
        self._told: dict[tuple[str, str, datetime], Verdicts] = {}

    def __len__(self) -> int:
        return self._count

    @property
    def ids(self) -> list[str]:
        """Whose fields they are."""
        return self.column("id")

    def only(self, chosen: bytes) -> Columns:
        """Those who have a 1 in *chosen*; what was read of them need not be read again."""
        if chosen.find(0) < 0:
            return self
        found = Columns([], (), self._reading)
        # Of their documents and ids, too, no more is looked at than is asked for.
        found._docs, found._read = None, {}
        found._count, found._among = chosen.count(1), (self, chosen)
        return found

    def _documents(self) -> Sequence[Doc]:
        if self._docs is None:
            assert self._among is not None
            all_of, chosen = self._among
            self._docs = picked(all_of._documents(), chosen)
        return self._docs

    def holding(self, where: Condition) -> Columns:
        """Those for whom *where* is true: each part of it is asked of whom those before it left."""
        left = self
        parts = where.parts if isinstance(where, And) else (where,)
        while parts:
            first, parts = left._soonest(And(parts))
            wider, left = left, left._part_of(left.true(And(first)))
            wider._let_parts_go()
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
        if isinstance(where, And):
            # The core's own fields, read together, cost less than in turn.
            costs = [1 if cost == 2 else cost for cost in map(self._cost, where.parts)]
            first = [cost == min(costs) for cost in costs]
        else:
            unread = list(map(self._unread, where.parts))
            ranks = [
                (self._cost(part), len(keys))
                for part, keys in zip(where.parts, unread, strict=True)
            ]
            soonest = unread[ranks.index(min(ranks))]
            first = [keys <= soonest for keys in unread]
        others = [not one for one in first]
        return tuple(compress(where.parts, first)), tuple(compress(where.parts, others))

    def _read_ahead(self, wheres: Iterable[Condition]) -> None:
        """Conditions that begin alike go on with the same customers: what they ask of these first is read
        together, which is quicker than in turn."""
        wanted: dict[bytes, set[str]] = {}
        for where in wheres:
            first, rest = self._soonest(where) if isinstance(where, And) else ((), ())
            if rest and not self._unread(And(first)):
                keys = wanted.setdefault(self.true(And(first)), set())
                keys |= self._asked_first(And(rest))
        for chosen, keys in wanted.items():
            self._part_of(chosen).read(keys)

    def _asked_first(self, where: Condition) -> set[str]:
        """What `true` reads before anything else."""
        if isinstance(where, And | Or) and len(where.parts) == 1:
            return self._asked_first(where.parts[0])
        if isinstance(where, And | Or) and where.parts:
            first, rest = self._soonest(where)
            if rest:
                return self._asked_first(type(where)(first))
        return self._unread(where)

    def _unread(self, part: Condition) -> set[str]:
        return {key for key in fields_of(part) if self._known(key) is None}

    def _cost(self, part: Condition) -> int:
        """0 where all that *part* looks at is known, more where it takes longer to read."""
        return max((1 + self._reading.cost(key) for key in self._unread(part)), default=0)

    def _part_of(self, chosen: bytes) -> Columns:
        if chosen not in self._parts:
            part = self.only(chosen)
            if part is self:
                return self
            self._parts[chosen] = part
        return self._parts[chosen]

    def _let_parts_go(self) -> None:
        """They refer to what they are part of: what is not let go waits for the garbage collector."""
        for part in self._parts.values():
            part._let_parts_go()
        self._parts.clear()

    # fields

    def read(self, keys: Iterable[str]) -> None:
        """Read the fields *keys* together, which is quicker than one by one."""
        new = [key for key in dict.fromkeys(keys) if self._known(key) is None]
        widest = self._widest()
        if _WORTH in new and widest is not self and len(self) > _MOST * len(widest):
            widest.read((_WORTH,))
            new = [key for key in new if self._known(key) is None]
        if _WORTH in new and (said := self._known(SAID)) is not None:
            self._take_worths(worths_of(said if isinstance(said, list) else said.values(), {}))
            new.remove(_WORTH)
        if new:
            told = self._known(CONTACTS) if OF_CONTACTS.intersection(new) else None
            contacts = told if isinstance(told, list) else None
            self._read.update(self._reading.columns(self._documents(), new, contacts))
            if _WORTH in new:
                self._take_worths(self.column(_WORTH))

    def _take_worths(self, worths: list[Any]) -> None:
        self._read[_WORTH] = worths
        if self._keep is not None:
            self._keep(worths)

    def _widest(self) -> Columns:
        return self if self._among is None else self._among[0]._widest()

    def _known(self, key: str) -> Column | None:
        found = self._read.get(key)
        if found is None and self._among is not None:
            all_of, chosen = self._among
            wide = all_of._known(key)
            if isinstance(wide, Coded):
                found = self._read[key] = wide.only(chosen)
            elif wide is not None:
                found = self._read[key] = picked(wide, chosen)
        return found

    def _column(self, key: str) -> Column:
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
        self._read_ahead(one.where for one in by if isinstance(one, Whether))
        parts = [self._part(one) for one in by]
        self._let_parts_go()
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
        self._let_parts_go()
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
                return self._spans(names, edges), _itself
            case Whether(where):
                return self.true(where), bool

    def _spans(self, names: Sequence[str], edges: Sequence[datetime]) -> list[int | None]:
        """Between which of *edges* the first of the moments *names* that is known lies."""
        utc = [edge.astimezone(UTC) for edge in edges]
        firsts = self.column(names[0])
        found = [None if at is None else bisect_right(utc, at) for at in firsts]
        if len(names) > 1 and None in found:
            others = bytes([span is None for span in found])
            later = iter(self._part_of(others)._spans(names[1:], edges))
            found = [next(later) if span is None else span for span in found]
        return found


def _spread(told: bytes, chosen: bytes) -> bytes:
    """What is *told* of those who have a 1 in *chosen*, and 0 of the others."""
    if len(told) == len(chosen):
        return told
    found = bytearray(len(chosen))
    for place in compress(picked(range(len(chosen)), chosen), told):
        found[place] = 1
    return bytes(found)


def _itself(value: Any) -> Any:
    return value
