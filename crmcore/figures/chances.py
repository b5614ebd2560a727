"""How likely is a customer in this stage to be won, going by the team's own history?"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from attrs import field, frozen

from crmcore.figures.definition import ALL_TIME, Definition
from crmcore.figures.progress import Progress
from crmcore.figures.rates import FEWEST, Rate
from crmcore.query import Compare, Condition, both
from crmcore.wording import Text

_CLOSED = Text(
    "本漏斗中已成交或流失的客户，无效线索除外",
    "won and lost customers of this pipeline, invalid ones left out",
)

WIN_PROBABILITY = Definition(
    "win_probability",
    Text("阶段赢率 p", "Win probability p"),
    Text(
        "到过该阶段且已结束的客户中成交的占比，附 Wilson 95% 区间。"
        "结束的不足 {fewest} 个、或全部成交、或全部流失时 p 未知，不当作 0 或 1",
        "Of the closed customers who ever reached the stage, the share that was won, with its Wilson 95 % "
        "interval. With fewer than {fewest} of them, or when all or none were won, p is unknown: "
        "never 0, never 1",
    ).with_(fewest=FEWEST),
    _CLOSED,
    ALL_TIME,
)
WIN_RATE = Definition(
    "win_rate",
    Text("成交率", "Win rate"),
    Text(
        "已结束的客户中成交的占比，附 Wilson 95% 区间；不足 {fewest} 个时不下结论",
        "Of the closed customers, the share that was won, with its Wilson 95 % interval; of fewer than "
        "{fewest} nothing is concluded",
    ).with_(fewest=FEWEST),
    _CLOSED,
    ALL_TIME,
)


@frozen
class Chances:
    """The win rate of those who reached each stage, by its key."""

    rates: Mapping[str, Rate] = field(hash=False)
    definition: Definition = field(default=WIN_PROBABILITY)

    def of(self, stage: str) -> Fraction | None:
        """The probability that a customer who stands in *stage* is won; None when unknown."""
        rate = self.rates.get(stage)
        return None if rate is None else rate.chance


@frozen
class WinRate:
    """How many of the closed customers *where* holds were won."""

    rate: Rate
    where: Condition
    definition: Definition = field(default=WIN_RATE)


def chances(progress: Progress) -> Chances:
    """The win probability of each stage."""
    return Chances(
        {row.stage: Rate(row.ever_won, row.ever_won + row.ever_lost) for row in progress.stages}
    )


def win_rate(progress: Progress) -> WinRate:
    """The share of the closed that was won."""
    first = progress.stages[0]
    closed = Compare("status", "in", ("won", "lost"))
    rate = Rate(first.ever_won, first.ever_won + first.ever_lost)
    return WinRate(rate, both(progress.where, closed))
