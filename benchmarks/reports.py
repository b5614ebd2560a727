"""How fast the figures are: `python -m benchmarks figures`."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import click
from attrs import evolve, frozen

from benchmarks.customers import START, customers
from crmcore.bootstrap import open_crm
from crmcore.changes import Batch, Write
from crmcore.config import Config
from crmcore.crm import Crm
from crmcore.customer import Customer
from crmcore.reports.catalogue import REPORTS
from crmcore.reports.request import ask
from crmcore.reports.running import run_report

BUDGETS = {"sqlite": (0.3, 1.0), "tinydb": (0.3, 3.0)}
"""Seconds that a figure may take now, and as of a past day, at 100,000 customers."""
DAYS = 365


@frozen
class Took:
    """One figure: seconds now, and as of the middle of the history."""

    store: str
    figure: str
    now: float
    past: float


def filled(folder: Path, scheme: str, count: int, commits: int) -> Crm:
    """A store of *count* customers, changed by *commits* commits over a year."""
    config = Config(store=f"{scheme}:crm", directory=folder, notify=(), disable=("followup",))
    end = START + timedelta(days=DAYS)
    crm = open_crm(config=config, clock=lambda: end, actor="bench")
    everybody = list(customers(count))
    first = crm.store.commit(
        Batch(tuple(Write(None, c) for c in everybody), START, "bench", "import")
    )
    now = [evolve(one, revision=first.revision) for one in everybody]
    random = Random(1)
    step = timedelta(days=DAYS - 1) / max(commits, 1)
    for number in range(commits):
        place = random.randrange(count)
        before = now[place]
        after = _changed(before, number)
        done = crm.store.commit(
            Batch((Write(before, after),), START + step * (number + 1), "bench", "edit")
        )
        now[place] = evolve(after, revision=done.revision)
    return crm


def _changed(before: Customer, number: int) -> Customer:
    if number % 3:
        return evolve(before, remarks=f"seen {number}")
    return evolve(before, owner=f"Seller {number % 24:02}", priority=("high", "low")[number % 2])


def measure(scheme: str, count: int, commits: int, folder: Path) -> Iterator[Took]:
    """Each report, asked for the first time since the store was opened, now and in the past."""
    filled(folder, scheme, count, commits).close()
    config = Config(store=f"{scheme}:crm", directory=folder, notify=(), disable=("followup",))
    end = START + timedelta(days=DAYS)
    middle = datetime.fromtimestamp((START.timestamp() + end.timestamp()) / 2, UTC)
    with open_crm(config=config, clock=lambda: end, actor="bench") as crm:
        began = time.perf_counter()
        crm.as_of(middle)
        first = time.perf_counter() - began
        yield Took(scheme, "(the past itself)", 0.0, first)
        for report in REPORTS:
            now = _seconds(lambda report=report: run_report(report, ask(crm)))  # type: ignore[misc]
            past = _seconds(
                lambda report=report: run_report(report, ask(crm, as_of=middle))  # type: ignore[misc]
            )
            yield Took(scheme, report.name, now, past + first)


def _seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


@click.command("figures")
@click.option("--count", default=100_000, show_default=True, help="How many customers.")
@click.option("--commits", default=200_000, show_default=True, help="How many changes of them.")
@click.option("--stores", default="sqlite,tinydb", show_default=True, help="Which stores.")
def main(count: int, commits: int, stores: str) -> None:
    """Every report, now and as of the middle of the history (rebuilding it included)."""
    for scheme in stores.split(","):
        most = BUDGETS.get(scheme, (0.3, 3.0))
        with tempfile.TemporaryDirectory(prefix="crmcore-benchmark-") as name:
            click.echo(f"{scheme}: {count:,} customers, {commits:,} commits")
            for row in measure(scheme, count, commits, Path(name)):
                verdict = "" if row.now <= most[0] and row.past <= most[1] else "  slow"
                click.echo(
                    f"  {row.figure:<18} now {row.now * 1e3:9.1f} ms"
                    f"   as of {row.past * 1e3:9.1f} ms{verdict}"
                )
