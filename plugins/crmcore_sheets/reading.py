"""The importer: from a text sheet to drafts, row by row, losing nothing that stands in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from attrs import frozen

from crmcore.hooktypes import Draft, Reading, ReadRequest
from crmcore.records import Activity
from crmcore_sheets.cells import BLANK, NOTE, Cell, Cells, Understanding
from crmcore_sheets.headers import ACTIVITIES, CUSTOM, Column, HeaderNames, spelled
from crmcore_sheets.joins import Related, read_related
from crmcore_sheets.profile import Profile, load_profile
from crmcore_sheets.source import open_source
from crmcore_sheets.table import Row, Table, find_table

_IDENTIFYING = ("company", "contact", "phone", "wechat", "email", "external_id", "id")
_UNIDENTIFIED = (
    f"nothing in it identifies a customer: no {', '.join(_IDENTIFYING[:-2])} or external_id"
)
# When the last contact was: kept as the sheet's own columns, and the time of a note beside them.
_CONTACT_TIMES = {
    "最近跟进时间", "最近互动时间", "最近联系时间", "最后跟进时间", "最后联系时间", "实际跟进时间", "最新跟进时间",
    "上次跟进时间", "lastactivity", "lastcontact", "lastcontacted", "lastactivitydate",
}  # fmt: skip
_MOMENT = "first_contact_at"


def read_sheet(path: Path, request: ReadRequest) -> Reading:
    """What the sheet *path* states: drafts (read as they are asked for), columns and notes.

    Raises UsageError for what is no sheet and ConfigError for a profile with a mistake in it; the
    drafts raise UsageError when the file breaks off or is not readable further down.
    """
    profile = load_profile(request)
    names = HeaderNames(request.fields)
    table = find_table(open_source(path, profile.encoding), names.recognised, profile.delimiter)
    columns = names.columns(table.header, profile.columns)
    present = {spelled(column.header) for column in columns}
    for header, named in profile.headers.items():
        if header not in present:
            profile.fail(f"columns.{named}", _no_column(path, named, columns))
    related = [read_related(join, path.parent, profile, names) for join in profile.joins]
    drafts = _Drafts(table, columns, profile, related)
    understood: dict[str, str | None] = {column.header: column.key for column in columns}
    for sheet in related:
        understood |= sheet.columns
    notes = (*_notes(table, columns), *(note for sheet in related for note in sheet.notes))
    return Reading(drafts, understood, notes, header=tuple(table.header))


def _no_column(path: Path, header: str, columns: tuple[Column, ...]) -> str:
    there = ", ".join(column.header for column in columns)
    return f"{path.name} has no column {header!r}: {there}."


def _notes(table: Table, columns: tuple[Column, ...]) -> Iterator[str]:
    if not table.source.encoding.startswith("utf-8"):
        yield f"read as {table.source.encoding}"
    if table.header_number > 1:
        yield f"row {table.header_number} is the header"
    for number in table.skipped:
        yield f"row {number} explains the columns and is no customer"
    own = {column.key: column.header for column in columns}
    for column in columns:
        if column.fills:
            yield (
                f"{column.header}: {column.fills} is read from {own[column.fills]}; used where that is "
                f"empty, else kept as {column.key}"
            )
    if dropped := [column.header for column in columns if column.key is None]:
        yield f"not read: {', '.join(dropped)}"


@frozen
class _Spare:
    """A second column for a field: it fills the field where the first says nothing."""

    place: int
    key: str
    fills: Cells
    kept: Cells


class _Drafts:
    """The drafts of one sheet, read anew each time they are iterated."""

    def __init__(
        self,
        table: Table,
        columns: tuple[Column, ...],
        profile: Profile,
        related: list[Related],
    ) -> None:
        understanding = profile.understanding
        self._table = table
        self._width = len(columns)
        self._now = understanding.now
        self._defaults = profile.defaults
        self._places = {spelled(column.header): column.place for column in columns}
        # The column of a field speaks after those that only imply it.
        ordered = sorted(columns, key=lambda column: column.key == "status")
        self._columns = [
            (c.place, understanding.column(c.key, _kept(c, columns), c.template))
            for c in ordered
            if c.key is not None and c.fills is None
        ]
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
        moments = understanding.column(_MOMENT, CUSTOM)
        self._times = [
            (place, moments) for name, place in self._places.items() if name in _CONTACT_TIMES
        ]

    def _place(self, profile: Profile, where: str, header: str) -> int:
        place = self._places.get(spelled(header))
        if place is None:
            profile.fail(where, f"{self._table.source.path.name} has no column {header!r}.")
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
                    bound[target, header] = place, understanding.column(target, CUSTOM + header)
        return bound

    def __iter__(self) -> Iterator[Draft]:
        for number, row in self._table.rows():
            yield self._draft(number, row)

    def _draft(self, number: int, row: Row) -> Draft:
        said = _Said()
        width = len(row)
        for place, cells in self._columns:
            if place < width and (cell := cells[row[place]]) is not BLANK:
                said.values.update(cell.values)
                if cell.hints or cell.note or cell.copies:
                    said.add(cell)
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
        values = {**self._defaults, **said.hints, **said.values}
        if isinstance(content := values.get(ACTIVITIES), str):
            values[ACTIVITIES] = (Activity(self._time_of(row, values), NOTE, content),)
        problems = () if any(values.get(key) for key in _IDENTIFYING) else (_UNIDENTIFIED,)
        return Draft(number, values, problems, tuple(said.notes), cells=tuple(row))

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

    __slots__ = ("copies", "hints", "notes", "values")

    def __init__(self) -> None:
        self.values: dict[str, Any] = {}
        self.hints: dict[str, Any] = {}
        self.copies: dict[str, str] = {}
        self.notes: list[str] = []

    def take(self, cell: Cell) -> None:
        """Add what a cell of the sheet says."""
        self.values.update(cell.values)
        self.add(cell)

    def add(self, cell: Cell) -> None:
        """Add what a cell says beside its values."""
        self.hints.update(cell.hints)
        self.copies.update(cell.copies)
        if cell.note:
            self.notes.append(cell.note)

    def imply(self, cell: Cell) -> None:
        """Add what follows from elsewhere: the row's own columns go before it."""
        for key, value in {**cell.hints, **cell.values}.items():
            self.values.setdefault(key, value)
        if cell.note:
            self.notes.append(cell.note)


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
