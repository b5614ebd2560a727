"""`python -m benchmarks storage`: the stores beside a raw file, sqlite3 and TinyDB as shipped."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import click
from attrs import evolve

from benchmarks import machine, ours, storage
from benchmarks.budgets import verdicts
from benchmarks.figures import Figure, Figures
from benchmarks.table import NoTableError, around, print_tables, write_tables

PAGE = Path(__file__).parents[1] / "docs" / "storage.md"
IN_MEMORY = ("tmpfs", "ramfs")


def _sizes(_: click.Context, __: click.Parameter, text: str) -> tuple[int, ...]:
    parts = [part.strip() for part in text.split(",")]
    if not all(part.isdecimal() and 100 <= int(part) <= storage.CHUNK for part in parts):
        raise click.BadParameter(f"sizes are numbers from 100 to {storage.CHUNK}, with commas.")
    return tuple(sorted({int(part) for part in parts}))


def _stores(_: click.Context, __: click.Parameter, text: str) -> tuple[str, ...]:
    wanted = [part.strip() for part in text.split(",")]
    if strange := [name for name in wanted if name not in ours.KINDS]:
        raise click.BadParameter(f"{strange[0]!r} is none of {', '.join(ours.KINDS)}.")
    return tuple(kind for kind in ours.KINDS if kind in wanted)


@click.command("storage")
@click.option("--sizes", callback=_sizes, default="1000,10000,100000", show_default=True,
              help="How many customers, with commas.")  # fmt: skip
@click.option("--million", is_flag=True, help="Measure the databases with a million, too.")
@click.option("--stores", callback=_stores, default=",".join(ours.KINDS), show_default=True,
              help=f"Which; postgresql is left out unless {ours.SERVER} names a server.")  # fmt: skip
@click.option("--rounds", type=click.IntRange(1), default=storage.Effort().rounds, show_default=True,
              help="Rounds of operations; slow contenders leave earlier.")  # fmt: skip
@click.option("--repeats", type=click.IntRange(1), default=storage.Effort().loads, show_default=True,
              help="How often all is loaded, and opened.")  # fmt: skip
@click.option("--write", is_flag=True, help="Put the tables into docs/storage.md.")
@click.option("--strict", is_flag=True, help="End with 1 when a budget is missed.")
def main(
    sizes: tuple[int, ...],
    million: bool,
    stores: tuple[str, ...],
    rounds: int,
    repeats: int,
    write: bool,
    strict: bool,
) -> None:
    """Measure the stores beside a raw file, sqlite3 and TinyDB, in turn and in one run.

    Files are made in a temporary folder, under TMPDIR where that is set; it must be on a real disk.
    """
    if not ours.server() and "postgresql" in stores:
        stores = tuple(kind for kind in stores if kind != "postgresql")
        _say(f"Without PostgreSQL: {ours.SERVER} names no server.")
    if write:
        _check_page()
    effort = evolve(storage.Effort(), rounds=rounds, loads=repeats, openings=repeats)
    figures: list[Figure] = []
    with tempfile.TemporaryDirectory(prefix="crmcore-benchmark-") as name:
        folder = Path(name)
        if machine.file_system(folder) in IN_MEMORY:
            _say(f"{folder} is in memory, where syncing costs nothing. Set TMPDIR to a disk.")
        described = machine.described(folder)
        for size in sizes:
            figures += storage.measure(size, stores, folder, effort, _say)
        databases = tuple(kind for kind in stores if kind not in ours.FILE_STORES)
        if million and databases:
            figures += storage.measure(storage.MILLION, databases, folder, effort, _say)
    if "postgresql" in stores:
        ours.drop_database()
    known = Figures(figures)
    judged = tuple(verdicts(known, stores))
    print_tables(known, judged, described)
    if write:
        write_tables(PAGE, known, judged, described)
    if strict and any(verdict.kept is False for verdict in judged):
        sys.exit(1)


def _check_page() -> None:
    """Say now rather than after the run that the table has no place. Exits with 1."""
    try:
        around(PAGE)
    except NoTableError as error:
        raise click.ClickException(str(error)) from error


def _say(line: str) -> None:
    click.echo(line, err=True)
