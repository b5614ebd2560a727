"""How fast customers are exported: `python -m benchmarks exports`."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click
from attrs import frozen

from benchmarks.customers import START, customers
from crmcore.bootstrap import open_crm
from crmcore.changes import Batch, Write
from crmcore.config import Config

MOST_OF_BARE = 2.0
"""How many times XlsxWriter's bare loop over the same cells a workbook may take."""
OTHERS = ("csv", "jsonl", "vcf", "ics")
_DAY_ZERO = datetime(1899, 12, 30)  # noqa: DTZ001 - a cell's date has no zone

Cells = list[list[list[Any]]]
"""Sheets of rows of cells; empty cells are ""."""


@frozen
class Row:
    """One figure: what was done, how many seconds it took, and how many times the bare loop it may."""

    what: str
    seconds: float
    budget: float | None = None


def measure(count: int, folder: Path) -> Iterator[Row]:
    """The figures for *count* customers, in a store in memory; files are made in *folder*."""
    config = Config(store="memory:", directory=folder, notify=())
    with open_crm(config=config, clock=lambda: START, actor="bench") as crm:
        new = tuple(Write(None, one) for one in customers(count))
        crm.store.commit(Batch(new, START, "bench", "import"))
        del new
        path = folder / "all.xlsx"
        took = _seconds(lambda: crm.export(path))
        yield Row("XlsxWriter's bare loop of the same cells", bare(_cells(path), folder))
        yield Row("XLSX, read from the store and all", took, MOST_OF_BARE)
        path = folder / "masked.xlsx"
        yield Row("XLSX, masked", _seconds(lambda: crm.export(path, mask=True)))
        for suffix in OTHERS:
            file = folder / f"all.{suffix}"
            yield Row(suffix.upper(), _seconds(lambda file=file: crm.export(file)))  # type: ignore[misc]


def bare(cells: Cells, folder: Path) -> float:
    """The seconds XlsxWriter takes for *cells* with nothing around it, in the mode that saves memory."""
    from xlsxwriter import Workbook

    began = time.perf_counter()
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = Workbook(folder / "bare.xlsx", options)
    for rows in cells:
        sheet = book.add_worksheet()
        for row, values in enumerate(rows):
            for column, value in enumerate(values):
                if value != "":
                    sheet.write(row, column, value)
    book.close()
    return time.perf_counter() - began


def _cells(path: Path) -> Cells:
    """The cells of a workbook, dates as the numbers they are kept as."""
    from python_calamine import CalamineWorkbook

    book = CalamineWorkbook.from_path(path)
    return [
        [[_plain(cell) for cell in row] for row in book.get_sheet_by_name(name).to_python()]
        for name in book.sheet_names
    ]


def _plain(cell: Any) -> Any:
    if isinstance(cell, datetime):
        return (cell - _DAY_ZERO).total_seconds() / 86_400
    if isinstance(cell, date):
        return float((cell - _DAY_ZERO.date()).days)
    return cell


def _seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


@click.command("exports")
@click.option("--count", default=100_000, show_default=True, help="How many customers.")
def main(count: int) -> None:
    """Export many customers, and the same cells by XlsxWriter's bare loop."""
    with tempfile.TemporaryDirectory(prefix="crmcore-benchmark-") as name:
        bare_seconds = 0.0
        for row in measure(count, Path(name)):
            bare_seconds = bare_seconds or row.seconds
            times = f"{row.seconds / bare_seconds:5.2f}× the bare loop"
            budget = "" if row.budget is None else f"   at most {row.budget:g}×"
            click.echo(f"{row.what:<42}{row.seconds:8.2f} s for {count:,}   {times}{budget}")
