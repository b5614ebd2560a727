"""Did customers close as soon as their grade said?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta

from attrs import define, frozen

from crmcore.codec import Codec
from crmcore.customer import GRADES
from crmcore.figures.definition import Definition
from crmcore.figures.progress import CHANCES
from crmcore.figures.rates import Rate
from crmcore.grading.backtest import HORIZONS
from crmcore.query import Compare, Condition, both
from crmcore.reports.answer import Answer, Named, Row
from crmcore.reports.request import Group, ReportRequest
from crmcore.reports.words import WINDOW, column
from crmcore.storage.bulk import no_collecting
from crmcore.storage.turns import Turn
from crmcore.wording import Text

PROMISED: Mapping[str, int] = dict(zip(("A", "B"), HORIZONS, strict=True))
"""Days within which a customer of a grade is expected to be won; C promises none."""

HITS = Definition(
    "grades",
    Text("等级命中率", "Grade hit rate"),
    Text(
        "从首次评级起，A 级在 30 天内、B 级在 60 天内成交的占比（附 95% 区间，不足 30 个不下结论）；之后改的等级"
        "不算数，否则临成交前改级就成了命中。未到期限的进行中客户还没有结果，单独列出。C 级没有期限，只列 60 天内"
        "成交的占比。导入时已有等级的不知何时评的，不计入",
        "Of the customers first graded A the share won within 30 days of that, of those graded B within 60, "
        "with its 95 % interval; of fewer than 30 nothing is concluded. Later grades do not count: one raised "
        "on the eve of the signature would always be right. Open ones whose days are not over have no outcome "
        "yet and are told apart. C promises nothing: of it the share won within 60 days. Those who came with "
        "a grade by an import are left out: when they were graded is unknown",
    ),
    Text(
        "本漏斗评过级的客户，无效线索除外",
        "graded customers of this pipeline, invalid ones left out",
    ),
    WINDOW,
)


@frozen
class Graded:
    """The grade a customer was given first, and when; `at` None where nobody knows."""

    grade: str
    at: datetime | None


def first_grades(turns: Iterable[Turn]) -> dict[str, Graded | None]:
    """Who was first graded how and when, from all the turns of `grade`, in order; None who was not.

    Who is not told came by an import, with the grade that the customer has, and was never graded since.
    A commit that takes another back restores what was before it.
    """
    told = list(turns)
    undone = {undoes for *_, undoes in told if undoes is not None}
    found: dict[str, Graded | None] = {}
    before: dict[tuple[int, str], Graded | None] = {}
    for customer_id, revision, at, kind, old, new, undoes in told:
        known = found.get(customer_id)
        if known is None and old is not None and customer_id not in found:
            known = found[customer_id] = Graded(old, None)  # it came with that one
        taken_back = undoes is not None and (undoes, customer_id) in before
        if new is None and not taken_back:
            if kind == "create":
                found[customer_id] = None
            continue
        if revision in undone:
            before[revision, customer_id] = known
        if taken_back and undoes is not None:
            found[customer_id] = before[undoes, customer_id]
        elif known is None and new is not None:
            found[customer_id] = Graded(new, at)
    return found


@define
class _Tally:
    graded: list[str]
    hit: int = 0
    judged: int = 0
    waiting: int = 0

    @property
    def left_out(self) -> int:
        return len(self.graded) - self.judged - self.waiting


def grade_hits(request: ReportRequest) -> Answer:
    """Of those first graded A or B, how many were won in time."""
    where = both(request.where, Compare("status", "in", CHANCES))
    store, codec = request.crm.store, Codec(request.crm.fields)
    with no_collecting():
        found = first_grades(store.turns(codec, "grade"))
    groups = request.columns(where, ("id", "status", "grade"))
    ends = _ends(request, both(where, Compare("status", "=", "won")))
    rows = [(group, list(_rows(request, group, found, ends))) for group in groups]
    unknown = sum(row.cells["left_out"] for _, mine in rows for row in mine)
    note = Text(
        "未计入 {count} 个：不知何时评级或何时成交，或成交早于评级",
        "{count} left out: when they were graded or won is unknown, or they were won before",
    ).with_(count=unknown)
    return request.answer(
        HITS,
        (
            column("grade", "text", "首次等级", "First grade"),
            column("count", "count", "客户", "Customers"),
            column("days", "count", "期限（天）", "Within days"),
            column("hit", "share", "期限内成交", "Won in time"),
            column("waiting", "count", "未到期限", "Days not over"),
            column("left_out", "count", "未计入", "Left out"),
        ),
        rows,
        where=where,
        window=request.window(Text("首次评级于", "first graded from")),
        notes=(note,) if unknown else (),
        bar="count",
    )


_Ends = Mapping[str, datetime | None]


def _ends(request: ReportRequest, where: Condition) -> _Ends:
    """When those *where* holds for were closed, where unknown when they signed, by id."""
    keys = ("id", "closed_at", "contract_signed_at")
    return {key: closed or signed for key, closed, signed in request.crm.values(where, keys)}


def _rows(
    request: ReportRequest, group: Group, found: Mapping[str, Graded | None], ends: _Ends
) -> Iterator[Row]:
    judged = _judge(request, group, found, ends)
    for choice in GRADES:
        one = judged[choice.key]
        cells = {
            "grade": Named(choice.key, choice.label),
            "count": len(one.graded),
            "days": _days(choice.key),
            "hit": Rate(one.hit, one.judged),
            "waiting": one.waiting,
            "left_out": one.left_out,
        }
        yield Row(cells, ids=tuple(one.graded))


def _days(grade: str) -> int:
    return PROMISED.get(grade, HORIZONS[-1])


def _judge(
    request: ReportRequest, group: Group, found: Mapping[str, Graded | None], ends: _Ends
) -> dict[str, _Tally]:
    tallies = {choice.key: _Tally([]) for choice in GRADES}
    spans = {key: timedelta(days=_days(key)) for key in tallies}
    always = request.since is None and request.until is None
    came = {key: tally.graded.append for key, tally in tallies.items()} if always else {}
    for customer_id, status, grade in group.values:
        if customer_id not in found:
            if grade in came:
                came[grade](customer_id)
            continue
        first = found[customer_id]
        if first is None or first.grade not in tallies:
            continue
        if not always and not _inside(request, first.at):
            continue
        tally, span, at = tallies[first.grade], spans[first.grade], first.at
        tally.graded.append(customer_id)
        if at is None:
            continue
        won = status == "won"
        closed = ends.get(customer_id) if won else None
        if won and (closed is None or closed < at):
            continue
        if closed is not None and closed - at <= span:
            tally.judged += 1
            tally.hit += 1
        elif status == "open" and request.now - at < span:
            tally.waiting += 1
        else:
            tally.judged += 1
    return tallies


def _inside(request: ReportRequest, at: datetime | None) -> bool:
    if at is None:
        return request.since is None and request.until is None
    early = request.since is not None and at < request.since
    return not early and not (request.until is not None and at >= request.until)
