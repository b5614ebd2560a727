"""What may be won, and when: the open customers' value, plain and weighted, by expected month."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, tzinfo
from decimal import Decimal
from typing import Any, Literal

from attrs import define, field, frozen

from crmcore.customer import Customer
from crmcore.exchangerates import APART, ExchangeRates
from crmcore.figures.amounts import EXACT, Sums, weigh
from crmcore.figures.chances import Chances
from crmcore.figures.definition import Definition
from crmcore.money import Money
from crmcore.query import Compare, Condition, Or, both, unknown
from crmcore.wording import Text

FORECAST = Definition(
    "forecast",
    Text("加权预测", "Weighted forecast"),
    Text(
        "每个进行中客户的金额 × 所在阶段的赢率 p，逐个客户取整后相加，各币种分开，按预计成交月份列出。"
        "p 未知的客户不计入加权、单独报数；金额未知的不计入任何金额、单独报数",
        "The value of each open customer × the win probability p of the stage it stands in, rounded per "
        "customer and then added up, each currency by itself, by the month of the expected close. "
        "Customers whose p is unknown are not weighted and are told; those of unknown value are in no "
        "amount and are told",
    ),
    Text("本漏斗的进行中客户", "open customers of this pipeline"),
    Text(
        "现在的客户；p 取自有记录以来的全部历史",
        "customers as of now; p from all history on record",
    ),
)
STAGE_WEIGHT = Definition(
    "stage_weight",
    Text("阶段加权金额", "Weighted value of a stage"),
    Text(
        "看板列头：该列进行中客户金额合计 × 该阶段的赢率 p，按合计取整一次，各币种分开；"
        "与逐个客户取整的加权预测相差不超过每客户半个单位。p 未知时显示 p?",
        "Above a column of the board: the total value of its open customers × the stage's win probability "
        "p, rounded once for the total, each currency by itself; it differs from the forecast, which "
        "rounds per customer, by at most half a unit a customer. Where p is unknown it says p?",
    ),
    Text("该列显示的进行中客户（随筛选变化）", "the open customers of the column, as filtered"),
    Text(
        "现在的客户；p 取自有记录以来的全部历史",
        "customers as of now; p from all history on record",
    ),
)

When = Literal["past", "month", "later", "unknown"]
MONTHS = 12
"""How many months are told apart, this one included."""

_ALL_OF = -(Decimal(10) ** 18 - 1)
"""Less than any amount of money, so that a comparison with it asks for the currency alone."""


@frozen
class ForecastRow:
    """One month and currency: customers of known value, their value, and what it weighs.

    `when` is "past" for dates that are over, "later" for those beyond the months that are told apart;
    `month` is the month's first moment, None unless `when` is "month".
    Of the customers, `no_chance` have no known p and weigh nothing here.
    """

    when: When
    month: datetime | None
    currency: str
    customers: int
    plain: Decimal
    weighted: Decimal
    no_chance: int
    where: Condition

    @property
    def known(self) -> bool:
        """Whether anybody's p is known."""
        return self.no_chance < self.customers


@frozen
class Forecast:
    """The rows by time and currency; their totals by currency; who could not be counted."""

    rows: tuple[ForecastRow, ...]
    plain: Mapping[str, Decimal] = field(hash=False)
    weighted: Mapping[str, Decimal] = field(hash=False)
    customers: int
    no_chance: int
    unknown_value: int
    where: Condition
    definition: Definition = field(default=FORECAST)


@define
class _Cell:
    customers: int = 0
    plain: Decimal = Decimal(0)
    weighted: Decimal = Decimal(0)
    weighed: int = 0
    no_chance: int = 0


@define
class _Alike:
    """Customers of one stage and time, worth one and the same amount."""

    value: Money
    customers: int = 1


_Key = tuple[When, datetime | None, str]


