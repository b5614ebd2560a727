"""What the open customers are like now: what may be won, how fast, who waits, and for how long."""

from __future__ import annotations

from collections.abc import Iterator

from attrs import evolve

from crmcore.figures.ageing import AGEING, Ages
from crmcore.figures.attention import OVERDUE, STALE, overdue, stale
from crmcore.figures.chances import win_rate
from crmcore.figures.cycle import Timing
from crmcore.figures.definition import NOT_ENOUGH, Definition
from crmcore.figures.forecast import FORECAST, Forecast, Forecasting, ForecastRow
from crmcore.figures.gather import read_history
from crmcore.figures.velocity import VELOCITY, velocity
from crmcore.funnel import together
from crmcore.query import Compare, Condition, Not, both, unknown
from crmcore.reports.answer import Amounts, Answer, Headline, Named, Row
from crmcore.reports.request import Group, ReportRequest
from crmcore.reports.standings import ELSEWHERE, progress_of_group, standing_row
from crmcore.reports.words import COUNT, MONEY, STAGE, WINDOW, column
from crmcore.wording import Text

NO_VALUE = Named("no_value", Text("金额未知", "Value unknown"))
P_UNKNOWN = Text("p 未知", "p unknown")
_BEGAN = Text("首次接触于", "first contact from")
_EXPECTED = Text("预计成交于", "expected to close from")
_WHEN = {
    "past": Named("past", Text("预计日期已过", "Expected date over")),
    "later": Named("later", Text("一年以后", "Later than a year")),
    "unknown": Named("unknown", Text("未填预计日期", "No expected date")),
}


def forecast(request: ReportRequest) -> Answer:
    """The value of the open customers, plain and weighted, by the month of the expected close."""
    whom = request.within("expected_close_at")
    where = both(whom, Compare("status", "=", "open"))
    chances = read_history(request.crm, request.pipeline).chances
    found = []
    for group in request.columns(where, ("stage", "value", "expected_close_at")):
        counting = Forecasting(group.where, chances, request.now, request.zone, request.crm.rates)
        counting.add_all(group.values)
        found.append((group, counting.result()))
    heads: list[Headline] = []
    if request.by is None:
        heads = _totals(found[0][1])
    return request.answer(
        FORECAST,
        (
            column("when", "text", "预计成交", "Expected close"),
            COUNT,
            MONEY,
            column("weighted", "money", "加权", "Weighted"),
            column("no_chance", "count", "p 未知", "p unknown"),
        ),
        [(group, _forecast_rows(one)) for group, one in found],
        where=where,
        window=request.window(_EXPECTED),
        headlines=heads,
        bar="count",
    )


def _totals(found: Forecast) -> list[Headline]:
    weighted = Amounts(found.weighted) if found.weighted or not found.no_chance else P_UNKNOWN
    return [
        Headline(Text("进行中", "Open"), "count", found.customers, found.where),
        Headline(Text("金额合计", "Value"), "money", Amounts(found.plain)),
        Headline(Text("加权合计", "Weighted"), "money", weighted),
        Headline(Text("p 未知，未加权", "p unknown, not weighted"), "count", found.no_chance),
        Headline(Text("金额未知", "Value unknown"), "count", found.unknown_value),
    ]


def _forecast_rows(found: Forecast) -> Iterator[Row]:
    yield from map(_forecast_row, found.rows)
    if found.unknown_value:
        cells = {"when": NO_VALUE, "count": found.unknown_value, "value": None, "weighted": None}
        yield Row(cells, both(found.where, unknown("value")))


def _forecast_row(row: ForecastRow) -> Row:
    month = row.month.strftime("%Y-%m") if row.month is not None else _WHEN[row.when]
    cells = {
        "when": month,
        "count": row.customers,
        "value": Amounts({row.currency: row.plain}),
        "weighted": Amounts({row.currency: row.weighted}) if row.known else P_UNKNOWN,
        "no_chance": row.no_chance,
    }
    return Row(cells, row.where)


