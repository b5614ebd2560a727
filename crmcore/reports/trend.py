"""Month by month: who came, and who was won."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from attrs import evolve

from crmcore.figures.definition import Definition
from crmcore.funnel import together
from crmcore.query import Compare, Condition, both
from crmcore.reports.answer import Amounts, Answer, Named, Row
from crmcore.reports.request import Group, ReportRequest
from crmcore.reports.words import COUNT, MONEY, NO_INVALID, UNKNOWN_COUNT, WINDOW, column
from crmcore.wording import Text

MONTHS = 12
"""How many are told where no window was asked for; of a window the last three times as many."""
_MOST = 3 * MONTHS

TREND = Definition(
    "trend",
    Text("月度趋势", "Trend by month"),
    Text(
        "每月新增的客户（首次接触时间，未填的按建档时间）与每月成交的客户（结束时间，未填的按签署时间）"
        "及其金额；本月未完，只到查询时刻",
        "Customers who came in each month (by their first contact, where unknown by when they were "
        "recorded), and those won in it (by when they were closed, where unknown by the signature), with "
        "what they are worth; the month that is not over counts up to the moment asked for",
    ),
    NO_INVALID,
    WINDOW,
)
_NEW = Named("new", Text("新增", "New"))
_WON = Named("won", Text("成交", "Won"))


def trend(request: ReportRequest) -> Answer:
    """New and won customers of each month; a tally for each."""
    within = list(_months(request))
    rows: dict[str | None, tuple[Group, list[Row]]] = {}
    chances = both(request.where, Compare("status", "in", ("open", "won", "lost")))
    for what in (_NEW, _WON):
        for month, part in within:
            where = _of(part, what, chances)
            for group in request.tallied(where, ("status",)) or [Group(None, where)]:
                told = together(group.buckets)
                cells = {
                    "what": what,
                    "month": month,
                    "count": told.count,
                    "value": Amounts(told.values),
                    "unknown": told.unknown_value,
                }
                rows.setdefault(group.name, (group, []))[1].append(Row(cells, group.where))
    return request.answer(
        TREND,
        (
            column("what", "text", "项目", "What"),
            column("month", "text", "月份", "Month"),
            COUNT,
            MONEY,
            UNKNOWN_COUNT,
        ),
        rows.values(),
        where=chances,
        window=evolve(request, since=within[0][1].since).window("月份", "months from")
        if within
        else request.window("月份", "months from"),
        bar="count",
    )


def _of(request: ReportRequest, what: Named, chances: Condition) -> Condition:
    part = evolve(request, where=chances)
    return part.began() if what is _NEW else both(part.closed(), Compare("status", "=", "won"))


def _months(request: ReportRequest) -> Iterator[tuple[str, ReportRequest]]:
    """The months asked for, each as its name and a request of it, the newest at most `_MOST`."""
    last = min(request.until or request.now, request.now).astimezone(request.zone)
    first = None if request.since is None else request.since.astimezone(request.zone)
    month = _begin(last)
    found = list[tuple[str, ReportRequest]]()
    while len(found) < (MONTHS if first is None else _MOST):
        after = _begin(month + timedelta(days=32))
        since = month if first is None else max(month, first)
        until = after if request.until is None else min(after, request.until)
        if since < until:
            found.append((f"{month:%Y-%m}", evolve(request, since=since, until=until)))
        if first is not None and month <= first:
            break
        month = _begin(month - timedelta(days=1))
    yield from reversed(found)


def _begin(moment: datetime) -> datetime:
    return moment.replace(day=1, hour=0, minute=0, second=0, microsecond=0, fold=0)
