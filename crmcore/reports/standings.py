"""Where do the customers stand, how far did they come, how many were won: what tallies answer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from attrs import evolve

from crmcore.figures.breakdown import SOURCES, breakdown
from crmcore.figures.chances import WIN_RATE, win_rate
from crmcore.figures.definition import Definition
from crmcore.figures.progress import CHANCES, CONVERSION, Progress, progress
from crmcore.figures.rates import Rate
from crmcore.funnel import Standing, together
from crmcore.pipeline import Pipeline
from crmcore.query import Bucket, Compare, Condition, Not, both
from crmcore.reports.answer import Amounts, Answer, Headline, Named, Row
from crmcore.reports.parts import CLOSED_CELLS, OPEN_CELLS, cells_of
from crmcore.reports.request import Group, ReportRequest
from crmcore.reports.words import (
    BEGAN,
    CLOSED,
    COUNT,
    MONEY,
    NO_INVALID,
    POPULATION,
    STAGE,
    UNKNOWN_COUNT,
    WINDOW,
    column,
)
from crmcore.wording import Text

FUNNEL = Definition(
    "funnel",
    Text("漏斗", "Funnel"),
    Text(
        "查询时刻各阶段的客户数与金额：金额为成交价，否则最近方案报价，否则预算中值，未知的不计入总额、另列。"
        "流失的、无效的、不在本漏斗任何阶段的各列一行，各行相加即全部客户",
        "Customers and value per stage at the moment asked for. Value is the agreed price, else the last "
        "proposal's, else the middle of the budget; unknown values are listed apart. Lost ones, invalid ones "
        "and those who stand in no stage of this pipeline have a row each: the rows add up to all customers",
    ),
    POPULATION,
    WINDOW,
)
COHORT = Definition(
    "cohort",
    Text("同期群漏斗", "Cohort funnel"),
    Text(
        "同一时期开始的客户（首次接触时间，未填的按建档时间）后来走到了哪里：到过各阶段的人数与占比；"
        "仍在进行中的可能再往前走，按阶段单独列出，所以占比是下限",
        "What became of the customers who began in one window (by their first contact, where unknown by "
        "when they were recorded): how many, and what share, came as far as each stage. Open ones may yet "
        "go on: they are told apart by the stage they came to, so that the shares are the least there will be",
    ),
    NO_INVALID,
    WINDOW,
)
ELSEWHERE = Named("elsewhere", Text("不在本漏斗的阶段", "In no stage of this pipeline"))

OUT = (Named("lost", Text("流失", "Lost")), Named("invalid", Text("无效", "Invalid")))


def funnel(request: ReportRequest) -> Answer:
    """Customers and value by stage; lost, invalid and those who stand elsewhere in rows of their own."""
    where = request.began()
    groups = request.tallied(where, ("stage", "status"))
    total = sum(b.count for group in groups for b in group.buckets)
    tagged = request.by is not None and request.by.key == "tags"
    return request.answer(
        FUNNEL,
        (STAGE, COUNT, MONEY, UNKNOWN_COUNT),
        [(group, _standing_rows(request.pipeline, group)) for group in groups],
        where=where,
        window=request.window(BEGAN),
        headlines=() if tagged else (Headline(COUNT.label, "count", total, where),),
        notes=_counted_twice(request),
        bar="count",
    )


def _counted_twice(request: ReportRequest) -> tuple[Text, ...]:
    if request.by is None or request.by.key != "tags":
        return ()
    return (
        Text(
            "有几个标签的客户在每个标签下各算一次",
            "Who has several tags is counted under each of them",
        ),
    )


def _standing_rows(pipeline: Pipeline, group: Group) -> Iterator[Row]:
    here = Compare("status", "in", ("open", "won"))
    keys = tuple(stage.key for stage in pipeline.stages)
    for stage in pipeline.stages:
        mine = [b for b in group.buckets if b.key[0] == stage.key and b.key[1] in ("open", "won")]
        where = both(group.where, Compare("stage", "=", stage.key), here)
        yield standing_row(Named(stage.key, stage.label), together(mine), where)
    outside = [b for b in group.buckets if b.key[0] not in keys and b.key[1] in ("open", "won")]
    if outside:
        where = both(group.where, here, Not(Compare("stage", "in", keys)))
        yield standing_row(ELSEWHERE, together(outside), where)
    for out in OUT:
        mine = [b for b in group.buckets if b.key[1] == out.key]
        yield standing_row(out, together(mine), both(group.where, Compare("status", "=", out.key)))


def standing_row(label: Named, standing: Standing, where: Condition) -> Row:
    """One line of customers, their value, and how many are of unknown value."""
    cells = {
        "stage": label,
        "count": standing.count,
        "value": Amounts(standing.values),
        "unknown": standing.unknown_value,
    }
    return Row(cells, where)


def progress_of_group(request: ReportRequest, group: Group) -> Progress:
    """How far the customers of *group* came, from a tally by (stage, status, furthest_stage)."""
    standing = [evolve(b, key=b.key[:2]) for b in group.buckets]
    back = [
        evolve(b, key=(b.key[0], b.key[2], b.key[1])) for b in group.buckets if b.key[2] is not None
    ]
    return progress(request.pipeline, group.where, _joined(standing), _joined(back))


def _joined(buckets: Iterable[Bucket]) -> list[Bucket]:
    counts: dict[tuple[object, ...], int] = {}
    for bucket in buckets:
        counts[bucket.key] = counts.get(bucket.key, 0) + bucket.count
    return [Bucket(key, count) for key, count in counts.items()]


_FURTHEST = ("stage", "status", "furthest_stage")


def conversion(request: ReportRequest) -> Answer:
    """The share of each stage's customers who went on."""
    where = request.began()
    groups = request.tallied(where, _FURTHEST)
    return request.answer(
        evolve(CONVERSION, window=WINDOW),
        (
            STAGE,
            column("reached", "count", "到过", "Reached"),
            column("onward", "count", "到过下一阶段", "Went on"),
            column("conversion", "share", "转化率", "Conversion"),
            column("open", "count", "仍停在此", "Still there"),
            column("lost", "count", "在此流失", "Lost there"),
            column("won", "count", "在此成交", "Won there"),
        ),
        [(group, _conversion_rows(request, group)) for group in groups],
        where=where,
        window=request.window(BEGAN),
        bar="reached",
    )


