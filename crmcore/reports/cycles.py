"""How long did it take: from the first contact to the signature, to being lost, and in each stage?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from itertools import chain

from attrs import evolve

from crmcore.codec import Codec
from crmcore.figures.cycle import CYCLE
from crmcore.figures.definition import Definition
from crmcore.query import Compare, both
from crmcore.reports.answer import Answer, Named, Row
from crmcore.reports.durations import Lengths, Span, left_out, lengths_of
from crmcore.reports.request import Group, ReportRequest
from crmcore.reports.words import CLOSED, STAGE, WINDOW, column
from crmcore.storage.bulk import no_collecting
from crmcore.storage.turns import Turn
from crmcore.wording import Text

CLOSING = evolve(
    CYCLE,
    meaning=Text(
        "{cycle}。另列流失客户从首次接触到结束、以及全部已结束客户的天数",
        "{cycle}. Beside it, the days of lost customers from the first contact to being closed, "
        "and those of all closed ones",
    ).with_(cycle=CYCLE.meaning),
    population=Text("本漏斗的成交与流失客户", "won and lost customers of this pipeline"),
    window=WINDOW,
)
STAGE_TIME = Definition(
    "stage-time",
    Text("阶段用时", "Time in a stage"),
    Text(
        "客户离开某阶段去另一阶段时，在其中停留的天数，取中位数与平均数；不足 30 次不下结论。"
        "导入时已在该阶段的不知何时进入，不计入；撤销的移动不算",
        "Days that customers had been in a stage when they were moved to another: median and mean; of fewer "
        "than 30 nothing is concluded. Of those imported into a stage it is unknown when they came to it: "
        "they are left out; a move that was undone never was",
    ),
    Text("本漏斗的客户换阶段的每一次", "each time a customer of this pipeline left a stage"),
    Text("提交记录所及，截至查询时刻", "all commits there are, up to the moment asked for"),
)
_ENDS = (
    Named("won", Text("成交", "Won")),
    Named("lost", Text("流失", "Lost")),
    Named("closed", Text("全部已结束", "All closed")),
)
_COLUMNS = (
    column("count", "count", "样本", "Sample"),
    column("median", "days", "中位数（天）", "Median days"),
    column("mean", "days", "平均（天）", "Mean days"),
    column("left_out", "count", "未计入", "Left out"),
)


def cycle_times(request: ReportRequest) -> Answer:
    """Days from first contact to the end, of the won, the lost and both."""
    where = both(request.closed(), Compare("status", "in", ("won", "lost")))
    keys = ("status", "first_contact_at", "contract_signed_at", "closed_at")
    told: list[Lengths] = []
    groups = [(g, _closing_rows(g, told)) for g in request.columns(where, keys)]
    rows = [(group, list(mine)) for group, mine in groups]
    return request.answer(
        CLOSING,
        (column("what", "text", "客户", "Customers"), *_COLUMNS),
        rows,
        where=where,
        window=request.window(CLOSED),
        notes=left_out(told),
    )


def _closing_rows(group: Group, told: list[Lengths]) -> Iterator[Row]:
    won: list[Span] = []
    lost: list[Span] = []
    for status, begun, signed, closed in group.values:
        if status == "won":
            won.append((begun, signed))
        else:
            lost.append((begun, closed))
    whole = lengths_of([*won, *lost])
    told.append(whole)
    for what, spans in zip(_ENDS, (won, lost), strict=False):
        where = both(group.where, Compare("status", "=", what.key))
        yield Row({"what": what, **lengths_of(spans).cells()}, where)
    yield Row({"what": _ENDS[2], **whole.cells()}, group.where)


# in each stage, which only the commits tell


Visit = tuple[str, datetime | None, datetime]
"""One stay in a stage that ended: the stage, since when, None where nobody knows, and until when."""


def visits(turns: Iterable[Turn]) -> dict[str, list[Visit]]:
    """The visits of the customers of whom there are *turns*: all those of `stage`, in order.

    A commit that takes another back restores what was before it, visits included.
    """
    told = list(turns)
    undone = {undoes for *_, undoes in told if undoes is not None}
    since: dict[str, datetime | None] = {}
    found: dict[str, list[Visit]] = {}
    before: dict[tuple[int, str], tuple[datetime | None, list[Visit]]] = {}
    for customer_id, revision, at, kind, stage, _, undoes in told:
        restored = None if undoes is None else before.get((undoes, customer_id))
        if restored is None and kind == "update" and stage is None:
            continue
        mine = found.setdefault(customer_id, [])
        if revision in undone:
            before[revision, customer_id] = (since.get(customer_id), mine.copy())
        if restored is not None:
            since[customer_id], mine[:] = restored
        elif kind == "create":
            since[customer_id] = at
            mine.clear()
        elif kind == "update" and stage is not None:
            mine.append((stage, since.get(customer_id), at))
            since[customer_id] = at
    return found


def stage_times(request: ReportRequest) -> Answer:
    """Days in each stage of those who left it."""
    where = request.where
    store, codec = request.crm.store, Codec(request.crm.fields)
    with no_collecting():
        found = visits(store.turns(codec, "stage"))
    told: list[Lengths] = []
    rows = []
    for group in request.columns(where, ("id",)):
        ids = list(filter(found.__contains__, chain.from_iterable(group.values)))
        rows.append((group, list(_stage_rows(request, group, ids, found, told))))
    return request.answer(
        STAGE_TIME,
        (STAGE, *_COLUMNS),
        rows,
        where=where,
        window=request.window(Text("离开阶段于", "stage left from")),
        notes=left_out(told),
    )


def _stage_rows(
    request: ReportRequest,
    group: Group,
    ids: list[str],
    found: Mapping[str, list[Visit]],
    told: list[Lengths],
) -> Iterator[Row]:
    spans: dict[str, list[Span]] = {stage.key: [] for stage in request.pipeline.stages}
    whose: dict[str, list[str]] = {key: [] for key in spans}
    first, last = request.since, request.until
    for customer_id in ids:
        for left, since, until in found[customer_id]:
            late = last is not None and until >= last
            early = first is not None and until < first
            if left in spans and not late and not early:
                spans[left].append((since, until))
                whose[left].append(customer_id)
    for stage in request.pipeline.stages:
        lengths = lengths_of(spans[stage.key])
        told.append(lengths)
        cells = {"stage": Named(stage.key, stage.label), **lengths.cells()}
        yield Row(cells, ids=tuple(dict.fromkeys(whose[stage.key])))
