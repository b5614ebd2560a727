"""Customers in and out of sheets, workbooks and JSON lines, and out as contacts and calendars."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from crmcore import hookimpl
from crmcore.customer import Customer
from crmcore.hooktypes import Exporter, Importer, Reading, ReadRequest, WriteRequest
from crmcore.wording import Text

SHEETS = Text("CSV/TSV 表格", "CSV and TSV sheets")
LINES = Text("JSON 行", "JSON lines")
WORKBOOKS = Text("工作簿（XLSX、XLS、ODS）", "Workbooks (XLSX, XLS, ODS)")


@hookimpl
def crm_importers() -> list[Importer]:
    """`csv`: text sheets of any usual encoding and delimiter; `workbook`: XLSX, XLS and ODS; `jsonl`:
    what we exported, whole."""
    return [
        Importer("csv", SHEETS, (".csv", ".tsv", ".txt"), _read),
        Importer("workbook", WORKBOOKS, (".xlsx", ".xlsm", ".xls", ".ods"), _read),
        Importer("jsonl", LINES, (".jsonl",), _read_lines),
    ]


@hookimpl
def crm_exporters() -> list[Exporter]:
    """`xlsx` and `csv` for spreadsheets, `jsonl` for programs, `vcard` and `icalendar` for phones."""
    return [
        Exporter(
            "xlsx", Text("Excel 工作簿", "XLSX workbooks"), (".xlsx",), _write_book, _template
        ),
        Exporter("csv", SHEETS, (".csv", ".tsv"), _write_sheet),
        Exporter("jsonl", LINES, (".jsonl",), _write_lines),
        Exporter("vcard", Text("联系人 vCard 4.0", "Contacts, vCard 4.0"), (".vcf",), _write_cards),
        Exporter(
            "vcard3", Text("联系人 vCard 3.0", "Contacts, vCard 3.0"), (".v3.vcf",), _write_cards3
        ),
        Exporter(
            "icalendar", Text("待办日历", "What is due, as a calendar"), (".ics",), _write_due
        ),
    ]


def _read(path: Path, request: ReadRequest) -> Reading:
    from crmcore_sheets.reading import read_sheet

    return read_sheet(path, request)


def _read_lines(path: Path, request: ReadRequest) -> Reading:
    from crmcore_sheets.jsonlines import read_lines

    return read_lines(path, request)


def _write_book(path: Path, customers: Iterable[Customer], request: WriteRequest) -> int:
    from crmcore_sheets.bookwriting import write_book

    return write_book(path, customers, request)


def _template(path: Path, request: WriteRequest) -> None:
    from crmcore_sheets.template import write_template

    write_template(path, request)


def _write_sheet(path: Path, customers: Iterable[Customer], request: WriteRequest) -> int:
    from crmcore_sheets.writing import write_sheet

    return write_sheet(path, customers, request)


def _write_lines(path: Path, customers: Iterable[Customer], request: WriteRequest) -> int:
    from crmcore_sheets.writing import write_lines

    return write_lines(path, customers, request)


def _write_cards(path: Path, customers: Iterable[Customer], request: WriteRequest) -> int:
    from crmcore_sheets.vcard import write_cards

    return write_cards(path, customers, request, "4.0")


def _write_cards3(path: Path, customers: Iterable[Customer], request: WriteRequest) -> int:
    from crmcore_sheets.vcard import write_cards

    return write_cards(path, customers, request, "3.0")


def _write_due(path: Path, customers: Iterable[Customer], request: WriteRequest) -> int:
    from crmcore_sheets.duecalendar import write_calendar

    return write_calendar(path, customers, request)