def _conversion_rows(request: ReportRequest, group: Group) -> Iterator[Row]:
    found = progress_of_group(request, group)
    last = len(found.stages) - 1
    for place, (row, stage) in enumerate(zip(found.stages, request.pipeline.stages, strict=True)):
        cells = {
            "stage": Named(stage.key, stage.label),
            "reached": row.reached,
            "onward": None if place == last else row.onward,
            "conversion": None if place == last else row.conversion,
            "open": row.open,
            "lost": row.lost,
            "won": row.won,
        }
        yield Row(cells, found.reached(row.stage))


def cohort(request: ReportRequest) -> Answer:
    """How far those who began in the window came so far."""
    where = both(request.began(), Compare("status", "in", CHANCES))
    groups = request.tallied(where, _FURTHEST)
    found = [(group, progress_of_group(request, group)) for group in groups]
    heads: list[Headline] = []
    if request.by is None:
        whole = found[0][1]
        first = whole.stages[0]
        waiting = sum(row.open for row in whole.stages)
        total = whole.total
        open_ones = both(where, Compare("status", "=", "open"))
        won = both(where, Compare("status", "=", "won"))
        heads = [
            Headline(Text("同期群", "In the cohort"), "count", total, where),
            Headline(Text("已成交", "Won so far"), "share", Rate(first.ever_won, total), won),
            Headline(
                Text("进行中（未有结果）", "Open, outcome not known yet"),
                "count",
                waiting,
                open_ones,
            ),
            Headline(
                Text("若进行中的全部成交", "If all open ones were won"),
                "share",
                Rate(first.ever_won + waiting, total),
            ),
        ]
    return request.answer(
        COHORT,
        (
            STAGE,
            column("reached", "count", "到过", "Reached"),
            column("share", "share", "占同期群", "Of the cohort"),
            column("open", "count", "进行中，可能再往前", "Open, may yet go on"),
            column("lost", "count", "止步流失", "Lost there"),
            column("won", "count", "成交", "Won"),
        ),
        [(group, _cohort_rows(request, progress)) for group, progress in found],
        where=where,
        window=request.window(BEGAN),
        headlines=heads,
        bar="reached",
    )


def _cohort_rows(request: ReportRequest, found: Progress) -> Iterator[Row]:
    for row, stage in zip(found.stages, request.pipeline.stages, strict=True):
        cells = {
            "stage": Named(stage.key, stage.label),
            "reached": row.reached,
            "share": Rate(row.reached, found.total),
            "open": row.open,
            "lost": row.lost,
            "won": row.ever_won,
        }
        yield Row(cells, found.reached(row.stage))


def won_of_closed(request: ReportRequest) -> Answer:
    """Of those closed in the window, the share that was won."""
    where = both(request.closed(), Compare("status", "in", ("won", "lost")))
    groups = request.tallied(where, _FURTHEST)
    return request.answer(
        evolve(WIN_RATE, window=WINDOW),
        (
            column("won", "count", "成交", "Won"),
            column("lost", "count", "流失", "Lost"),
            column("rate", "share", "成交率", "Win rate"),
        ),
        [(group, [_rate_row(request, group)]) for group in groups],
        where=where,
        window=request.window(CLOSED),
        bar="won",
    )


def _rate_row(request: ReportRequest, group: Group) -> Row:
    found = win_rate(progress_of_group(request, group))
    rate = found.rate
    return Row({"won": rate.part, "lost": rate.whole - rate.part, "rate": rate}, found.where)


def sources(request: ReportRequest) -> Answer:
    """What each source brought."""
    where = both(request.began(), Compare("status", "in", CHANCES))
    groups = request.tallied(where, ("source", "status"))

    def rows(group: Group) -> Iterator[Row]:
        for part in breakdown("source", SOURCES, group.where, group.buckets).parts:
            yield Row(cells_of(part, "source"), part.where)

    return request.answer(
        evolve(SOURCES, window=WINDOW),
        (
            column("source", "text", "来源渠道", "Source"),
            *OPEN_CELLS,
            *CLOSED_CELLS,
        ),
        [(group, rows(group)) for group in groups],
        where=where,
        window=request.window(BEGAN),
        bar="won",
    )
