"""What a report tells of the customers who share a value: an owner's, a source's."""

from __future__ import annotations

from typing import Any

from crmcore.figures.breakdown import Part
from crmcore.reports.answer import Amounts
from crmcore.reports.request import UNKNOWN
from crmcore.reports.words import column

OPEN_CELLS = (
    column("open", "count", "进行中", "Open"),
    column("open_value", "money", "进行中金额", "Open value"),
)
CLOSED_CELLS = (
    column("won", "count", "成交", "Won"),
    column("won_value", "money", "成交金额", "Value won"),
    column("lost", "count", "流失", "Lost"),
    column("rate", "share", "成交率", "Win rate"),
)


def cells_of(part: Part, key: str) -> dict[str, Any]:
    """The cells of `OPEN_CELLS` and `CLOSED_CELLS`, and *key*, the value that is shared."""
    return {
        key: UNKNOWN if part.name is None else part.name,
        "open": part.open.count,
        "open_value": Amounts(part.open.values),
        "won": part.won.count,
        "won_value": Amounts(part.won.values),
        "lost": part.lost,
        "rate": part.win_rate,
    }
