"""An empty workbook of the funnel table, to fill in and import: notes, drop-downs, formats, a guide."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from crmcore.fieldspec import FieldSpec, Kind, Verb
from crmcore.hooktypes import WriteRequest
from crmcore.wording import Text
from crmcore_sheets.booksheets import LAST_ROW, Book, book_at
from crmcore_sheets.guide import write_guide
from crmcore_sheets.headers import ACTIVITIES
from crmcore_sheets.headings import (
    HEADER_ROWS,
    TABLE,
    described,
    in_groups,
    write_choices,
    write_header,
)
from crmcore_sheets.layout import RECORDS

_DATES = Text(
    "日期请写成 2024-05-01 或 2024-05-01 10:00", "Write dates as 2024-05-01 or 2024-05-01 10:00"
)
_NOTE_WIDTH = 260
_LONGEST_TITLE = 32
_LINE = 18
_PER_LINE = 20
_TEXT_FORMAT = "@"
"""What is typed stays as typed: no `10-20` becomes a date, no telephone number loses its zero."""


def write_template(path: Path, request: WriteRequest) -> None:
    """Write the empty workbook. Raises UsageError, ConfigError."""
    with book_at(path, request.dialect, request.now) as book:
        specs = template_fields(request)
        table = book.sheet(TABLE)
        write_header(table, book, specs, request, _formats(book, specs))
        for column, spec in enumerate(specs):
            _note(table, column, spec, request)
        write_choices(table, specs, request)
        _hints(table, book, specs)
        table.autofilter(HEADER_ROWS - 1, 0, HEADER_ROWS, len(specs) - 1)
        write_guide(book, specs, request)
        table.activate()


def template_fields(request: WriteRequest) -> list[FieldSpec]:
    """The fields that people fill in, plugins' among them, group by group."""
    return in_groups(
        [
            spec
            for spec in request.fields.stored()
            if spec.key == ACTIVITIES or (spec.verb is not Verb.SYSTEM and spec.kind not in RECORDS)
        ],
        request.fields,
    )


def _formats(book: Book, specs: Sequence[FieldSpec]) -> dict[int, Any]:
    """By column, what keeps a thing typed into it as its kind needs."""
    text = book.style(num_format=_TEXT_FORMAT)
    long_text = book.style(num_format=_TEXT_FORMAT, text_wrap=True, valign="top")
    forms = {
        Kind.MOMENT: book.moment,
        Kind.INTEGER: book.style(num_format="0"),
        Kind.NUMBER: book.style(num_format="General"),
        Kind.MONEY: book.style(num_format="#,##0.##"),
        Kind.LONG_TEXT: long_text,
        Kind.RECORDS: long_text,
    }
    return {column: forms.get(spec.kind, text) for column, spec in enumerate(specs)}


def _hints(sheet: Any, book: Book, specs: Sequence[FieldSpec]) -> None:
    """How a date is written, shown where one is asked for."""
    say = book.dialect.say
    for column, spec in enumerate(specs):
        if spec.kind is Kind.MOMENT:
            sheet.data_validation(
                HEADER_ROWS, column, LAST_ROW - 1, column,
                {
                    "validate": "any",
                    "input_title": say(spec.label)[:_LONGEST_TITLE],
                    "input_message": say(_DATES),
                },
            )  # fmt: skip


def _note(sheet: Any, column: int, spec: FieldSpec, request: WriteRequest) -> None:
    note = described(spec, request, request.dialect)
    lines = sum(1 + len(line) // _PER_LINE for line in note.splitlines())
    size = {"width": _NOTE_WIDTH, "height": _LINE * (lines + 1), "author": "crmcore"}
    sheet.write_comment(HEADER_ROWS - 1, column, note, size)
