"""What was won: how many, for how much, and what a deal usually brings."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal
from statistics import median

from crmcore.customer import Customer
from crmcore.figures.amounts import Sums
from crmcore.figures.definition import Definition
from crmcore.query import Compare, Condition, both
from crmcore.reports.answer import Amounts, Answer, Row
from crmcore.reports.request import ReportRequest
from crmcore.reports.words import CLOSED, COUNT, MONEY, UNKNOWN_COUNT, WINDOW, column
from crmcore.wording import Text

WON = Definition(
    "won",
    Text("成交额", "Value won"),
    Text(
        "成交客户的金额合计、平均数与中位数，各币种分开；金额未知的不计入、单独报数",
        "The value of the won customers: sum, mean and median, each currency by itself; those of unknown "
        "value are in none of it and are told",
    ),
    Text("本漏斗的成交客户", "won customers of this pipeline"),
    WINDOW,
)


def won(request: ReportRequest) -> Answer:
    """Sum, mean and median of what was won."""
    where = both(request.closed(), Compare("status", "=", "won"))
    groups = request.groups(where, ("value",))
    return request.answer(
        WON,
        (
            COUNT,
            MONEY,
            column("mean", "money", "平均", "Mean"),
            column("median", "money", "中位数", "Median"),
            UNKNOWN_COUNT,
        ),
        [(group, [row_of(group.people, group.where)]) for group in groups],
        where=where,
        window=request.window(CLOSED),
        bar="count",
    )


def row_of(customers: Iterable[Customer], where: Condition) -> Row:
    """What *customers*, who are those *where* holds for, are worth: mean and median to the cent."""
    sums, amounts, count, unknown = Sums(), dict[str, list[Decimal]](), 0, 0
    for customer in customers:
        count += 1
        value = customer.value
        if value is None:
            unknown += 1
            continue
        sums.add(value.currency, value.amount)
        amounts.setdefault(value.currency, []).append(value.amount)
    total = sums.all()
    cells = {
        "count": count,
        "value": Amounts(total),
        "mean": Amounts({code: _cents(total[code] / len(of)) for code, of in amounts.items()}),
        "median": Amounts({code: _cents(median(of)) for code, of in amounts.items()}),
        "unknown": unknown,
    }
    return Row(cells, where)


def _cents(amount: Decimal) -> Decimal:
    rounded = (
        amount.quantize(Decimal("0.01"), ROUND_HALF_UP) if amount < Decimal(10) ** 20 else amount
    )
    whole = rounded.to_integral_value()
    return whole if whole == rounded else rounded
