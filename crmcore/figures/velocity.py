"""How much does the funnel bring in a day?"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction

from attrs import field, frozen

from crmcore.figures.chances import WinRate
from crmcore.figures.cycle import Cycle
from crmcore.figures.definition import Definition
from crmcore.figures.rates import FEWEST
from crmcore.query import Compare, Condition, both, known
from crmcore.wording import Text

VELOCITY = Definition(
    "velocity",
    Text("漏斗速度（每天）", "Velocity (a day)"),
    Text(
        "进行中且金额已知的客户数 × 平均金额 × 成交率 ÷ 平均成交周期天数，各币种分开，为每天的金额；"
        "成交率或周期的样本不足 {fewest} 个时不下结论",
        "Open customers of known value × their mean value × win rate ÷ mean days of the cycle, each "
        "currency by itself: money a day. Nothing is concluded where the win rate or the cycle rest on "
        "fewer than {fewest}",
    ).with_(fewest=FEWEST),
    Text(
        "本漏斗的进行中客户；成交率与周期取自已结束的客户",
        "open customers of this pipeline; win rate and cycle from closed ones",
    ),
    Text("现在的客户，有记录以来的历史", "customers as of now, all history on record"),
)


@frozen
class Velocity:
    """Money a day by currency; None where there is not enough history."""

    a_day: Mapping[str, Decimal] | None = field(hash=False)
    where: Condition
    definition: Definition = field(default=VELOCITY)


def velocity(
    open_value: Mapping[str, Decimal], rate: WinRate, cycle: Cycle, where: Condition
) -> Velocity:
    """From the value of the open customers *where* holds, by currency."""
    theirs = both(where, Compare("status", "=", "open"), known("value"))
    chance, days = rate.rate.chance, cycle.mean
    if chance is None or not cycle.enough or not days:
        return Velocity(None, theirs)
    share = chance / Fraction(days)
    return Velocity({code: _cents(amount, share) for code, amount in open_value.items()}, theirs)


def _cents(amount: Decimal, share: Fraction) -> Decimal:
    exact = Fraction(amount) * share * 100
    return Decimal(round(exact)).scaleb(-2)
