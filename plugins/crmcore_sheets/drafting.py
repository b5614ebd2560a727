"""From rows of cells to drafts: what the cells of a row say together, losing nothing that stands in it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import chain, repeat, zip_longest
from types import MappingProxyType
from typing import Any

from attrs import frozen

from crmcore.hooktypes import Draft
from crmcore.records import Activity
from crmcore.text import clean
from crmcore_sheets.cells import NOTE, Cells, Understanding
from crmcore_sheets.closing import Closing
from crmcore_sheets.currencies import Currencies
from crmcore_sheets.dates import DateHabit
from crmcore_sheets.guard import is_unknown, unguard
from crmcore_sheets.headers import ACTIVITIES, CUSTOM, Column
from crmcore_sheets.joins import Related
from crmcore_sheets.manytexts import Cell, ManyTexts, Pairs
from crmcore_sheets.profile import Profile
from crmcore_sheets.recordreading import Beside
from crmcore_sheets.source import UNDECODED
from crmcore_sheets.spelling import spelled
from crmcore_sheets.survey import Survey
from crmcore_sheets.table import Row, Table

_IDENTIFYING = ("company", "contact", "phone", "wechat", "email", "external_id", "id")
_UNIDENTIFIED = (
    f"nothing in it identifies a customer: no {', '.join(_IDENTIFYING[:-2])} or external_id"
)
# When the last contact was: kept as the sheet's own columns, and the time of a note beside them.
CONTACT_TIMES = {
    "最近跟进时间", "最近互动时间", "最近联系时间", "最后跟进时间", "最后联系时间", "实际跟进时间", "最新跟进时间",
    "上次跟进时间", "lastactivity", "lastcontact", "lastcontacted", "lastactivitydate",
}  # fmt: skip
_LONGEST_TOTAL = 15
_NOTHING: Mapping[str, Any] = MappingProxyType({})
_MOMENT = "first_contact_at"
_UNDECODED = "it holds bytes that are not text in the file's encoding"
_TOTALS = {"合计", "总计", "小计", "共计", "汇总", "total", "grand total", "sum", "subtotal"}
_NAME_PARTS = (
    ("firstname", "lastname"), ("givenname", "familyname"), ("firstname", "surname"), ("姓", "名"), ("姓氏", "名字"),
)  # fmt: skip


@frozen
class _Spare:
    """A second column for a field: it fills the field where the first says nothing."""

    place: int
    key: str
    fills: Cells
    kept: Cells


class Drafts:
    """The drafts of one sheet, read anew each time they are iterated."""

    def __init__(
        self,
        table: Table,
        columns: tuple[Column, ...],
        profile: Profile,
        related: list[Related],
        habits: Mapping[str, DateHabit],
        found: Survey,
        beside: Beside,
    ) -> None:
        self._beside = beside
        understanding = profile.understanding
        self._table = table
        self._habits = {spelled(header): habit for header, habit in habits.items()}
        self._undecoded = frozenset(found.undecoded)
        self._unsure = found.total is None
        self._width = len(columns)
        self._now = understanding.now
        self._defaults = profile.defaults
        self._places = {spelled(column.header): column.place for column in columns}
        # The column of a field speaks after those that only imply it.
        ordered = sorted(columns, key=lambda column: column.key == "status")
        self._columns: list[tuple[int, ManyTexts]] = []
        for c in ordered:
            if c.key is not None and c.fills is None:
                kept, habit = _kept(c, columns), habits.get(c.header)
                reads = understanding.asking(c.header) if c.key == "status" else understanding
                cells = reads.column(c.key, kept, c.template, habit)
                self._columns.append((c.place, understanding.many(c.key, cells, c.template)))
        self._spares = [
            _Spare(
                c.place, c.fills, understanding.column(c.fills, c.key), understanding.custom(c.key)
            )
            for c in columns
            if c.fills is not None and c.key is not None
        ]
        self._related = [
            (self._place(profile, f"join.{sheet.join.name}.on", sheet.join.here), sheet)
            for sheet in related
        ]
        self._copies = self._bound_copies(profile, understanding)
        self._times = [
            (c.place, understanding.column(_MOMENT, CUSTOM, habit=habits.get(c.header)))
            for c in columns
            if spelled(c.header) in CONTACT_TIMES
        ]
        keys = {c.key for c in columns}
        self._full_name = None if "contact" in keys else _name_parts(columns)
        self._closing = Closing(columns, understanding)
        self._currencies = Currencies(columns, understanding)
        apart = (
            self._spares,
            self._related,
            self._full_name,
            self._closing.applies,
            self._currencies,
            beside,
        )
        self._plainly = not any((*apart, self._defaults, ACTIVITIES in keys))
        """Whether a row says what its cells say, and no more."""

    def notes(self, columns: tuple[Column, ...]) -> Iterator[str]:
        """What is to be said of how rows are read."""
        if self._full_name:
            parts = [columns[place].header for place in self._full_name]
            yield f"contact is read from {' and '.join(parts)}"

    def _place(self, profile: Profile, where: str, header: str) -> int:
        place = self._places.get(spelled(header))
        if place is None:
            profile.fail(where, f"{self._table.data.path.name} has no column {header!r}.")
        return place

    def _bound_copies(
        self, profile: Profile, understanding: Understanding
    ) -> Mapping[tuple[str, str], tuple[int, Cells]]:
        """Where each copied field is read from, by field and header."""
        bound: dict[tuple[str, str], tuple[int, Cells]] = {}
        for key, words in understanding.meanings.items():
            for word, cell in words.items():
                for target, header in cell.copies.items():
                    place = self._place(profile, f"values.{key}.{word}.copy.{target}", header)
                    habit = self._habits.get(spelled(header))
                    cells = understanding.column(target, CUSTOM + header, habit=habit)
                    bound[target, header] = place, cells
        return bound

    def __iter__(self) -> Iterator[Draft]:
        for some in self._table.batches():
            yield from self._drafts(some)

    def _drafts(self, some: Sequence[tuple[int, Row]]) -> Iterator[Draft]:
        """The drafts of some rows, which are read column by column."""
        columns = list(zip_longest(*(row for _, row in some)))
        more: dict[int, list[Cell]] = {}
        stated: list[Sequence[Pairs]] = [[()] * len(some)]
        hinted: list[Sequence[Pairs]] = []
        for place, many in self._columns:
            if place < len(columns):
                column = columns[place]
                stated.append(many.stated(column))
                if many.more:
                    for at, text in enumerate(column):
                        if text in many.more:
                            more.setdefault(at, []).append(many.more[text])
                if many.hints:
                    hinted.append([many.hints.get(text, ()) for text in column])
        hints = zip(*hinted, strict=True) if hinted else repeat(())
        rows = zip(some, zip(*stated, strict=True), hints, strict=False)
        for at, ((number, row), pairs, implied) in enumerate(rows):
            values = dict(chain.from_iterable(pairs))
            if number in self._undecoded or (self._unsure and UNDECODED.search("".join(row))):
                shown = tuple(UNDECODED.sub("\ufffd", cell) for cell in row)
                yield Draft(number, {}, (_UNDECODED,), cells=shown)
            elif self._plainly and at not in more and len(row) <= self._width and not any(implied):
                problems = _problems(values, _NOTHING)
                yield Draft(number, values, problems, (), _NOTHING, tuple(row))
            else:
                said = _Said(values, chain.from_iterable(implied))
                for cell in more.get(at, ()):
                    said.add(cell)
                yield self._draft(number, row, said)

    def _draft(self, number: int, row: Row, said: _Said) -> Draft:
        width = len(row)
        for spare in self._spares:
            if spare.place < width:
                cells = spare.kept if spare.key in said.values else spare.fills
                said.take(cells[row[spare.place]])
        for (target, header), (place, cells) in self._copies.items():
            if said.copies.get(target) == header and place < width:
                said.imply(cells[row[place]])
        for place, sheet in self._related:
            if place < width:
                said.imply(sheet.adds(row[place]))
        if width > self._width:
            self._keep_extra(said, row)
        values = said.values
        if self._defaults or said.hints:
            values = {**self._defaults, **said.hints, **values}
        if self._full_name and (name := _full_name([row[p] for p in self._full_name if p < width])):
            values["contact"] = name
        self._closing.settle(values, said.hints)
        if self._currencies:
            self._currencies.restate(row, values)
        if isinstance(content := values.get(ACTIVITIES), str):
            values[ACTIVITIES] = (Activity(self._time_of(row, values), NOTE, content),)
        if self._beside and (whose := values.get("id")):
            apart, notes = self._beside.of(whose)
            values |= apart
            said.notes += notes
        return Draft(
            number,
            values,
            _problems(values, said.only_new),
            tuple(said.notes),
            said.only_new,
            tuple(row),
        )

    def _keep_extra(self, said: _Said, row: Row) -> None:
        extra = {
            f"{CUSTOM}column_{place}": " ".join(cell.split())
            for place, cell in enumerate(row[self._width :], self._width + 1)
            if cell.strip()
        }
        if extra:
            said.take(
                Cell(
                    extra, note=f"{len(extra)} cells beyond the header, kept as {', '.join(extra)}"
                )
            )

    def _time_of(self, row: Row, values: Mapping[str, Any]) -> datetime:
        """When a note was taken, as far as the row tells."""
        for place, moments in self._times:
            if place < len(row) and (at := moments[row[place]].values.get(_MOMENT)):
                return at  # type: ignore[no-any-return]
        return values.get(_MOMENT) or self._now


class _Said:
    """What the cells of one row say together."""

    __slots__ = ("copies", "hints", "notes", "only_new", "values")

    def __init__(self, values: dict[str, Any], hints: Iterable[tuple[str, Any]]) -> None:
        self.values = values
        self.hints = dict(hints)
        self.copies: dict[str, str] = {}
        self.notes: list[str] = []
        self.only_new: dict[str, Any] = {}

    def take(self, cell: Cell) -> None:
        """Add what a cell of the sheet says."""
        self.values.update(cell.values)
        self.hints.update(cell.hints)
        self.add(cell)

    def add(self, cell: Cell) -> None:
        """Add what a cell says beside values and hints."""
        self.copies.update(cell.copies)
        self.only_new.update(cell.only_new)
        if cell.note:
            self.notes.append(cell.note)

    def imply(self, cell: Cell) -> None:
        """Add what follows from elsewhere: the row's own columns go before it."""
        for key, value in {**cell.hints, **cell.values}.items():
            self.values.setdefault(key, value)
        if cell.note:
            self.notes.append(cell.note)


