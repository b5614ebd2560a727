"""Are customers satisfied, do they buy again, whom do they send, and what did that bring?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from math import sqrt
from statistics import fmean, stdev

from attrs import field, frozen

from crmcore.figures.amounts import Sums
from crmcore.figures.definition import NOT_ENOUGH, Definition
from crmcore.figures.rates import FEWEST, Rate
from crmcore.money import Money
from crmcore.query import Compare, Or, both, known, unknown
from crmcore.records import Link
from crmcore.reports.answer import Amounts, Answer, Column, Headline, Named, Row
from crmcore.reports.request import UNKNOWN, Group, ReportRequest
from crmcore.reports.words import WINDOW, column
from crmcore.wording import Text

SCORES = (5, 4, 3, 2, 1)
SURVEY = Definition(
    "survey",
    Text("满意度", "Survey scores"),
    Text(
        "已交付客户的满意度，1–5 分各多少、平均分及其 95% 区间（不足 30 份不给平均），以及已答的占比；"
        "未答的不算零分，1–5 之外的分数单独一行、不进平均",
        "The satisfaction of delivered customers: how many of each score from 1 to 5, the mean with its 95 % "
        "interval (none of fewer than 30), and the share who answered; no answer is no zero, and a score that "
        "is not 1 to 5 has a row and is in no mean",
    ),
    Text(
        "本漏斗已交付或已答的客户", "customers of this pipeline who were delivered to or answered"
    ),
    WINDOW,
)
REFERRALS = Definition(
    "referrals",
    Text("复购与转介绍", "Repurchases and referrals"),
    Text(
        "由某客户复购或转介绍而来的客户记在该客户名下：人数、其中成交数与成交金额（各币种分开）。"
        "复购率、转介绍率是成交客户中至少带来一个的占比",
        "The customers who came of another by repurchase or referral, credited to that other: how many, how "
        "many of them were won, and for how much, each currency by itself. The rates are the share of won "
        "customers who brought at least one",
    ),
    Text(
        "本漏斗中由他人转介绍或复购而来的客户",
        "customers of this pipeline who came of another customer",
    ),
    WINDOW,
)
_ENDS = (
    Text("95% 区间下限", "95 % interval, low"),
    Text("95% 区间上限", "95 % interval, high"),
)
_DELIVERED = Text("交付于", "delivered from")


def survey(request: ReportRequest) -> Answer:
    """How many gave which score, and the mean."""
    asked = Or((known("delivered_at"), known("satisfaction")))
    where = both(request.within("delivered_at"), asked)
    groups = request.tallied(where, ("satisfaction",))
    heads: list[Headline] = []
    if request.by is None:
        counts = _counts(groups[0])
        good = [score for score in SCORES for _ in range(counts[score])]
        answered = both(where, known("satisfaction"))
        heads = [
            Headline(
                Text("已答", "Answered"),
                "share",
                Rate(counts.total() - counts[None], counts.total()),
                answered,
            ),
            Headline(Text("平均分", "Mean score"), "number", mean_score(good)),
        ]
        heads += [
            Headline(label, "number", end)
            for label, end in zip(_ENDS, interval(good), strict=False)
        ]
    return request.answer(
        SURVEY,
        (
            column("score", "text", "分数", "Score"),
            column("count", "count", "客户", "Customers"),
            column("share", "share", "占已答", "Of those who answered"),
        ),
        [(group, _score_rows(group)) for group in groups],
        where=where,
        window=request.window(_DELIVERED),
        headlines=heads,
        bar="count",
    )


def mean_score(scores: list[int]) -> float | Text | None:
    """The mean of *scores*; of too few it says so, None of none."""
    if not scores:
        return None
    return fmean(scores) if len(scores) >= FEWEST else NOT_ENOUGH


def interval(scores: list[int]) -> tuple[float, ...]:
    """Where the mean of *scores* lies with 95 % (normal), within 1 to 5; nothing of too few."""
    if len(scores) < FEWEST:
        return ()
    half = 1.96 * stdev(scores) / sqrt(len(scores))
    middle = fmean(scores)
    return max(1.0, middle - half), min(5.0, middle + half)


def _counts(group: Group) -> Counter[int | None]:
    counts: Counter[int | None] = Counter()
    for bucket in group.buckets:
        counts[bucket.key[0]] += bucket.count
    return counts


def _score_rows(group: Group) -> Iterator[Row]:
    counts = _counts(group)
    answered = sum(count for score, count in counts.items() if score is not None)
    odd = sorted(score for score in counts if score is not None and score not in SCORES)
    for score in (*SCORES, *odd):
        where = both(group.where, Compare("satisfaction", "=", score))
        share = Rate(counts[score], answered)
        yield Row({"score": str(score), "count": counts[score], "share": share}, where)
    none = both(group.where, unknown("satisfaction"))
    yield Row(
        {"score": Named("", Text("未答", "No answer")), "count": counts[None], "share": None}, none
    )


# who came of whom


@frozen
class Credit:
    """What one customer brought, by repurchase or referral (`kind`, the link's)."""

    customer_id: str
    kind: str
    brought: tuple[str, ...]
    won: int
    value: Mapping[str, Decimal] = field(hash=False)


_KINDS = {
    "referred_by": Named("referral", Text("转介绍", "Referral")),
    "repurchase_of": Named("repurchase", Text("复购", "Repurchase")),
}


Came = tuple[str, tuple[Link, ...], str, Money | None]
"""Of one customer the id, links, status and value."""


def credited(customers: Iterable[Came]) -> tuple[Credit, ...]:
    """*customers* who came of another, credited to it; who brought the most first.

    Each counts once for a kind, whatever links are repeated; a customer is not credited to itself.
    """
    brought: dict[tuple[str, str], list[tuple[str, str, Money | None]]] = {}
    for customer_id, links, status, value in customers:
        origins = {(link.id, link.kind) for link in links if link.kind in _KINDS}
        for origin in sorted(origins):
            if origin[0] != customer_id:
                brought.setdefault(origin, []).append((customer_id, status, value))
    found = []
    for (whose, kind), mine in brought.items():
        sums = Sums()
        won = [value for _, status, value in mine if status == "won"]
        for value in won:
            if value is not None:
                sums.add(value.currency, value.amount)
        ids = tuple(sorted(customer_id for customer_id, _, _ in mine))
        found.append(Credit(whose, kind, ids, len(won), sums.all()))
    return tuple(sorted(found, key=lambda c: (-len(c.brought), -c.won, c.customer_id, c.kind)))


def referrals(request: ReportRequest) -> Answer:
    """Who brought whom, and what came of it."""
    where = both(request.began(), known("links"))
    groups = request.columns(where, ("id", "links", "status", "value"))
    found = [(group, credited(group.values)) for group in groups]
    whole = both(request.where, Compare("status", "=", "won"))
    won = {customer_id for (customer_id,) in request.crm.values(whole, ("id",))}
    everybody = {c for _, mine in found for c in mine}
    titles = _titles(request, everybody)
    heads = []
    for kind, label in (
        ("repurchase_of", Text("复购率", "Repurchase rate")),
        ("referred_by", Text("转介绍率", "Referral rate")),
    ):
        who = {c.customer_id for c in everybody if c.kind == kind} & won
        heads.append(Headline(label, "share", Rate(len(who), len(won)), whole))
    return request.answer(
        REFERRALS,
        (
            column("customer", "text", "客户", "Customer"),
            column("title", "text", "名称", "Name"),
            Column("kind", Text("方式", "By", context="brought by"), "text"),
            column("count", "count", "带来", "Brought"),
            column("won", "count", "其中成交", "Won of them"),
            column("value", "money", "成交金额", "Value won"),
        ),
        [(group, (_credit_row(c, titles) for c in mine)) for group, mine in found],
        where=where,
        window=request.window(Text("首次接触于", "first contact from")),
        headlines=heads,
        bar="count",
    )


def _titles(request: ReportRequest, found: Iterable[Credit]) -> dict[str, str]:
    theirs = Compare("id", "in", tuple({credit.customer_id for credit in found}))
    named = request.crm.values(theirs, ("id", "company", "contact"))
    return {key: company or contact or key for key, company, contact in named}


def _credit_row(credit: Credit, titles: Mapping[str, str]) -> Row:
    cells = {
        "customer": credit.customer_id,
        "title": titles.get(credit.customer_id, UNKNOWN),
        "kind": _KINDS[credit.kind],
        "count": len(credit.brought),
        "won": credit.won,
        "value": Amounts(credit.value),
    }
    return Row(cells, ids=credit.brought)