def speed(request: ReportRequest) -> Answer:
    """What the funnel brings in a day."""
    where = request.began()
    keys = ("stage", "status", "furthest_stage")
    times = ("first_contact_at", "contract_signed_at")
    won = {g.name: g for g in request.columns(both(where, Compare("status", "=", "won")), times)}
    rows = []
    for group in request.tallied(where, keys):
        mine = won.get(group.name)
        timing = Timing(group.where)
        for begun, signed in () if mine is None else mine.values:
            timing.add_won(begun, signed)
        taken = timing.result()
        rate = win_rate(progress_of_group(request, group))
        standing = together(b for b in group.buckets if b.key[1] == "open")
        found = velocity(standing.values, rate, taken, group.where)
        cells = {
            "count": standing.count - standing.unknown_value,
            "value": Amounts(standing.values),
            "rate": rate.rate,
            "cycle": taken.mean if taken.enough else (NOT_ENOUGH if taken.count else None),
            "velocity": NOT_ENOUGH if found.a_day is None else Amounts(found.a_day),
        }
        rows.append((group, [Row(cells, found.where)]))
    return request.answer(
        evolve(VELOCITY, window=WINDOW),
        (
            column("count", "count", "进行中且金额已知", "Open, of known value"),
            MONEY,
            column("rate", "share", "成交率", "Win rate"),
            column("cycle", "days", "平均周期（天）", "Mean cycle, days"),
            column("velocity", "money", "每天", "A day"),
        ),
        rows,
        where=where,
        window=request.window(_BEGAN),
    )


def ages(request: ReportRequest) -> Answer:
    """How long the open customers have stood in their stage."""
    where = both(request.began(), Compare("status", "=", "open"))
    groups = request.columns(where, ("stage", "entered_stage_at"))

    def rows(group: Group) -> Iterator[Row]:
        ages = Ages(request.pipeline, group.where, request.now)
        for key, entered in group.values:
            ages.add_open(key, entered)
        for one, stage in zip(ages.result().stages, request.pipeline.stages, strict=True):
            cells = {
                "stage": Named(stage.key, stage.label),
                "count": one.count,
                "median": one.median,
            }
            yield Row(cells, one.where)

    return request.answer(
        AGEING,
        (STAGE, COUNT, column("median", "days", "中位数（天）", "Median days")),
        [(group, rows(group)) for group in groups],
        where=where,
        window=request.window(_BEGAN),
        bar="count",
    )


def late(request: ReportRequest) -> Answer:
    """Open customers with something past due, by stage."""
    return _left_lying(request, OVERDUE, overdue(request.now, request.zone))


def quiet(request: ReportRequest) -> Answer:
    """Open customers left alone for longer than their stage allows, by stage."""
    return _left_lying(request, STALE, stale(request.pipeline, request.now, request.zone))


def _left_lying(request: ReportRequest, definition: Definition, which: Condition) -> Answer:
    where = both(request.began(), which)
    groups = request.tallied(where, ("stage",))

    def rows(group: Group) -> Iterator[Row]:
        for stage in request.pipeline.stages:
            mine = [b for b in group.buckets if b.key[0] == stage.key]
            where = both(group.where, Compare("stage", "=", stage.key))
            yield standing_row(Named(stage.key, stage.label), together(mine), where)
        keys = tuple(stage.key for stage in request.pipeline.stages)
        if outside := [b for b in group.buckets if b.key[0] not in keys]:
            where = both(group.where, Not(Compare("stage", "in", keys)))
            yield standing_row(ELSEWHERE, together(outside), where)

    return request.answer(
        definition,
        (STAGE, COUNT, MONEY, column("unknown", "count", "金额未知", "Value unknown")),
        [(group, rows(group)) for group in groups],
        where=where,
        window=request.window(_BEGAN),
        bar="count",
    )
