"""The exporter of workbooks: the table, the funnel with its chart, and a sheet for each kind of record.

Customers pass one by one; each row is on disk before the next is made.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from crmcore.codec import Codec
from crmcore.customer import Customer
from crmcore.fieldspec import FieldSpec
from crmcore.hooktypes import WriteRequest
from crmcore_sheets.bookcells import Put, put_of
from crmcore_sheets.booksheets import Book, book_at, check_room, tell_what_was_kept_apart
from crmcore_sheets.funnelsheet import FUNNEL, FunnelCount, write_funnels
from crmcore_sheets.headings import HEADER_ROWS, TABLE, in_groups, write_choices, write_header
from crmcore_sheets.layout import RECORDS, Columns, values_of, written_whole
from crmcore_sheets.recordsheets import RecordSheet, part_specs
from crmcore_sheets.recordtext import records_text


def write_book(path: Path, customers: Iterable[Customer], request: WriteRequest) -> int:
    """Write *customers* as a workbook; returns how many. Raises UsageError, ConfigError."""

    def write(columns: Columns, everybody: Iterable[Customer]) -> int:
        with book_at(path, request.dialect, request.now) as book:
            apart = {s.key: parts for s in columns.specs if (parts := part_specs(s)) is not None}
            specs = [spec for spec in columns.specs if spec.key not in apart]
            if not request.columns:
                specs = in_groups(specs, request.fields)
            table, funnel = book.sheet(TABLE), book.sheet(FUNNEL)
            sheets = [
                RecordSheet(book, spec, apart[spec.key])
                for spec in columns.specs
                if spec.key in apart
            ]
            counted = FunnelCount()
            written = _fill(table, book, specs, request, everybody, (counted, *sheets))
            write_funnels(funnel, book, counted, request)
            for sheet in sheets:
                sheet.finish()
            # Told before it is kept: who hears of it may still stop it.
            tell_what_was_kept_apart(book, request.tell)
        return written

    return written_whole(customers, request, write)


def _fill(
    table: Any,
    book: Book,
    specs: Sequence[FieldSpec],
    request: WriteRequest,
    customers: Iterable[Customer],
    others: Sequence[FunnelCount | RecordSheet],
) -> int:
    """Write the table, a customer a row, and tell the *others* of each; returns how many."""
    write_header(table, book, specs, request)
    write_choices(table, specs, request)
    values = values_of(specs)
    puts = [(column, _put(spec, book, request)) for column, spec in enumerate(specs)]
    row = HEADER_ROWS
    for customer in customers:
        check_room(row)
        whose = customer.id
        for (column, put), value in zip(puts, values(customer), strict=True):
            if value is not None and value != () and value != "":
                put(table, row, column, value, whose)
        for other in others:
            other.add(customer)
        row += 1
    table.autofilter(HEADER_ROWS - 1, 0, max(row - 1, HEADER_ROWS), max(len(specs) - 1, 0))
    return row - HEADER_ROWS


def _put(spec: FieldSpec, book: Book, request: WriteRequest) -> Put:
    if spec.key in ("stage", "furthest_stage"):
        return _stage(spec, book, request)
    if spec.kind not in RECORDS:
        return put_of(spec, book)
    codec = Codec(request.fields)

    def records(sheet: Any, row: int, column: int, value: Any, whose: str) -> None:
        book.text(sheet, row, column, records_text(value, codec), (whose, spec.key))

    return records


def _stage(spec: FieldSpec, book: Book, request: WriteRequest) -> Put:
    """Stages by their names in the workspace's own pipeline, as the drop-down has them."""
    say = book.dialect.say
    named = {stage.key: say(stage.label) for stage in request.pipelines[0].stages}

    def stage(sheet: Any, row: int, column: int, value: Any, whose: str) -> None:
        book.text(sheet, row, column, named.get(value, value), (whose, spec.key))

    return stage
