"""Asking a workspace for its figures: tallies where a count will do, else page by page."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from attrs import field, frozen

from crmcore.customer import Customer
from crmcore.figures.ageing import Ageing, Ages
from crmcore.figures.attention import Attention, attention, overdue, stale
from crmcore.figures.breakdown import OWNERS, SOURCES, Breakdown, breakdown
from crmcore.figures.chances import Chances, WinRate, chances, win_rate
from crmcore.figures.cycle import Cycle, Timing
from crmcore.figures.forecast import Forecast, Forecasting
from crmcore.figures.progress import Progress, progress
from crmcore.figures.velocity import Velocity, velocity
from crmcore.funnel import Standing, together
from crmcore.pipeline import Pipeline
from crmcore.query import EVERYBODY, Bucket, Compare, Condition, Query, both, known

if TYPE_CHECKING:
    from crmcore.crm import Crm

CHUNK = 500
"""How many customers are in memory at a time."""


@frozen
class History:
    """What the past of one pipeline says, at a revision: how far customers came, who was won."""

    revision: int
    progress: Progress
    chances: Chances


@frozen
class Overview:
    """What tallies tell at once of the customers *where* holds; `at` is when it was asked.

    `standing` are the open customers of each stage; `history` is that of the whole pipeline, whomever
    *where* leaves out: what a stage's customers are worth is learned from all.
    """

    pipeline: Pipeline
    where: Condition
    revision: int
    at: datetime
    progress: Progress
    history: History
    win_rate: WinRate
    standing: Mapping[str, Standing] = field(hash=False)
    attention: Attention
    owners: Breakdown
    sources: Breakdown

    @property
    def to_read(self) -> int:
        """How many customers `details` will read."""
        stages = self.progress.stages
        return sum(row.open for row in stages) + stages[0].ever_won


@frozen
class Details:
    """What only the customers themselves can tell; `moved_on` if some changed in the meantime."""

    forecast: Forecast
    cycle: Cycle
    velocity: Velocity
    ageing: Ageing
    moved_on: bool = False


def on(pipeline: Pipeline, where: Condition = EVERYBODY) -> Condition:
    """Those of *pipeline* whom *where* holds."""
    return both(Compare("pipeline", "=", pipeline.name), where)


def read_history(crm: Crm, pipeline: Pipeline) -> History:
    """How far the customers of *pipeline* came; two tallies."""
    revision = crm.revision  # before them: a commit in between makes the next look ask again
    found, _ = _progress(crm, pipeline, on(pipeline))
    return History(revision, found, chances(found))


def _progress(
    crm: Crm, pipeline: Pipeline, where: Condition
) -> tuple[Progress, tuple[Bucket, ...]]:
    standing = crm.tally(where, ("stage", "status"))
    back = crm.tally(both(where, known("furthest_stage")), ("stage", "furthest_stage", "status"))
    return progress(pipeline, where, standing, back), standing


def read_overview(crm: Crm, pipeline: Pipeline, where: Condition = EVERYBODY) -> Overview:
    """What tallies tell of those of *pipeline* whom *where* holds."""
    mine, now, zone = on(pipeline, where), crm.clock(), crm.dialect.zone
    history = read_history(crm, pipeline)
    found, standing = _progress(crm, pipeline, mine)
    late, quiet = both(mine, overdue(now, zone)), both(mine, stale(pipeline, now, zone))
    return Overview(
        pipeline=pipeline,
        where=mine,
        revision=history.revision,
        at=now,
        progress=found,
        history=history,
        win_rate=win_rate(found),
        standing={
            stage.key: together(b for b in standing if b.key == (stage.key, "open"))
            for stage in pipeline.stages
        },
        attention=attention(
            pipeline, crm.tally(late, ("stage",)), crm.tally(quiet, ("stage",)), late, quiet
        ),
        owners=breakdown("owner", OWNERS, mine, crm.tally(mine, ("owner", "status"))),
        sources=breakdown("source", SOURCES, mine, crm.tally(mine, ("source", "status"))),
    )


def read_details(crm: Crm, overview: Overview, seen: Callable[[int], None]) -> Details:
    """What the open and won customers themselves tell, read in chunks.

    *seen* gets how many were read so far; what it raises ends the reading.
    """
    where, pipeline = overview.where, overview.pipeline
    expected = Forecasting(
        where, overview.history.chances, overview.at, crm.dialect.zone, crm.rates
    )
    timing, ages = Timing(where), Ages(pipeline, where, overview.at)
    moved_on, count = False, 0
    for revision, customers in _chunks(crm, where):
        moved_on = moved_on or revision != overview.revision
        for customer in customers:
            expected.add(customer)
            timing.add(customer)
            ages.add(customer)
        count += len(customers)
        seen(count)
    forecast, cycle = expected.result(), timing.result()
    return Details(
        forecast,
        cycle,
        velocity(_open_value(overview), overview.win_rate, cycle, where),
        ages.result(),
        moved_on,
    )


def _chunks(crm: Crm, where: Condition) -> Iterator[tuple[int, tuple[Customer, ...]]]:
    """The open customers, then the won ones: one status at a time is what databases page quickly."""
    for status in ("open", "won"):
        query = Query(both(where, Compare("status", "=", status)), limit=CHUNK)
        while True:
            page = crm.page(query)
            yield page.revision, page.customers
            if page.next is None:
                break
            query = query.next(page.next)


def _open_value(overview: Overview) -> Mapping[str, Decimal]:
    from crmcore.figures.amounts import Sums

    sums = Sums()
    for standing in overview.standing.values():
        for code, amount in standing.values.items():
            sums.add(code, amount)
    return sums.all()
