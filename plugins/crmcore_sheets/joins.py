"""Related sheets: what the rows of another file add to the rows of the imported one."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from attrs import define, field, frozen

from crmcore.errors import UsageError
from crmcore.text import clean
from crmcore_sheets.cells import quoted
from crmcore_sheets.headers import CUSTOM, HeaderNames
from crmcore_sheets.manytexts import Cell
from crmcore_sheets.opening import open_table
from crmcore_sheets.profile import Join, Profile
from crmcore_sheets.spelling import header_text, spelled, unique


@frozen
class Related:
    """A related sheet, read: what each key adds; `columns` says how its columns are understood."""

    join: Join
    rows: Mapping[str, Cell]
    columns: Mapping[str, str]
    notes: tuple[str, ...] = ()

    def adds(self, key: str) -> Cell:
        """What the row *key* adds; a note when there is no such row."""
        word = clean(key)
        if not word:
            return Cell()
        found = self.rows.get(self.join.aliases.get(word, word))
        return found or Cell(note=f"{self.join.here}: {quoted(word)} is not in {self.join.file}")


def read_related(join: Join, folder: Path, profile: Profile, names: HeaderNames) -> Related:
    """The related sheet *join*, in *folder*. Raises ConfigError naming the profile's key."""
    where = f"join.{join.name}"
    try:
        table = open_table(folder / join.file, join.sheet, profile, names).table
    except UsageError as error:
        profile.fail(f"{where}.file", str(error))
    headers = unique([header_text(header) for header in table.header])
    places = {spelled(header): place for place, header in enumerate(headers)}

    def place_of(header: str, key: str) -> int:
        place = places.get(spelled(header))
        if place is None:
            profile.fail(
                f"{where}.{key}", f"{join.file} has no column {header!r}: {', '.join(headers)}."
            )
        return place

    at = place_of(join.there, "on")
    cells = [
        (place_of(header, "columns"), profile.understanding.column(key, CUSTOM + header))
        for header, key in join.columns.items()
    ]
    rows: dict[str, _Merged] = {}
    repeated: list[str] = []
    for _, row in table.rows():
        key = clean(row[at]) if at < len(row) else ""
        if not key:
            continue
        if key in rows:
            repeated.append(key)
            continue
        merged = rows[key] = _Merged()
        for place, column in cells:
            if place < len(row):
                merged.take(column[row[place]])
    notes = (
        (f"{join.file}: {quoted(repeated[0])} and {len(repeated) - 1} more rows repeat a key; the first is used",)
        if repeated
        else ()
    )  # fmt: skip
    columns = {f"{join.file}: {header}": key for header, key in join.columns.items()}
    return Related(join, {key: merged.cell() for key, merged in rows.items()}, columns, notes)


@define
class _Merged:
    """What several cells of one row say together."""

    values: dict[str, object] = field(factory=dict)
    notes: list[str] = field(factory=list)

    def take(self, cell: Cell) -> None:
        """Add what one more cell says; what was said before stays."""
        self.values = {**cell.hints, **cell.values, **self.values}
        if cell.note:
            self.notes.append(cell.note)

    def cell(self) -> Cell:
        """All of it as one cell."""
        return Cell(self.values, note="; ".join(self.notes))
