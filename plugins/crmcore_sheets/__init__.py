"""Customers in and out of CSV and TSV sheets, in from workbooks, and out as JSON lines."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from crmcore import hookimpl
from crmcore.customer import Customer
from crmcore.hooktypes import Exporter, Importer, Reading, ReadRequest, WriteRequest
from crmcore.wording import Text

SHEETS = Text("CSV/TSV 表格", "CSV and TSV sheets")

WORKBOOKS = Text("工作簿（XLSX、XLS、ODS）", "Workbooks (XLSX, XLS, ODS)")


@hookimpl
def crm_importers() -> list[Importer]:
    """`csv`: text sheets of any usual encoding and delimiter; `workbook`: XLSX, XLS and ODS."""
    return [
        Importer("csv", SHEETS, (".csv", ".tsv", ".txt"), _read),
        Importer("workbook", WORKBOOKS, (".xlsx", ".xlsm", ".xls", ".ods"), _read),
    ]


@hookimpl
def crm_exporters() -> list[Exporter]:
    """`csv` for spreadsheets, `jsonl` for programs."""
    return [
        Exporter("csv", SHEETS, (".csv", ".tsv"), _write_sheet),
        Exporter("jsonl", Text("JSON 行", "JSON lines"), (".jsonl",), _write_lines),
    ]


def _read(path: Path, request: ReadRequest) -> Reading:
    from crmcore_sheets.reading import read_sheet

    return read_sheet(path, request)


def _write_sheet(path: Path, customers: Iterable[Customer], request: WriteRequest) -> int:
    from crmcore_sheets.writing import write_sheet

    return write_sheet(path, customers, request)


def _write_lines(path: Path, customers: Iterable[Customer], request: WriteRequest) -> int:
    from crmcore_sheets.writing import write_lines

    return write_lines(path, customers, request)
