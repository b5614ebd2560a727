"""How fast customers are graded: `python -m benchmarks grading`."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from statistics import median

import click
from attrs import evolve, frozen

from benchmarks.customers import START, customers
from crmcore.bootstrap import open_crm
from crmcore.changes import Batch, Write
from crmcore.config import Config, GradingConfig
from crmcore.crm import Crm
from crmcore.customer import Customer
from crmcore.grading.regrading import with_grader
from crmcore.hooktypes import Grader

_HIGH = (
    '{{ is = "{}", points = {}, zh = "好", en = "good" }}, {{ points = 0, zh = "差", en = "bad" }}'
)
_MORE = (
    '{{ at_least = {}, points = {}, zh = "多", en = "much" }}, {{ at_least = {}, points = 5, '
    'zh = "中", en = "some" }}, {{ points = 0, zh = "少", en = "little" }}'
)
RULES = {
    "employees": _MORE.format(500, 10, 100),
    "annual_revenue": _MORE.format('"1亿"', 12, '"1000万"'),
    "budget": _MORE.format('"50万"', 10, '"10万"'),
    "need_match": _HIGH.format("high", 20),
    "budget_fit": _HIGH.format("sufficient", 20),
    "decision_authority": _HIGH.format("decides", 10),
    "priority": _HIGH.format("high", 5),
    "validity": _HIGH.format("valid", 3),
    "expected_close_at": '{ within_days = 30, points = 10, zh = "近", en = "soon" }, '
    '{ points = 0, zh = "远", en = "late" }',
    "source": '{ in = ["展会", "转介绍"], points = 5, zh = "熟", en = "warm" }, '
    '{ points = 0, zh = "生", en = "cold" }',
    "region": '{ contains = "上海", points = 2, zh = "近", en = "near" }, '
    '{ points = 0, zh = "远", en = "far" }',
    "tags": '{ contains = "vip", points = 3, zh = "贵宾", en = "VIP" }, '
    '{ points = 0, zh = "普通", en = "other" }',
}
"""The twelve rules: fields and bands."""

PER_CUSTOMER = 3 / 100_000
"""Seconds a customer may take when many are graded."""


@frozen
class Row:
    """One figure: what was done, how long one took in seconds, and how long it may take."""

    what: str
    each: float
    budget: float | None = None


def card() -> str:
    """The card of twelve rules."""
    rules = "".join(f'[[rule]]\nfield = "{f}"\nbands = [ {b} ]\n' for f, b in RULES.items())
    head = 'name = "twelve"\nversion = "1"\nlabel = { zh = "十二", en = "Twelve" }\n'
    return f"{head}[grades]\nA = 60\nB = 30\n{rules}"


def measure(count: int, folder: Path) -> Iterator[Row]:
    """The figures for *count* customers, in a store in memory; files are made in *folder*.

    The rules alone are tried three times, each time by a grader that remembers nothing.
    """
    path = folder / "twelve.toml"
    path.write_text(card(), "utf-8")
    everybody = [evolve(one, grade=None, grade_evidence=None) for one in customers(count)]
    crm = _open(folder, automatic=True)
    grader = crm.host.grader_from(path)
    took = min(_graded(crm.host.grader_from(path), everybody) for _ in range(3))
    yield Row("rules alone", took / count, PER_CUSTOMER)
    crm.store.commit(Batch(tuple(Write(None, c) for c in everybody), START, "bench", "import"))
    graders = with_grader(crm.host.graders(), grader)
    plan = crm.plan_grading(graders=graders)
    yield Row(
        "a run seen first, with evidence",
        _seconds(lambda: crm.plan_grading(graders=graders)) / count,
    )
    yield Row("applied as one commit", _seconds(lambda: crm.apply_grading(plan)) / count)
    plain = _open(folder, automatic=False)
    plain.store.commit(
        Batch(tuple(Write(None, c) for c in everybody[:1000]), START, "bench", "import")
    )
    plain.apply_grading(plain.plan_grading())
    some = [customer.id for customer in everybody[:200]]
    with_grades = _edits(crm, some)
    yield Row("an edit, its customer graded again", with_grades)
    yield Row("what of it is grading", with_grades - _edits(plain, some), 0.001)


def _graded(grader: Grader, everybody: Sequence[Customer]) -> float:
    return _seconds(lambda: [grader.grade(customer, START) for customer in everybody])


def _open(folder: Path, *, automatic: bool) -> Crm:
    grading = GradingConfig(automatic=automatic)
    config = Config(store="memory:", directory=folder, notify=(), grading=grading)
    return open_crm(config=config, actor="bench")


def _edits(crm: Crm, ids: list[str]) -> float:
    return median(
        _seconds(lambda number=number, one=one: crm.edit(one, employees=number))  # type: ignore[misc]
        for number, one in enumerate(ids, 1000)
    )


def _seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


@click.command("grading")
@click.option("--count", default=100_000, show_default=True, help="How many customers.")
def main(count: int) -> None:
    """Grade many customers by twelve rules, and one on edit."""
    with tempfile.TemporaryDirectory(prefix="crmcore-benchmark-") as name:
        for row in measure(count, Path(name)):
            said = f"{row.each * 1e6:10.1f} µs each, {row.each * count:8.2f} s for {count:,}"
            budget = "" if row.budget is None else f"   at most {row.budget * 1e6:g} µs"
            click.echo(f"{row.what:<40}{said}{budget}")
