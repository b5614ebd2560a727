"""How customers are written as rows of a table: which columns, how wide, what stands in each; pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from attrs import frozen
from rich.cells import cell_len

from crmcore.customer import Customer
from crmcore.dialect import Dialect
from crmcore.errors import UnknownFieldError
from crmcore.fields import FieldCatalogue
from crmcore.fieldspec import FieldSpec, Kind
from crmcore.money import Money, round_money
from crmcore.text import one_line
from crmcore.values import show_value
from crmcore_tui.cells import Line, Part, fit
from crmcore_tui.presenter import due_words, grade_badge, name_of
from crmcore_tui.tabling import GAP, padded

USUAL = (
    "company", "stage", "grade", "value", "owner", "next_step_due", "next_step", "last_activity_at",
)  # fmt: skip
"""The columns of those who chose none."""

_WIDTHS: Mapping[Kind, tuple[int, int]] = {
    Kind.TEXT: (12, 24),
    Kind.LONG_TEXT: (20, 48),
    Kind.INTEGER: (6, 9),
    Kind.NUMBER: (8, 12),
    Kind.YES_NO: (4, 8),
    Kind.MONEY: (9, 14),
    Kind.MONEY_RANGE: (12, 20),
    Kind.MOMENT: (16, 17),
    Kind.CHOICE: (8, 14),
    Kind.TAGS: (12, 28),
    Kind.RECORDS: (16, 48),
    Kind.RECORD: (16, 48),
}
"""The cells a column of each kind has at least, and at most."""

_BY_KEY: Mapping[str, tuple[int, int]] = {
    "company": (22, 40),
    "next_step_due": (15, 17),
    "follow_up_owed": (15, 17),
    "grade": (5, 6),
    "stage": (12, 16),
    "status": (6, 8),
    "owner": (8, 12),
    "id": (12, 14),
    "phone": (13, 16),
}
_RIGHT = {Kind.INTEGER, Kind.NUMBER, Kind.MONEY, Kind.MONEY_RANGE}
_DUE = {"next_step_due", "follow_up_owed"}
_STAGES = {"stage", "furthest_stage"}
_MARGIN = 1
"""The cell of the mark."""


def named_columns(text: str, fields: FieldCatalogue) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The keys of the fields that *text* names, with commas, each once; and the names nobody knows."""
    keys: dict[str, None] = {}
    unknown = []
    for name in (part.strip() for part in text.split(",")):
        if not name:
            continue
        try:
            keys[fields.named(name).key] = None
        except UnknownFieldError:
            unknown.append(name)
    return tuple(keys), tuple(unknown)


@frozen
class TableColumn:
    """A column that is seen: its place among those chosen, its field, where it begins, its width."""

    number: int
    spec: FieldSpec
    at: int
    width: int


@frozen
class Layout:
    """The columns that are seen in a width, the first chosen one always; *more* are off to the right."""

    columns: tuple[TableColumn, ...]
    more: int

    def at(self, x: int) -> int | None:
        """The number of the column at cell *x*."""
        for column in self.columns:
            if column.at <= x < column.at + column.width:
                return column.number
        return None


def lay_out(specs: Sequence[FieldSpec], first: int, width: int, dialect: Dialect) -> Layout:
    """The columns of *specs* from number *first* on, behind the very first, that fit *width* cells.

    One at least is seen. What room is left goes to those that can use it.
    """
    order = [0, *range(max(first, 1), len(specs))]
    widths: list[tuple[int, int, int]] = []
    left = width - _MARGIN
    for number in order:
        least, most = _widths(specs[number], dialect)
        least = min(least, max(width - _MARGIN, 1))
        gap = GAP if widths else 0
        if widths and least + gap > left:
            break
        widths.append((number, least, max(most, least)))
        left -= least + gap
    grown = _grown([(least, most) for _, least, most in widths], max(left, 0))
    columns, at = [], _MARGIN
    for (number, _, _), cells in zip(widths, grown, strict=True):
        columns.append(TableColumn(number, specs[number], at, cells))
        at += cells + GAP
    return Layout(tuple(columns), len(order) - len(widths))


