"""How lists are printed: a table for people, JSON, CSV or bare ids for programs."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar

import click

from crmcore.text import guard_cell, one_line

F = TypeVar("F", bound=Callable[..., Any])
FORMATS = ("table", "json", "ids", "csv")


def format_option(*formats: str) -> Callable[[F], F]:
    """`--format` with these choices."""
    choices = formats or FORMATS
    return click.option(
        "--format", "form", type=click.Choice(choices), default=choices[0], show_default=True
    )


def print_json(value: Any) -> None:
    """*value* as JSON, for people's eyes too."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2, default=str))


def print_rows(
    form: str,
    columns: Sequence[tuple[str, str]],
    rows: Iterable[Mapping[str, str]],
    documents: Iterable[Any] | None = None,
    id_column: str = "id",
) -> None:
    """*rows* in the format asked for; *columns* are (key, heading), *documents* what JSON holds."""
    listed = list(rows)
    match form:
        case "json":
            print_json(list(documents) if documents is not None else listed)
        case "ids":
            for row in listed:
                click.echo(row[id_column])
        case "csv":
            writer = csv.writer(sys.stdout, lineterminator="\n")
            writer.writerow([heading for _, heading in columns])
            writer.writerows([guard_cell(row.get(key, "")) for key, _ in columns] for row in listed)
        case _:
            _print_table(columns, listed)


def _print_table(columns: Sequence[tuple[str, str]], rows: Sequence[Mapping[str, str]]) -> None:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, header_style="bold")
    for key, heading in columns:
        table.add_column(Text(heading), no_wrap=key == "id", overflow="fold")
    for row in rows:
        table.add_row(*(Text(one_line(row.get(key, ""))) for key, _ in columns))
    console().print(table)


def console() -> Any:
    """A console that never reads markup into what it prints, wide when nobody looks."""
    from rich.console import Console

    width = None if sys.stdout.isatty() else 200
    return Console(markup=False, highlight=False, emoji=False, width=width)
