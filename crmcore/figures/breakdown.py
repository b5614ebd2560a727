"""Who, and which source, has and brings how much?"""

from __future__ import annotations

from collections.abc import Iterable

from attrs import frozen

from crmcore.figures.definition import ALL_TIME, Definition
from crmcore.figures.rates import FEWEST, Rate
from crmcore.funnel import Standing, together
from crmcore.query import Bucket, Compare, Condition, both, unknown
from crmcore.wording import Text

_EVERYBODY = Text("本漏斗的客户，无效线索除外", "customers of this pipeline, invalid ones left out")
_SAME = Text(
    "进行中的客户数与金额、成交的客户数与金额，以及已结束客户的成交率；"
    "已结束的不足 {fewest} 个时不给成交率，只报个数。名称不同即分开计",
    "Customers and value that are open, customers and value that were won, and the share of the closed "
    "that was won; with fewer than {fewest} closed no share is told, only the counts. Names that differ "
    "count apart",
).with_(fewest=FEWEST)
OWNERS = Definition("owners", Text("负责人", "Owners"), _SAME, _EVERYBODY, ALL_TIME)
SOURCES = Definition("sources", Text("来源渠道", "Sources"), _SAME, _EVERYBODY, ALL_TIME)


@frozen
class Part:
    """The customers who share one value of a field, None for those without one."""

    name: str | None
    open: Standing
    won: Standing
    lost: int
    where: Condition

    @property
    def win_rate(self) -> Rate:
        """Of their closed customers, those who were won."""
        return Rate(self.won.count, self.won.count + self.lost)


@frozen
class Breakdown:
    """The parts, those with the most won customers first."""

    field: str
    parts: tuple[Part, ...]
    definition: Definition


def breakdown(
    key: str, definition: Definition, where: Condition, buckets: Iterable[Bucket]
) -> Breakdown:
    """From a tally by (*key*, status) of those *where* holds."""
    rows: dict[str | None, list[Bucket]] = {}
    for bucket in buckets:
        if bucket.key[1] in ("open", "won", "lost"):
            rows.setdefault(bucket.key[0], []).append(bucket)
    parts = [_part(key, name, where, mine) for name, mine in rows.items()]
    parts.sort(key=lambda p: (p.name is None, -p.won.count, -p.open.count, p.name or ""))
    return Breakdown(key, tuple(parts), definition)


def _part(key: str, name: str | None, where: Condition, buckets: list[Bucket]) -> Part:
    def standing(status: str) -> Standing:
        return together(bucket for bucket in buckets if bucket.key[1] == status)

    mine = unknown(key) if name is None else Compare(key, "=", name)
    chance = Compare("status", "in", ("open", "won", "lost"))
    return Part(
        name, standing("open"), standing("won"), standing("lost").count, both(where, mine, chance)
    )
