"""Why are customers lost, and what were they worth?"""

from __future__ import annotations

from collections.abc import Iterator

from crmcore.figures.definition import Definition
from crmcore.figures.rates import Rate
from crmcore.funnel import together
from crmcore.query import Compare, both, unknown
from crmcore.reports.answer import Amounts, Answer, Headline, Row
from crmcore.reports.request import UNKNOWN, Group, ReportRequest
from crmcore.reports.words import CLOSED, COUNT, MONEY, UNKNOWN_COUNT, WINDOW, column
from crmcore.wording import Text

LOST = Definition(
    "lost",
    Text("流失原因", "Lost reasons"),
    Text(
        "流失客户按结束原因分，占全部流失客户的比例与当时的金额；写法不同即分开计，没写原因的单独一行。"
        "金额是没有赢得的，从不计入成交",
        "The lost customers by the reason written down, their share of all lost, and what they were worth; "
        "reasons that are written differently count apart, those without one have a row. Their value was not "
        "won and is in no sum of what was",
    ),
    Text("本漏斗的流失客户", "lost customers of this pipeline"),
    WINDOW,
)


def lost(request: ReportRequest) -> Answer:
    """The reasons, the most frequent first."""
    where = both(request.closed(), Compare("status", "=", "lost"))
    groups = request.tallied(where, ("close_reason",))
    total = sum(b.count for group in groups for b in group.buckets)
    return request.answer(
        LOST,
        (
            column("reason", "text", "原因", "Reason"),
            COUNT,
            column("share", "share", "占流失", "Of the lost"),
            MONEY,
            UNKNOWN_COUNT,
        ),
        [(group, _rows(group)) for group in groups],
        where=where,
        window=request.window(CLOSED),
        headlines=(Headline(Text("流失", "Lost"), "count", total, where),)
        if not request.by
        else (),
        bar="count",
    )


def _rows(group: Group) -> Iterator[Row]:
    whole = sum(b.count for b in group.buckets)
    for bucket in sorted(group.buckets, key=lambda b: (b.key[0] is None, -b.count, str(b.key[0]))):
        (reason,), standing = bucket.key, together([bucket])
        mine = unknown("close_reason") if reason is None else Compare("close_reason", "=", reason)
        cells = {
            "reason": UNKNOWN if reason is None else reason,
            "count": standing.count,
            "share": Rate(standing.count, whole),
            "value": Amounts(standing.values),
            "unknown": standing.unknown_value,
        }
        yield Row(cells, both(group.where, mine))