class Forecasting:
    """Takes in customers one by one; those who are not open do not count."""

    def __init__(
        self,
        where: Condition,
        chances: Chances,
        now: datetime,
        zone: tzinfo,
        rates: ExchangeRates = APART,
    ) -> None:
        self._rates = rates
        self._where = both(where, Compare("status", "=", "open"))
        self._chances = chances
        self._today = now.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
        first = self._today.replace(day=1)
        self._months = tuple(_months_on(first, count) for count in range(MONTHS))
        self._end = _months_on(first, MONTHS)
        # In UTC, as customers' moments are: a comparison then asks no time zone anything.
        edges = (self._today, *self._months[1:], self._end)
        self._edges = [edge.astimezone(UTC) for edge in edges]
        self._alike: dict[tuple[str, int | None, int], _Alike] = {}
        self._customers = self._unknown = 0
        self._weights: dict[tuple[str, int | str, Decimal], Decimal | None] = {}

    def add(self, customer: Customer) -> None:
        """Count *customer* in."""
        if customer.status == "open":
            self.add_open(customer.stage, customer.value, customer.expected_close_at)

    def add_open(self, stage: str, value: Money | None, expected: datetime | None) -> None:
        """Count an open customer in."""
        self.add_all([(stage, value, expected)])

    def add_all(self, customers: Sequence[tuple[Any, ...]]) -> None:
        """Count open customers in, of each the stage, the value and when the close is expected."""
        self._customers += len(customers)
        values = {id(value): value for _, value, _ in customers}
        alike = Counter(
            (stage, None if expected is None else bisect_right(self._edges, expected), id(value))
            for stage, value, expected in customers
        )
        # One and the same amount, as stores that read columns give it, is worked out once.
        for key, count in alike.items():
            value = values[key[-1]]
            if value is None:
                self._unknown += count
            elif key in self._alike:
                self._alike[key].customers += count
            else:
                self._alike[key] = _Alike(value, count)

    def _cells(self) -> dict[_Key, _Cell]:
        cells: dict[_Key, _Cell] = {}
        for (stage, place, _), alike in self._alike.items():
            value, count = self._rates.converted(alike.value), alike.customers
            cell = cells.setdefault((*self._when(place), value.currency), _Cell())
            cell.customers += count
            cell.plain = EXACT.add(cell.plain, EXACT.multiply(value.amount, count))
            weighted = self._weighted_value(stage, value)
            if weighted is None:
                cell.no_chance += count
                continue
            cell.weighted = EXACT.add(cell.weighted, EXACT.multiply(weighted, count))
            cell.weighed += count
        return cells

    def _weighted_value(self, stage: str, value: Money) -> Decimal | None:
        # Many customers are worth the same: exact fractions are worked out once for each amount.
        key = (stage, value.amount.as_tuple().exponent, value.amount)
        if key not in self._weights:
            chance = self._chances.of(stage)
            self._weights[key] = None if chance is None else weigh(value.amount, chance)
        return self._weights[key]

    def _when(self, place: int | None) -> tuple[When, datetime | None]:
        if place is None:
            return "unknown", None
        if place == 0:
            return "past", None
        return ("month", self._months[place - 1]) if place <= MONTHS else ("later", None)

    def result(self) -> Forecast:
        """What was counted."""
        cells = self._cells()
        places = {"past": 0, "month": 1, "later": 2, "unknown": 3}
        keys = sorted(cells, key=lambda key: (places[key[0]], key[1] or self._today, key[2]))
        rows = tuple(self._row(*key, cells[key]) for key in keys)
        plain, weighted = Sums(), Sums()
        for (_, _, currency), cell in cells.items():
            plain.add(currency, cell.plain)
            if cell.weighed:
                weighted.add(currency, cell.weighted)
        no_chance = sum(cell.no_chance for cell in cells.values())
        return Forecast(
            rows, plain.all(), weighted.all(), self._customers, no_chance,
            self._unknown, self._where,
        )  # fmt: skip

    def _row(self, when: When, month: datetime | None, currency: str, cell: _Cell) -> ForecastRow:
        where = both(self._where, self._then(when, month), _valued_in(self._rates.become(currency)))
        return ForecastRow(
            when, month, currency, cell.customers, cell.plain, cell.weighted, cell.no_chance, where
        )

    def _then(self, when: When, month: datetime | None) -> Condition:
        if when == "unknown":
            return unknown("expected_close_at")
        if when == "past":
            return Compare("expected_close_at", "<", self._today)
        if month is None:
            return Compare("expected_close_at", ">=", self._end)
        return both(
            Compare("expected_close_at", ">=", max(month, self._today)),
            Compare("expected_close_at", "<", _months_on(month, 1)),
        )


def _months_on(month: datetime, count: int) -> datetime:
    years, place = divmod(month.month - 1 + count, 12)
    return month.replace(year=month.year + years, month=place + 1)


def _valued_in(currencies: Sequence[str]) -> Condition:
    ways = tuple(Compare("value", ">=", Money(_ALL_OF, code)) for code in currencies)
    return ways[0] if len(ways) == 1 else Or(ways)


def forecast(
    customers: Iterable[Customer],
    where: Condition,
    chances: Chances,
    now: datetime,
    zone: tzinfo,
) -> Forecast:
    """The forecast of *customers*, who are those that *where* holds."""
    counting = Forecasting(where, chances, now, zone)
    for customer in customers:
        counting.add(customer)
    return counting.result()