def first_for(
    specs: Sequence[FieldSpec], first: int, here: int, width: int, dialect: Dialect
) -> int:
    """From which column on to show, so that number *here* is seen; *first* if it can stay."""
    first = max(1, min(first, here if here else first, len(specs) - 1))
    while here and first < here:
        if any(c.number == here for c in lay_out(specs, first, width, dialect).columns):
            break
        first += 1
    return first


def _widths(spec: FieldSpec, dialect: Dialect) -> tuple[int, int]:
    least, most = _BY_KEY.get(spec.key, _WIDTHS[spec.kind])
    label = min(cell_len(one_line(dialect.say(spec.label)[:80])) + 2, 20)
    return max(least, label), max(most, label)


def _grown(widths: Sequence[tuple[int, int]], left: int) -> list[int]:
    """The least widths, grown in turn by the *left* cells as far as each column goes."""
    cells = [least for least, _ in widths]
    while left > 0:
        able = [n for n, (_, most) in enumerate(widths) if cells[n] < most]
        if not able:
            break
        each = max(left // len(able), 1)
        for n in able:
            more = min(each, widths[n][1] - cells[n], left)
            cells[n] += more
            left -= more
    return cells


@frozen
class Sort:
    """By which field the table is sorted."""

    key: str
    descending: bool = False


def heading_line(
    layout: Layout, here: int, sort: Sort | None, dialect: Dialect, width: int
) -> Line:
    """The labels of the columns, that under the cursor marked, and an arrow at the sorted one."""
    parts: list[Part] = [Part(" " * _MARGIN)]
    used = _MARGIN
    for n, column in enumerate(layout.columns):
        if n:
            parts.append(Part(" " * GAP))
            used += GAP
        arrow = ""
        if sort is not None and sort.key == column.spec.key:
            arrow = " ↓" if sort.descending else " ↑"
        label = fit(dialect.say(column.spec.label), column.width - len(arrow)) + arrow
        role = "label-here" if column.number == here else "label"
        parts += padded(Part(label, role), column.width, right=column.spec.kind in _RIGHT)
        used += column.width
    if layout.more and used < width:
        parts.append(Part("›"[: width - used], "dim"))
    return tuple(parts)


@frozen
class RowWriter:
    """Writes customers in the columns of a layout; *stages* are the stages' names by key."""

    layout: Layout
    fields: FieldCatalogue
    stages: Mapping[str, str]
    dialect: Dialect
    now: datetime

    def row(self, customer: Customer, *, marked: bool) -> Line:
        """The line of *customer*."""
        return (Part("✓" if marked else " ", "mark"), *self._cells(customer))

    def _cells(self, customer: Customer) -> Iterator[Part]:
        for n, column in enumerate(self.layout.columns):
            if n:
                yield Part(" " * GAP)
            part = self.cell(column.spec, customer)
            yield from padded(part, column.width, right=column.spec.kind in _RIGHT)

    def cell(self, spec: FieldSpec, customer: Customer) -> Part:
        """What stands in one cell; a dot where nothing is known."""
        if spec.key == "company" and not customer.company:
            return Part(name_of(customer), "owner")
        if spec.key == "grade":
            return grade_badge(customer)
        value = self.fields.value(customer, spec.key)
        if value is None or value == () or value == "":
            return Part("·", "dim")
        if spec.key in _STAGES:
            return Part(one_line(self.stages.get(value, str(value))), "")
        if spec.key in _DUE and customer.status == "open":
            mark, role, when = due_words(value, self.now, self.dialect)
            return Part(f"{mark} {when}", role)
        if isinstance(value, Money):
            return Part(round_money(value, self.dialect.language), "value")
        if spec.key == "status":
            role = "closed" if value in ("lost", "invalid") else "done" if value == "won" else ""
            return Part(show_value(spec, value, self.dialect), role)
        if isinstance(value, datetime):
            value = value.replace(second=0)  # a column is as wide as a minute
        return Part(show_value(spec, value, self.dialect)[:400], _ROLES.get(spec.key, ""))


_ROLES = {"company": "company", "owner": "owner", "id": "dim", "next_step": "step"}
