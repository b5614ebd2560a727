"""Who carries how much, and is it fairly shared?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta

from crmcore.figures.attention import overdue, stale
from crmcore.figures.breakdown import OWNERS, breakdown
from crmcore.figures.definition import Definition
from crmcore.figures.progress import CHANCES
from crmcore.query import Bucket, Compare, Whether, both
from crmcore.reports.answer import Answer, Headline, Row
from crmcore.reports.parts import CLOSED_CELLS, OPEN_CELLS, cells_of
from crmcore.reports.request import Group, ReportRequest
from crmcore.reports.words import BEGAN, NO_INVALID, WINDOW, column
from crmcore.wording import Text

RECENT = timedelta(days=30)
LOAD = Definition(
    "owners",
    OWNERS.label,
    Text(
        "{owners}。另列逾期、停滞、最近 30 天新分到的客户数。公平指数是进行中客户数在有客户的负责人之间的 Jain 指数："
        "1 为人人一样多，1/人数 为全在一人手里；只有一个负责人时没有指数",
        "{owners}. Beside them those overdue, those stale, and those given to the owner within "
        "the last 30 days. Fairness is Jain's index of the open customers over the owners who have any: 1 is "
        "the same for all, 1/n everything with one of n; of a single owner there is none",
    ).with_(owners=OWNERS.meaning),
    NO_INVALID,
    WINDOW,
)


def fairness(loads: Iterable[int]) -> float | None:
    """How evenly *loads* are shared: 1 is evenly, 1/n all with one of n; None of fewer than two.

    R. Jain, D. Chiu, W. Hawe, DEC Research Report TR-301 (1984).

    >>> fairness([10, 10]), fairness([4, 0, 0, 0]), fairness([7])
    (1.0, 0.25, None)
    """
    found = list(loads)
    squares = sum(load * load for load in found)
    if len(found) < 2 or not squares:
        return None
    return sum(found) ** 2 / (len(found) * squares)


def owners(request: ReportRequest) -> Answer:
    """What each owner has open, won and lost, what lies about, and how evenly it is shared."""
    where = both(request.began(), Compare("status", "in", CHANCES))
    now, zone = request.now, request.zone
    new = both(Compare("assigned_at", ">", now - RECENT), Compare("assigned_at", "<=", now))
    more = {
        "overdue": overdue(now, zone),
        "stale": stale(request.pipeline, now, zone),
        "new": both(Compare("status", "=", "open"), new),
    }
    groups = request.tallied(where, ("owner", "status", *map(Whether, more.values())))

    def rows(group: Group) -> Iterator[Row]:
        counts = {
            key: _by_owner(b for b in group.buckets if b.key[place])
            for place, key in enumerate(more, 2)
        }
        for part in breakdown("owner", OWNERS, group.where, group.buckets).parts:
            mine = {key: found[part.name] for key, found in counts.items()}
            yield Row(cells_of(part, "owner") | mine, part.where)

    heads = () if request.by else _heads(groups[0].buckets)
    return request.answer(
        LOAD,
        (
            column("owner", "text", "负责人", "Owner"),
            *OPEN_CELLS,
            column("overdue", "count", "逾期", "Overdue"),
            column("stale", "count", "停滞", "Stale"),
            column("new", "count", "30 天内分到", "Given in 30 days"),
            *CLOSED_CELLS,
        ),
        [(group, rows(group)) for group in groups],
        where=where,
        window=request.window(BEGAN),
        headlines=heads,
        bar="open",
    )


def _by_owner(buckets: Iterable[Bucket]) -> Counter[str | None]:
    counts: Counter[str | None] = Counter()
    for bucket in buckets:
        counts[bucket.key[0]] += bucket.count
    return counts


def _heads(buckets: Sequence[Bucket]) -> tuple[Headline, ...]:
    owned = (b for b in buckets if b.key[1] == "open" and b.key[0] is not None)
    loads = list(_by_owner(owned).values())
    index = fairness(loads)
    only = Text("不足两个负责人", "fewer than two owners")
    return (
        Headline(Text("有客户的负责人", "Owners with open customers"), "count", len(loads)),
        Headline(
            Text("公平指数（1 为均分）", "Fairness (1 is even)"),
            "number",
            only if index is None else index,
        ),
    )
