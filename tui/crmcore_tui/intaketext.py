"""What an import would do, written: how many of which outcome, a line a row, field by field; pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import overload

from attrs import field, frozen
from rich.cells import cell_len

from crmcore.customer import Customer
from crmcore.dialect import Dialect
from crmcore.fields import FieldCatalogue, undescribed
from crmcore.fieldspec import FieldSpec
from crmcore.hooktypes import ColumnMapping
from crmcore.importplan import ImportPlan
from crmcore.importrows import WRITTEN, PlannedRow
from crmcore.text import one_line, shown
from crmcore.values import show_value
from crmcore_tui import intakewordings as iw
from crmcore_tui import stepwordings as sw
from crmcore_tui import wordings as words
from crmcore_tui.cells import Line, Part, fit, spread
from crmcore_tui.presenter import name_of
from crmcore_tui.reading import Row, Section
from crmcore_tui.tabling import padded

_LOOKS: Mapping[str, tuple[str, str]] = {
    "create": ("+", "better"),
    "update": ("~", "today"),
    "unchanged": ("=", "dim"),
    "duplicate": ("≈", "debt"),
    "refused": ("✕", "stale"),
    "skipped": ("–", "dim"),
}
_UNTOLD = {"revision", "grading", "debts", "created_at", "entered_stage_at"}
_LONGEST = 300
SURE = 0.9
"""Columns that are understood less surely than this are named before anything is imported."""


class Chosen(Sequence[PlannedRow]):
    """Some rows of a plan, read from it when they are looked at: a large one is not all in memory."""

    def __init__(self, rows: Sequence[PlannedRow], places: Sequence[int]) -> None:
        self._rows = rows
        self._places = places

    def __len__(self) -> int:
        return len(self._places)

    @overload
    def __getitem__(self, place: int) -> PlannedRow: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[PlannedRow]: ...
    def __getitem__(self, place: int | slice) -> PlannedRow | Sequence[PlannedRow]:
        """One of them, or a part of them."""
        if isinstance(place, slice):
            return Chosen(self._rows, self._places[place])
        return self._rows[self._places[place]]


@frozen
class Intake:
    """A plan, and its rows by outcome; under None all of them."""

    plan: ImportPlan
    name: str
    rows: Mapping[str | None, Sequence[PlannedRow]] = field(repr=False, hash=False)

    @classmethod
    def of(cls, plan: ImportPlan, name: str) -> Intake:
        """Sorted by outcome."""
        places: dict[str, list[int]] = {outcome: [] for outcome in iw.OUTCOMES}
        for place, row in enumerate(plan.rows):
            places[row.outcome].append(place)
        rows: dict[str | None, Sequence[PlannedRow]] = {None: plan.rows}
        rows |= {outcome: Chosen(plan.rows, found) for outcome, found in places.items()}
        return cls(plan, name, rows)

    @property
    def writes(self) -> int:
        """How many customers it would write."""
        return sum(len(self.rows[outcome]) for outcome in WRITTEN)


def tabs(intake: Intake, dialect: Dialect) -> tuple[tuple[str | None, str], ...]:
    """The outcomes to choose from, with how many rows each has; those of none left out."""
    said: list[tuple[str | None, str]] = [
        (None, f" {dialect.say(iw.ALL)} {len(intake.plan.rows):,} ")
    ]
    for outcome, label in iw.OUTCOMES.items():
        if count := len(intake.rows[outcome]):
            said.append((outcome, f" {_LOOKS[outcome][0]} {dialect.say(label)} {count:,} "))
    return tuple(said)


def tab_line(intake: Intake, chosen: str | None, dialect: Dialect, width: int) -> Line:
    """The outcomes on one line, the *chosen* one standing out."""
    parts = [Part(" ")]
    for outcome, text in tabs(intake, dialect):
        role = "flag" if outcome == chosen else _LOOKS[outcome][1] if outcome else "label"
        parts += [Part(text, role), Part(" ")]
    return spread(parts, (), width)


def tab_at(x: int, intake: Intake, dialect: Dialect) -> str | bool | None:
    """The outcome at cell *x* of the line; False where there is none."""
    at = 1
    for outcome, text in tabs(intake, dialect):
        if at <= x < at + cell_len(text):
            return outcome
        at += cell_len(text) + 1
    return False


def note_lines(plan: ImportPlan, dialect: Dialect, width: int) -> tuple[Line, ...]:
    """The columns that nobody reads, and what the reader has to say, on a line; none when all is well."""
    unread = [one_line(header[:60]) for header, key in plan.columns.items() if key is None]
    said = [one_line(note[:_LONGEST]) for note in plan.notes]
    if unsure := [column for column in plan.mapping if column.key and column.confidence < SURE]:
        names = " · ".join(f"{one_line(c.header[:60])} {c.confidence:.0%}" for c in unsure[:12])
        said.insert(0, dialect.say(sw.UNSURE_COLUMNS).format(names=names))
    if unread:
        said.insert(0, dialect.say(iw.UNREAD).format(names=" · ".join(unread[:12])))
    if not said:
        return ()
    text = fit(" · ".join(said), max(width - 1, 0))
    return (spread((Part(" "), Part(text, "dim")), (), width),)


def changes(row: PlannedRow, fields: FieldCatalogue) -> Iterator[tuple[FieldSpec, object, object]]:
    """The fields that the row would write: before and after."""
    before, after = row.before, row.after
    if after is None:
        return
    extra = dict.fromkeys((*(before.extra if before else ()), *after.extra))
    specs = [*fields.stored(), *(undescribed(key) for key in extra if key not in fields)]
    for spec in specs:
        if spec.key in _UNTOLD:
            continue
        old = fields.value(before, spec.key) if before is not None else None
        new = fields.value(after, spec.key)
        if old != new and not (old in (None, (), "") and new in (None, (), "")):
            yield spec, old, new


def row_line(row: PlannedRow, fields: FieldCatalogue, dialect: Dialect, width: int) -> Line:
    """One row: its number in the file, what becomes of it, whose it is, and why or what."""
    mark, role = _LOOKS[row.outcome]
    who = row.after or row.before
    room = max(12, min(30, width // 4))
    outcome = dialect.say(iw.OUTCOMES[row.outcome])
    what, tone = one_line("; ".join((*decided(row, dialect), *row.reasons))[:_LONGEST]), role
    if not what:
        what, tone = _in_short(row, fields, dialect), "dim"
    left = (
        *padded(Part(f"{row.number:,}", "dim"), 7, right=True),
        Part(" ✎" if row.decided else "  ", "flag" if row.decided else ""),
        *padded(Part(f"{mark} {outcome}", role), 12),
        *padded(Part(name_of(who) if who is not None else row.title[:200], "company"), room),
        Part("  "),
        Part(fit(what, max(width - room - 23, 1)), tone),
    )
    return spread(left, (), width)


def decided(row: PlannedRow, dialect: Dialect) -> tuple[str, ...]:
    """What a person decided about the row, in words; empty when nobody did."""
    if not row.decided:
        return ()
    action, _, customer_id = row.decided.partition(":")
    known = sw.DECISIONS.get(action)
    said = dialect.say(known) if known else row.decided
    return (one_line(f"{said} {customer_id}".strip()),)


def _in_short(row: PlannedRow, fields: FieldCatalogue, dialect: Dialect) -> str:
    if row.outcome == "update":
        return " · ".join(one_line(dialect.say(spec.label)) for spec, _, _ in changes(row, fields))
    return _about(row.after) if row.outcome == "create" and row.after is not None else ""


def _about(customer: Customer) -> str:
    known = (customer.contact, customer.phone, customer.email, customer.source, customer.owner)
    return " · ".join(dict.fromkeys(one_line(text[:80]) for text in known if text))


def row_sections(row: PlannedRow, fields: FieldCatalogue, dialect: Dialect) -> Sequence[Section]:
    """A row field by field: why it is so, and before and after of what it would write."""
    sections = []
    if told := (*decided(row, dialect), *row.reasons):
        reasons = tuple(Row("", shown(reason)) for reason in told)
        sections.append(Section(dialect.say(iw.REASONS), reasons))
    rows = []
    for spec, old, new in changes(row, fields):
        was, now = (shown(show_value(spec, value, dialect)) for value in (old, new))
        empty = dialect.say(words.EMPTIED)
        label = one_line(dialect.say(spec.label))
        text = now if row.before is None else f"{was or empty} → {now or empty}"
        rows.append(Row(label, text))
    title = iw.VALUES if row.before is None else iw.CHANGES
    if rows:
        sections.append(Section(dialect.say(title), tuple(rows)))
    elif not told:
        sections.append(Section(dialect.say(title), (Row("", dialect.say(iw.NO_VALUES)),)))
    return sections


def column_sections(
    plan: ImportPlan, fields: FieldCatalogue, dialect: Dialect
) -> Sequence[Section]:
    """Which column of the file is which field, how sure that is and why, and the reader's notes."""
    sure = {(column.header, column.key): column for column in plan.mapping}
    rows = tuple(
        Row(
            one_line(header[:60]),
            _field(key, fields, dialect) + _how_sure(sure.get((header, key)), dialect),
        )
        for header, key in plan.columns.items()
    )
    sections = [Section(dialect.say(iw.COLUMNS), rows)]
    if plan.notes:
        notes = tuple(Row("", shown(note)) for note in plan.notes)
        sections.insert(0, Section(dialect.say(iw.NOTES), notes))
    return sections


def _how_sure(column: ColumnMapping | None, dialect: Dialect) -> str:
    if column is None or column.key is None:
        return ""
    share = dialect.say(sw.HOW_SURE).format(share=f"{column.confidence:.0%}")
    return " · ".join(("", share, *([one_line(column.why[:120])] if column.why else [])))


def _field(key: str | None, fields: FieldCatalogue, dialect: Dialect) -> str:
    if key is None:
        return dialect.say(iw.NOT_READ)
    spec = fields.get(key)
    return one_line(f"{dialect.say(spec.label)} ({key})" if spec else key)
