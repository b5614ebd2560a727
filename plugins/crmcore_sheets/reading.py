"""The importer: what a sheet is, how its columns are understood, and the drafts of its rows."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from crmcore.fieldspec import Kind
from crmcore.hooktypes import ColumnMapping, Reading, ReadRequest
from crmcore.text import one_line
from crmcore_sheets.dates import habits_of
from crmcore_sheets.drafting import CONTACT_TIMES, Drafts
from crmcore_sheets.headers import CUSTOM, Column, HeaderNames
from crmcore_sheets.joins import read_related
from crmcore_sheets.opening import open_table
from crmcore_sheets.profile import load_profile
from crmcore_sheets.profilewriting import profile_text
from crmcore_sheets.recordreading import Beside
from crmcore_sheets.spelling import spelled
from crmcore_sheets.survey import Survey, survey
from crmcore_sheets.table import Table

_CERTAIN = 0.9
_FEW = 5


def read_sheet(path: Path, request: ReadRequest) -> Reading:
    """What the sheet *path* states: drafts (read as they are asked for), columns and notes.

    Raises UsageError for what is no sheet and ConfigError for a profile with a mistake in it; the
    drafts raise UsageError when the file breaks off or is not readable further down.
    """
    profile = load_profile(request)
    names = HeaderNames(request.fields)
    opened = open_table(path, request.sheet or profile.sheet, profile, names)
    table = opened.table
    columns = names.columns(table.header, profile.columns)
    present = {spelled(column.header) for column in columns}
    for header, named in profile.headers.items():
        if header not in present:
            profile.fail(f"columns.{named}", _no_column(path, named, columns))
    related = [read_related(join, path.parent, profile, names) for join in profile.joins]
    found = survey(table, [column for column in columns if _is_moment(column, request)])
    given = {h: order for h in found.dates if (order := profile.order_of(h))}
    habits, said = habits_of(found.dates, given, profile.epoch or 1900)
    beside = Beside(opened.beside, request)
    drafts = Drafts(table, columns, profile, related, habits, found, beside)
    understood: dict[str, str | None] = {column.header: column.key for column in columns}
    for sheet in related:
        understood |= sheet.columns
    notes = (
        *opened.notes,
        *_notes(table, columns),
        *drafts.notes(columns),
        *said,
        *(f"sheet {one_line(name)!r} is read with the customers it names" for name in beside.read),
        *_undecoded(found, opened.encoding),
        *(note for sheet in related for note in sheet.notes),
    )
    orders = {h: habit.order for h, habit in habits.items() if habit.order and found.dates[h].seen}
    return Reading(
        drafts,
        understood,
        notes,
        tuple(ColumnMapping(c.header, c.key, c.confidence, c.why) for c in columns),
        table.header,
        found.total,
        profile_text(profile.raw, columns, orders, opened.settings),
    )


def profile_of(reading: Reading) -> str:
    """The mapping profile, as TOML, that reads a sheet as *reading* was read."""
    return reading.profile


def _is_moment(column: Column, request: ReadRequest) -> bool:
    key = column.fills or column.key
    if spelled(column.header) in CONTACT_TIMES:
        return True
    if key is None or key.startswith(CUSTOM):
        return False
    return request.fields.named(key).kind is Kind.MOMENT


def _no_column(path: Path, header: str, columns: tuple[Column, ...]) -> str:
    there = ", ".join(column.header for column in columns)
    return f"{path.name} has no column {header!r}: {there}."


def _undecoded(found: Survey, encoding: str) -> Iterator[str]:
    if found.undecoded:
        rows = ", ".join(map(str, found.undecoded[:_FEW]))
        more = "…" if len(found.undecoded) > _FEW else ""
        yield f"row {rows}{more}: holds bytes that are not {encoding} text and is left out"


def _notes(table: Table, columns: tuple[Column, ...]) -> Iterator[str]:
    if not table.names:
        yield f"row {table.header_number} is taken for the header, though it names no field"
    elif table.header_number > 1:
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
        elif column.custom and "is read from" in column.why:
            yield f"{column.header}: {column.why}; kept as {column.key}"
        elif column.confidence < _CERTAIN and column.key is not None and not column.custom:
            yield f"{column.header}: taken for {column.key} ({column.confidence:.0%}: {column.why})"
    if dropped := [column.header for column in columns if column.key is None]:
        yield f"not read: {', '.join(dropped)}"
