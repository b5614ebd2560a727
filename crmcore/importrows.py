"""The rows of a large plan: the first ones in memory, the rest in a temporary file."""

from __future__ import annotations

import pickle
import tempfile
from array import array
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import compress
from operator import attrgetter, is_not
from typing import Any, Literal, overload

import attrs
from attrs import frozen

from crmcore.customer import Customer
from crmcore.making import made

Outcome = Literal["create", "update", "unchanged", "duplicate", "refused", "skipped"]
WRITTEN: tuple[Outcome, ...] = ("create", "update")
LEFT_OUT: tuple[Outcome, ...] = ("duplicate", "refused")

BLOCK = 1000
HELD = 100
"""How many blocks of rows stay in memory."""


@frozen
class PlannedRow:
    """What one row would do, and why; `before` and `after` are None where there is nothing.

    `number` counts the rows of its file `source` from 1, as the importer does. `stated` is what the row
    says, `only_new` what it says of a new customer alone. Of a row that is left out, `cells` is how
    it stands in the file, `twin` the id of the customer it is most like, "" for none or another row,
    and `score` how sure that is (0 to 1). `decided` is what a person chose for it.
    """

    number: int
    outcome: Outcome
    before: Customer | None
    after: Customer | None
    reasons: tuple[str, ...] = ()
    source: str = ""
    stated: Mapping[str, Any] = attrs.field(factory=dict)
    only_new: Mapping[str, Any] = attrs.field(factory=dict)
    cells: tuple[str, ...] = ()
    twin: str = ""
    score: float | None = None
    decided: str = ""

    @property
    def title(self) -> str:
        """What to call it in a list."""
        one = self.after or self.before
        said = (self.stated.get(key) for key in ("company", "contact", "external_id", "id"))
        return one.title if one is not None else next((str(text) for text in said if text), "")


class Told(Mapping[str, Any]):
    """What a row states that became *customer* as it is: the fields *told*, which rows share."""

    __slots__ = ("_customer", "told")

    def __init__(self, customer: Customer, told: tuple[str, ...]) -> None:
        self._customer = customer
        self.told = told

    def __getitem__(self, key: str) -> Any:
        if key not in self.told:
            raise KeyError(key)
        return self._customer.value_of(key)

    def __iter__(self) -> Iterator[str]:
        return iter(self.told)

    def __len__(self) -> int:
        return len(self.told)

    def __repr__(self) -> str:
        return repr(dict(self))


_FIELDS = attrs.fields(Customer)
_NAMES = tuple(one.name for one in _FIELDS)
_DEFAULTS = tuple(None if one.name == "extra" else one.default for one in _FIELDS)
_values_of: Callable[[Customer], tuple[Any, ...]] = attrgetter(*_NAMES)
_parts_of: Callable[[PlannedRow], tuple[Any, ...]] = attrgetter(
    *(one.name for one in attrs.fields(PlannedRow))
)
_BEFORE, _AFTER, _STATED = 2, 3, 6


Packed = tuple[bytes, tuple[Any, ...]]
"""Which fields say something, a byte for each, and what."""


def _pack(customer: Customer | None) -> Packed | None:
    """*customer* without what it does not say: pickled whole it takes five times as long."""
    if customer is None:
        return None
    values = _values_of(customer)
    told = _same(bytes(map(is_not, values, _DEFAULTS)))
    return told, tuple(compress(values, told))


@lru_cache(maxsize=1_000)
def _same(told: bytes) -> bytes:
    return told  # the same one each time, which is pickled once


@lru_cache(maxsize=1_000)
def _names_of(told: bytes) -> tuple[str, ...]:
    return tuple(compress(_NAMES, told))


def _unpack(packed: Packed | None) -> Customer | None:
    if packed is None:
        return None
    told, values = packed
    return made(dict(zip(_names_of(told), values, strict=True)))


def _unpacked(parts: list[Any]) -> PlannedRow:
    for place in (_BEFORE, _AFTER):
        parts[place] = _unpack(parts[place])
    if type(parts[_STATED]) is tuple:
        parts[_STATED] = Told(parts[_AFTER], parts[_STATED])
    return PlannedRow(*parts)


