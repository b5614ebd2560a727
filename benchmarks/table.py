"""The figures and budgets as tables: on the screen, and in the page of the documentation."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from benchmarks.baselines import RawFile, ShippedTinyDb, Sqlite3
from benchmarks.budgets import Verdict
from benchmarks.figures import MEASURES, Figures, Measure
from benchmarks.wordings import amount

BEGIN, END = "<!-- table -->", "<!-- /table -->"

BUDGET_COLUMNS = ("Budget", "Store", "Customers", "Target", "Measured", "")

_NAMES = {
    RawFile.name: "raw append + fsync",
    Sqlite3.name: "sqlite3 of the standard library",
    ShippedTinyDb.name: "TinyDB as shipped",
}
_WIDTH = 110
"""Columns on a screen whose width is not known."""


class NoTableError(Exception):
    """The page has no place for the table."""


def print_tables(figures: Figures, judged: Sequence[Verdict], machine: str) -> None:
    """All figures, the budgets and the machine, on standard output."""
    console = Console()
    if not console.is_terminal:
        console = Console(width=_WIDTH)
    console.print(Text(machine))
    table = Table(*_columns(figures), title=Text("Figures: medians"), title_justify="left")
    for measure in MEASURES:
        if rows := list(_rows(figures, measure)):
            table.add_section()
            table.add_row(Text(measure.title, "bold"))
            for name, *cells in rows:
                table.add_row(Text(f"  {name}"), *map(Text, cells))
    console.print(table)
    budgets = Table(*BUDGET_COLUMNS, title=Text("Budgets"), title_justify="left")
    for verdict in judged:
        styles = {"miss": "bold red", "pass": "green"}
        *cells, word = _cells(verdict)
        budgets.add_row(*map(Text, cells), Text(word, styles.get(word, "")))
    console.print(budgets)


def write_tables(page: Path, figures: Figures, judged: Sequence[Verdict], machine: str) -> None:
    """Put the tables between the page's two markers. Raises NoTableError where there are none."""
    before, after = around(page)
    lines = [BEGIN, f"Measured on: {machine}.", "", *_markdown(figures), "", *_budgets(judged), END]
    page.write_text(before + "\n".join(lines) + after, "utf-8")


def around(page: Path) -> tuple[str, str]:
    """What stands in *page* before the table and after it. Raises NoTableError."""
    if not page.is_file():
        raise NoTableError(f"There is no {page} to write the table to.")
    before, begin, rest = page.read_text("utf-8").partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise NoTableError(f"{page} has no lines {BEGIN} and {END} to write the table between.")
    return before, after


def _markdown(figures: Figures) -> Iterator[str]:
    columns = _columns(figures)
    yield _line(columns)
    yield _line(("---", *("---:" for _ in columns[1:])))
    for measure in MEASURES:
        if rows := list(_rows(figures, measure)):
            yield _line((f"**{measure.title}**", *("" for _ in columns[1:])))
            yield from map(_line, rows)


def _budgets(judged: Sequence[Verdict]) -> Iterator[str]:
    yield _line(BUDGET_COLUMNS)
    yield _line(["---"] * len(BUDGET_COLUMNS))
    yield from (_line(_cells(verdict)) for verdict in judged)


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _columns(figures: Figures) -> tuple[str, ...]:
    return ("", *(f"{size:,}" for size in figures.sizes))


def _rows(figures: Figures, measure: Measure) -> Iterator[tuple[str, ...]]:
    """A row a contender: its name, and its figure with each size."""
    for contender in figures.contenders(measure.key):
        cells = (_cell(figures, measure, contender, size) for size in figures.sizes)
        yield _NAMES.get(contender, contender), *cells


def _cell(figures: Figures, measure: Measure, contender: str, size: int) -> str:
    value = figures.value(measure.key, contender, size)
    if value is None:
        return "—"
    ratio = figures.ratio(measure, contender, size)
    return amount(value, measure.unit) + ("" if ratio is None else f" ({_times(ratio)})")


def _times(ratio: float) -> str:
    return f"{ratio:,.0f}×" if ratio >= 100 else f"{ratio:.2g}×" if ratio < 10 else f"{ratio:.0f}×"


def _cells(verdict: Verdict) -> tuple[str, ...]:
    return (
        verdict.what, verdict.store, f"{verdict.size:,}", verdict.target, verdict.measured,
        verdict.word,
    )  # fmt: skip
