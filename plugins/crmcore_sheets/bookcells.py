"""What puts a field's values into cells of a workbook: dates and amounts as such, the rest as text."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from crmcore.dialect import Dialect
from crmcore.fieldspec import FieldSpec, Kind
from crmcore.moments import show_moment
from crmcore.money import Money
from crmcore.values import show_value
from crmcore_sheets.booksheets import Book

Put = Callable[[Any, int, int, Any, str], None]
"""Writes to a sheet, at a row and a column, a known value, of the customer of this id."""

_DAY_ZERO = datetime(1899, 12, 30)  # noqa: DTZ001 - a cell's date has no zone
_A_DAY = timedelta(days=1)
# Before it spreadsheets count a day that never was.
_FIRST_DATE = datetime(1900, 3, 2, tzinfo=UTC)
_MOST_DIGITS = 15
_MONEY_FORMAT = "#,##0.####"


def put_of(spec: FieldSpec, book: Book, path: str | None = None) -> Put:
    """What writes values of *spec*; *path* is the field's name where it is part of a record."""
    key = path or spec.key
    cells = book.cells

    def text(sheet: Any, row: int, column: int, value: Any, whose: str) -> None:
        book.text(sheet, row, column, show_value(spec, value, book.dialect), (whose, key))

    def plain(sheet: Any, row: int, column: int, value: Any, whose: str) -> None:
        if not isinstance(value, str):  # a field whose plugin is gone
            text(sheet, row, column, value, whose)
        elif (known := cells.get(value)) is not None:
            sheet.write_string(row, column, *known)
        else:
            book.text(sheet, row, column, value, (whose, key))

    def number(sheet: Any, row: int, column: int, value: Any, whose: str) -> None:
        if isinstance(value, (int, Decimal)) and _exact(Decimal(value)):
            sheet.write_number(row, column, float(value))
        else:
            text(sheet, row, column, value, whose)

    labels = {choice.key: book.dialect.say(choice.label) for choice in spec.choices}

    def chosen(sheet: Any, row: int, column: int, value: Any, whose: str) -> None:
        if (label := labels.get(value)) is not None:
            book.text(sheet, row, column, label, (whose, key))
        else:
            text(sheet, row, column, value, whose)

    money_format = book.style(num_format=_MONEY_FORMAT) if spec.kind is Kind.MONEY else None

    def money(sheet: Any, row: int, column: int, value: Any, whose: str) -> None:
        own = isinstance(value, Money) and value.currency == book.dialect.currency
        if own and _exact(value.amount):
            sheet.write_number(row, column, float(value.amount), money_format)
        else:
            text(sheet, row, column, value, whose)

    def moment(sheet: Any, row: int, column: int, value: Any, whose: str) -> None:
        if not isinstance(value, datetime):
            text(sheet, row, column, value, whose)
        elif (local := _local(value, book.dialect)) is None:
            shown = show_moment(value, book.dialect.zone)
            book.text(sheet, row, column, shown, (whose, key))
        else:
            to_the_minute = book.moment if local.hour or local.minute else book.date
            form = book.second if local.second else to_the_minute
            sheet.write_number(row, column, (local - _DAY_ZERO) / _A_DAY, form)

    match spec.kind:
        case Kind.TEXT | Kind.LONG_TEXT:
            return plain
        case Kind.INTEGER | Kind.NUMBER:
            return number
        case Kind.MONEY:
            return money
        case Kind.MOMENT:
            return moment
        case Kind.CHOICE:
            return chosen
        case _:
            return text


def _exact(amount: Decimal) -> bool:
    """Whether the number in a cell is exactly *amount*."""
    if not amount.is_finite():
        return False
    digits = amount.as_tuple().digits
    return len(digits) <= _MOST_DIGITS and Decimal(repr(float(amount))) == amount


def _local(moment: datetime, dialect: Dialect) -> datetime | None:
    """The wall time of *moment*; None where a cell's date cannot say which moment it is."""
    local = moment.astimezone(dialect.zone)
    if local.fold or moment < _FIRST_DATE:
        return None
    return local.replace(tzinfo=None, microsecond=0)