class Rows(Sequence[PlannedRow]):
    """Rows that are added at the end, as many as there are; the file goes when nobody looks any more."""

    def __init__(self) -> None:
        self._blocks: list[list[PlannedRow] | int] = []
        self._open: list[PlannedRow] = []
        self._file: Any = None
        self._last: tuple[int, list[PlannedRow]] | None = None
        self._numbers = array("Q")
        self._starts: list[tuple[str, int]] = []
        self.counts: Counter[Outcome] = Counter()

    def append(self, row: PlannedRow) -> None:
        """Add *row*; those of one source come together, by rising numbers."""
        if not self._starts or self._starts[-1][0] != row.source:
            self._starts.append((row.source, len(self._numbers)))
        self._numbers.append(row.number)
        self.counts[row.outcome] += 1
        self._open.append(row)
        if len(self._open) == BLOCK:
            full = len(self._blocks) >= HELD
            self._blocks.append(self._put_aside(self._open) if full else self._open)
            self._open = []

    def _put_aside(self, block: list[PlannedRow]) -> int:
        if self._file is None:
            # Open as long as somebody has the rows.
            self._file = tempfile.TemporaryFile(prefix="crmcore-import-")  # noqa: SIM115
        place: int = self._file.seek(0, 2)
        packed = []
        for row in block:
            parts = list(_parts_of(row))
            parts[_BEFORE], parts[_AFTER] = _pack(row.before), _pack(row.after)
            if isinstance(row.stated, Told):
                parts[_STATED] = row.stated.told
            packed.append(parts)
        pickle.dump(packed, self._file, pickle.HIGHEST_PROTOCOL)
        return place

    def _block(self, number: int) -> list[PlannedRow]:
        if number == len(self._blocks):
            return self._open
        found = self._blocks[number]
        if isinstance(found, list):
            return found
        if self._last is None or self._last[0] != number:
            self._file.seek(found)
            # Our own file, which nobody else can open.
            self._last = number, [_unpacked(parts) for parts in pickle.load(self._file)]  # noqa: S301
        return self._last[1]

    def __len__(self) -> int:
        return len(self._numbers)

    def __iter__(self) -> Iterator[PlannedRow]:
        for number in range(len(self._blocks) + 1):
            yield from self._block(number)

    @overload
    def __getitem__(self, place: int) -> PlannedRow: ...
    @overload
    def __getitem__(self, place: slice) -> tuple[PlannedRow, ...]: ...
    def __getitem__(self, place: int | slice) -> PlannedRow | tuple[PlannedRow, ...]:
        if isinstance(place, slice):
            return tuple(self[one] for one in range(*place.indices(len(self))))
        if place < 0:
            place += len(self)
        if not 0 <= place < len(self):
            raise IndexError(place)
        block, rest = divmod(place, BLOCK)
        return self._block(block)[rest]

    @property
    def sources(self) -> tuple[str, ...]:
        """The files that rows are from."""
        return tuple(source for source, _ in self._starts)

    def place(self, source: str, number: int) -> int | None:
        """Where the row *number* of *source* is among these, None where there is none."""
        ends = [start for _, start in self._starts[1:]] + [len(self)]
        for (name, start), end in zip(self._starts, ends, strict=True):
            if name == source:
                place = bisect_left(self._numbers, number, start, end)
                return place if place < end and self._numbers[place] == number else None
        return None


class Overlaid(Sequence[PlannedRow]):
    """*rows* with some of them replaced, by place."""

    def __init__(self, rows: Rows, instead: Mapping[int, PlannedRow]) -> None:
        self.rows = rows
        self.instead = instead

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[PlannedRow]:
        if not self.instead:
            return iter(self.rows)
        return (self.instead.get(place, row) for place, row in enumerate(self.rows))

    @overload
    def __getitem__(self, place: int) -> PlannedRow: ...
    @overload
    def __getitem__(self, place: slice) -> tuple[PlannedRow, ...]: ...
    def __getitem__(self, place: int | slice) -> PlannedRow | tuple[PlannedRow, ...]:
        if isinstance(place, slice):
            return tuple(self[one] for one in range(*place.indices(len(self))))
        if place < 0:
            place += len(self)
        return self.instead.get(place) or self.rows[place]

    @property
    def counts(self) -> Counter[Outcome]:
        """How many rows have each outcome."""
        found = Counter(self.rows.counts)
        for place, row in self.instead.items():
            found[self.rows[place].outcome] -= 1
            found[row.outcome] += 1
        return +found
