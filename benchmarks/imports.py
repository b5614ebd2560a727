"""`python -m benchmarks imports`: a CSV taken in, beside csv.reader and sqlite3's executemany of it."""

from __future__ import annotations

import csv
import json
import sqlite3
import subprocess
import sys
import tempfile
from collections import defaultdict
from pathlib import Path
from statistics import median
from time import perf_counter

import click
from rich.console import Console
from rich.table import Table

from benchmarks.customers import customers
from crmcore.dialect import Dialect
from crmcore.fields import FieldCatalogue
from crmcore.values import show_value

MOST = 10
"""How many times as long as the bare loop an import may take."""
COLUMNS = (
    "external_id", "company", "contact", "position", "industry", "employees", "region", "phone", "email",
    "source", "first_contact_at", "initial_need", "budget", "priority", "owner", "stage", "next_step", "remarks",
)  # fmt: skip
_WIDTH = 110
_MEGA = 2**20


@click.command("imports")
@click.option(
    "--rows", type=click.IntRange(10), default=100_000, show_default=True, help="Rows of the file."
)
@click.option(
    "--stores", default="json,tinydb,sqlite", show_default=True, help="Which, with commas."
)
@click.option("--rounds", type=click.IntRange(1), default=3, show_default=True,
              help="How often, in turn; the medians count.")  # fmt: skip
@click.option("--strict", is_flag=True, help="End with 1 when an import takes too long.")
def main(rows: int, stores: str, rounds: int, strict: bool) -> None:
    """Take a CSV of made-up customers into an empty store, planned and committed as a person would.

    The bare loop reads the same file and puts its texts into one table of sqlite3, WAL and
    synchronous=FULL, in one commit. Memory is that of the whole process at its largest.
    """
    kinds = [kind.strip() for kind in stores.split(",")]
    bare: list[float] = []
    told: dict[str, list[dict[str, float]]] = defaultdict(list)
    with tempfile.TemporaryDirectory(prefix="crmcore-bench-") as name:
        folder = Path(name)
        file = folder / "customers.csv"
        write_sheet(file, rows)
        for number in range(rounds):
            bare.append(bare_loop(file, folder / f"bare-{number}.db"))
            for kind in kinds:
                url = f"{kind}:{folder / f'{kind}-{number}.db'}"
                told[kind].append(_probe(file, url))
    base = median(bare)
    table = Table(
        "", "plan", "apply", "together", "of the bare loop", "memory", title=f"{rows:,} rows"
    )
    table.add_row("csv.reader + executemany", "", "", f"{base:.2f} s", "1.0×", "")
    missed = False
    for kind, runs in told.items():
        plan, apply = (median(run[part] for run in runs) for part in ("plan", "apply"))
        times = (plan + apply) / base
        missed |= times > MOST
        memory = median(run["memory"] for run in runs) / _MEGA
        table.add_row(
            kind, f"{plan:.2f} s", f"{apply:.2f} s", f"{plan + apply:.2f} s", f"{times:.1f}×", f"{memory:.0f} MB",
        )  # fmt: skip
    Console(width=_WIDTH).print(table)
    click.echo(
        f"An import is to take at most {MOST}× the bare loop: {'miss' if missed else 'pass'}."
    )
    if missed and strict:
        sys.exit(1)


def write_sheet(path: Path, rows: int) -> None:
    """Write *rows* made-up customers as a sheet, each with a number, address and id of its own."""
    fields, dialect = FieldCatalogue(), Dialect(language="zh")
    specs = [fields.named(key) for key in COLUMNS]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([spec.label.zh for spec in specs])
        for number, customer in enumerate(customers(rows)):
            row = {
                spec.key: show_value(spec, customer.value_of(spec.key), dialect) for spec in specs
            }
            row |= {
                "external_id": f"OA-{number:07}",
                "phone": str(13_000_000_000 + 7 * number),
                "email": f"user{number}@example.com",
            }
            writer.writerow(row.values())


def bare_loop(file: Path, base: Path) -> float:
    """Seconds that reading *file* and storing its texts takes, and no more."""
    began = perf_counter()
    connection = sqlite3.connect(base)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    with file.open(encoding="utf-8", newline="") as lines:
        reader = csv.reader(lines)
        names = [f"c{place}" for place, _ in enumerate(next(reader))]
        connection.execute(f"CREATE TABLE rows ({', '.join(names)})")
        marks = ", ".join("?" * len(names))
        connection.executemany(f"INSERT INTO rows VALUES ({marks})", reader)
    connection.commit()
    taken = perf_counter() - began
    connection.close()
    return taken


def _probe(file: Path, url: str) -> dict[str, float]:
    words = [sys.executable, "-m", "benchmarks.importprobe", str(file), url]
    done = subprocess.run(words, capture_output=True, encoding="utf-8", check=False)
    if done.returncode:
        raise click.ClickException(done.stderr.strip().splitlines()[-1])
    found: dict[str, float] = json.loads(done.stdout)
    return found
