"""From a file to its table, whatever kind of file it is: by what stands in it, not by its name."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from attrs import frozen

from crmcore.errors import UsageError
from crmcore.text import one_line
from crmcore_sheets.headers import HeaderNames
from crmcore_sheets.profile import Profile
from crmcore_sheets.source import open_source
from crmcore_sheets.table import DELIMITERS, Table, TextRows, find_table, table_of
from crmcore_sheets.workbook import SUFFIXES, SheetRows, is_workbook, read_workbook


@frozen
class Opened:
    """A table, what is to be said of how it was opened, and what a profile would say of that."""

    table: Table
    encoding: str
    notes: tuple[str, ...] = ()
    settings: Mapping[str, Any] = {}
    beside: tuple[SheetRows, ...] = ()
    """The other sheets of its workbook."""


def open_table(path: Path, sheet: str | None, profile: Profile, names: HeaderNames) -> Opened:
    """The table in *path*; of a workbook, in *sheet* or the one whose header names most fields.

    Raises UsageError.
    """
    if is_workbook(path):
        return _in_workbook(path, sheet, names)
    source = open_source(path, profile.encoding)
    table = find_table(source, names.recognised, profile.delimiter)
    if path.suffix.casefold() in SUFFIXES and not (table.names and len(table.header) > 1):
        # Programs do write text under such a name; what is not even a table is a damaged workbook.
        raise UsageError(
            f"{path} is not a workbook, whatever its name says. Was it cut off or damaged? Open it in a "
            "spreadsheet program and save it again."
        )
    if sheet is not None:
        raise UsageError(f"{path.name} is a text file: it has no sheets to choose from.")
    settings: dict[str, Any] = {}
    notes: list[str] = []
    if not source.encoding.startswith("utf-8"):
        notes.append(f"read as {source.encoding}")
        settings["encoding"] = source.encoding
    if isinstance(table.data, TextRows) and table.data.delimiter not in DELIMITERS:
        settings["delimiter"] = table.data.delimiter
        notes.append(f"its cells are divided by {table.data.delimiter!r}")
    return Opened(table, source.encoding, tuple(notes), settings)


def _in_workbook(path: Path, wanted: str | None, names: HeaderNames) -> Opened:
    sheets = read_workbook(path, wanted)
    tables = [table_of(sheet, names.recognised) for sheet in sheets]
    best = max(range(len(sheets)), key=lambda place: tables[place].names)
    notes: tuple[str, ...] = ()
    settings: dict[str, Any] = {}
    if len(sheets) > 1:
        others = ", ".join(repr(one_line(s.name)) for s in sheets if s is not sheets[best])
        notes = (
            f"sheet {one_line(sheets[best].name)!r} is read, whose header says most; also there: {others}",
        )
        settings["sheet"] = sheets[best].name
    beside = tuple(sheet for sheet in sheets if sheet is not sheets[best])
    return Opened(tables[best], "workbook", notes, settings, beside)