def _problems(values: Mapping[str, Any], only_new: Mapping[str, Any]) -> tuple[str, ...]:
    """Why a row is no customer."""
    for key in _IDENTIFYING:
        if values.get(key) or only_new.get(key):
            named = values.get(key)
            break
    else:
        return (_UNIDENTIFIED,)
    if isinstance(named, str) and len(named) <= _LONGEST_TOTAL:
        total = named.strip(":： ").casefold() in _TOTALS
        if total and not any(values.get(key) for key in _IDENTIFYING[1:]):
            return ("it adds up other rows and is no customer",)
    return ()


def _name_parts(columns: tuple[Column, ...]) -> tuple[int, ...] | None:
    """Where the parts of a person's name stand, in the order they are read; None when nowhere."""
    places = {spelled(column.header): column.place for column in columns}
    for names in _NAME_PARTS:
        if all(name in places for name in names):
            return tuple(places[name] for name in names)
    return None


def _full_name(parts: list[str]) -> str:
    words = [" ".join(clean(unguard(part)).split()) for part in parts if not is_unknown(part)]
    joint = " " if all(map(str.isascii, words)) else ""
    return joint.join(filter(None, words))


def _kept(column: Column, columns: tuple[Column, ...]) -> str:
    """The custom field that what is not understood of *column* is kept in."""
    if column.custom and column.key:
        return column.key
    taken = {other.key for other in columns}
    name = base = CUSTOM + (column.header.strip(". ") or "column")
    again = 1
    while name in taken:
        again += 1
        name = f"{base} {again}"
    return name
