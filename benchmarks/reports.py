"""How fast the figures are: `python -m benchmarks figures`."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from random import Random
from statistics import median

import click
from attrs import frozen

from benchmarks.customers import STAGES, START, customers
from crmcore.bootstrap import open_crm
from crmcore.changes import Batch, Write
from crmcore.codec import Codec, Doc, moment_to_json
from crmcore.config import Config
from crmcore.reports.catalogue import REPORTS
from crmcore.reports.request import ReportRequest, ask
from crmcore.reports.running import run_report
from crmcore.storage.chronicle import Chronicle

BUDGETS = {"sqlite": (0.3, 1.0), "tinydb": (0.3, 3.0)}
"""Seconds that a figure may take now, and as of a past day, at 100,000 customers."""
DAYS = 365


_CALL = {"kind": "call", "content": "电话沟通，约下周演示", "by": "销售01"}
_GRADES, _PRIORITIES = ("A", "B", "C"), ("high", "medium", "low")


@frozen
class Took:
    """One figure: CPU seconds now, and as of the middle of the history, which is looked up for it."""

    store: str
    figure: str
    now: float
    past: float


def configured(folder: Path, scheme: str) -> Config:
    """A workspace of the store alone."""
    return Config(store=f"{scheme}:crm", directory=folder, notify=(), disable=("followup",))


def filled(folder: Path, scheme: str, count: int, commits: int) -> None:
    """Make a store of *count* customers, imported, then changed by *commits* commits over a year.

    It is written as a history is copied, which takes a fifth of what so many commits would.
    """
    with open_crm(config=configured(folder, scheme), actor="bench") as crm:
        codec = Codec(crm.fields)
        history = Chronicle(commits=_history(codec, count, commits))
        crm.store.rewrite(history, codec, expected=crm.store.refresh())


def _history(codec: Codec, count: int, commits: int) -> Iterator[Doc]:
    everybody = tuple(Write(None, one) for one in customers(count))
    first = codec.encode_commit(1, Batch(everybody, START, "bench", "import"))
    docs = [dict(edit["doc"]) for edit in first["edits"]]
    yield first
    random = Random(1)
    step = timedelta(days=DAYS - 1) / max(commits, 1)
    for number in range(commits):
        doc, at = docs[random.randrange(count)], START + step * (number + 1)
        new = _changed(doc, number, at, random)
        pairs = {key: [doc.get(key), value] for key, value in new.items()}
        doc.update(new)
        yield {
            "revision": number + 2, "at": moment_to_json(at), "actor": "bench", "action": "edit",
            "edits": [{"id": doc["id"], "kind": "update", "set": pairs}],
        }  # fmt: skip


def _changed(doc: Doc, number: int, at: datetime, random: Random) -> Doc:
    """Of twenty changes ten are calls, two moves, one a grade, one an assignment."""
    now = moment_to_json(at)
    match number % 20:
        case kind if kind < 10:
            talks = [*doc.get("activities", ()), {"at": now, **_CALL}][-10:]
            due = at + timedelta(days=random.randint(1, 30))
            return {"activities": talks, "next_step_due": moment_to_json(due)}
        case 15 | 16 if doc["status"] == "open":
            place = STAGES.index(doc["stage"])
            back = {} if place < 3 else {"furthest_stage": doc["stage"]}
            return {"stage": STAGES[(place + 1) % 4], "entered_stage_at": now, **back}
        case 17:
            others = [grade for grade in _GRADES if grade != doc.get("grade")]
            return {"grade": random.choice(others)}
        case 18:
            return {"owner": f"Seller {number % 24:02}", "assigned_at": now}
        case 19:
            others = [one for one in _PRIORITIES if one != doc.get("priority")]
            return {"priority": random.choice(others)}
    return {"remarks": f"seen {number}"}


def measure(scheme: str, folder: Path, rounds: int) -> Iterator[Took]:
    """Each report, asked for the first time since the store was opened, now and in the past."""
    end = START + timedelta(days=DAYS)
    middle = START + timedelta(days=DAYS / 2)
    for report in REPORTS:
        now, past = [], []
        for _ in range(rounds):
            with open_crm(
                config=configured(folder, scheme), clock=lambda: end, actor="bench"
            ) as crm:
                now.append(_seconds(partial(run_report, report), partial(ask, crm)))
                past.append(_seconds(partial(run_report, report), partial(ask, crm, as_of=middle)))
        yield Took(scheme, report.name, median(now), median(past))


def _seconds(run: Callable[[ReportRequest], object], request: Callable[[], ReportRequest]) -> float:
    # Of the process: what else the machine does must not count.
    began = time.process_time()
    run(request())
    return time.process_time() - began


@click.command("figures")
@click.option("--count", default=100_000, show_default=True, help="How many customers.")
@click.option("--commits", default=200_000, show_default=True, help="How many changes of them.")
@click.option("--stores", default="sqlite,tinydb", show_default=True, help="Which stores.")
@click.option("--rounds", default=3, show_default=True, help="How often each is asked.")
def main(count: int, commits: int, stores: str, rounds: int) -> None:
    """Every report in CPU time, now and as of the middle of the history (finding it included)."""
    for scheme in stores.split(","):
        most = BUDGETS.get(scheme, (0.3, 3.0))
        with tempfile.TemporaryDirectory(prefix="crmcore-benchmark-") as name:
            click.echo(f"{scheme}: {count:,} customers, {commits:,} commits")
            filled(Path(name), scheme, count, commits)
            for row in measure(scheme, Path(name), rounds):
                verdict = "" if row.now <= most[0] and row.past <= most[1] else "  slow"
                click.echo(
                    f"  {row.figure:<18} now {row.now * 1e3:9.1f} ms"
                    f"   as of {row.past * 1e3:9.1f} ms{verdict}"
                )
