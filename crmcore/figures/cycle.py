"""How long does it take from the first contact to the signature?"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from statistics import fmean, median

from attrs import field, frozen

from crmcore.customer import Customer
from crmcore.figures.definition import ALL_TIME, Definition
from crmcore.figures.rates import FEWEST
from crmcore.query import Compare, Condition, both, known
from crmcore.wording import Text

CYCLE = Definition(
    "cycle",
    Text("成交周期", "Sales cycle"),
    Text(
        "首次接触到客户签署的天数：中位数与平均数。任一时间未知、或签署早于首次接触的不计入、单独报数；"
        "不足 {fewest} 个时不下结论",
        "Days from the first contact to the customer's signature: median and mean. Where either is "
        "unknown, or the signature comes first, it is left out and told; of fewer than {fewest} nothing "
        "is concluded",
    ).with_(fewest=FEWEST),
    Text("本漏斗的成交客户", "won customers of this pipeline"),
    ALL_TIME,
)


@frozen
class Cycle:
    """The days of `count` won customers; `left_out` more have no such days."""

    count: int
    median: float | None
    mean: float | None
    left_out: int
    where: Condition
    definition: Definition = field(default=CYCLE)

    @property
    def enough(self) -> bool:
        """Whether there are enough of them to conclude anything."""
        return self.count >= FEWEST


class Timing:
    """Takes in customers one by one; those who are not won do not count."""

    def __init__(self, where: Condition) -> None:
        won = Compare("status", "=", "won")
        self._where = both(where, won, known("first_contact_at"), known("contract_signed_at"))
        self._days: list[float] = []
        self._left_out = 0

    def add(self, customer: Customer) -> None:
        """Count *customer* in."""
        if customer.status == "won":
            self.add_won(customer.first_contact_at, customer.contract_signed_at)

    def add_won(self, begun: datetime | None, signed: datetime | None) -> None:
        """Count a won customer in."""
        if begun is None or signed is None or signed < begun:
            self._left_out += 1
        else:
            self._days.append((signed - begun).total_seconds() / 86_400)

    def result(self) -> Cycle:
        """What was counted."""
        days = self._days
        middle, mean = (median(days), fmean(days)) if days else (None, None)
        return Cycle(len(days), middle, mean, self._left_out, self._where)


def cycle(customers: Iterable[Customer], where: Condition) -> Cycle:
    """The cycle of *customers*, who are those that *where* holds."""
    timing = Timing(where)
    for customer in customers:
        timing.add(customer)
    return timing.result()
