"""The funnel at this moment: how many customers stand where, and what they are worth."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal

from attrs import frozen

from crmcore.figures.amounts import EXACT
from crmcore.money import Money
from crmcore.pipeline import Pipeline
from crmcore.query import Bucket
from crmcore.wording import Text

DEFINITION = Text(
    "各阶段的客户数与金额：流失和无效的客户不计入阶段；金额为成交价，否则最近方案报价，否则预算中值，"
    "未知的不计入总额、另列",
    "Customers and value per stage now. Lost and invalid ones count in no stage. Value is the agreed "
    "price, else the last proposal's, else the middle of the budget; unknown values are listed apart",
)


@frozen
class Standing:
    """Some customers taken together: their number, value by currency, and how many of unknown value."""

    count: int
    values: Mapping[str, Decimal]
    unknown_value: int

    def money(self) -> tuple[Money, ...]:
        """The value, one amount a currency."""
        return tuple(Money(amount, code) for code, amount in sorted(self.values.items()))


@frozen
class Funnel:
    """A snapshot of one pipeline: by stage (lost and invalid left out) and by status (everybody)."""

    pipeline: Pipeline
    revision: int
    stages: Mapping[str, Standing]
    statuses: Mapping[str, Standing]
    total: int


def together(buckets: Iterable[Bucket]) -> Standing:
    """The sum of *buckets*."""
    count, unknown, values = 0, 0, dict[str, Decimal]()
    for bucket in buckets:
        count += bucket.count
        unknown += bucket.unknown_value
        for code, amount in bucket.values.items():
            values[code] = EXACT.add(values.get(code, Decimal(0)), amount)
    return Standing(count, values, unknown)


def snapshot(pipeline: Pipeline, buckets: Iterable[Bucket], revision: int) -> Funnel:
    """The funnel of *pipeline* from a tally by (stage, status)."""
    rows = list(buckets)
    statuses = ("open", "won", "lost", "invalid")
    return Funnel(
        pipeline,
        revision,
        {
            stage.key: together(
                row for row in rows if row.key[0] == stage.key and row.key[1] in ("open", "won")
            )
            for stage in pipeline.stages
        },
        {status: together(row for row in rows if row.key[1] == status) for status in statuses},
        sum(row.count for row in rows),
    )
