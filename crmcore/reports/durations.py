"""Days and hours between two moments of a customer: who has such a length, and what is usual."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from statistics import fmean, median
from typing import Any

from attrs import Factory, define

from crmcore.figures.definition import NOT_ENOUGH
from crmcore.figures.rates import FEWEST
from crmcore.wording import Text

DAY = 86_400.0
HOUR = 3_600.0

BACKWARD = Text(
    "未计入 {count} 个：两个时间前后颠倒", "{count} left out: the times are the wrong way round"
)
UNDATED = Text("未计入 {count} 个：缺时间", "{count} left out: a time is not known")


@define
class Lengths:
    """Lengths of time taken in one by one; a length of nothing counts, one below it cannot be."""

    unit: float = DAY
    found: list[float] = Factory(list)
    backward: int = 0
    undated: int = 0

    def add(self, start: datetime | None, end: datetime | None) -> None:
        """Take in the time from *start* to *end*."""
        self.add_all([(start, end)])

    def add_all(self, spans: Iterable[tuple[datetime | None, datetime | None]]) -> None:
        """Take in the times from the first to the second of each of *spans*."""
        unit, put = self.unit, self.found.append
        for start, end in spans:
            if start is None or end is None:
                self.undated += 1
            elif end < start:
                self.backward += 1
            else:
                put((end - start).total_seconds() / unit)

    def cells(self) -> dict[str, Any]:
        """Count, median, mean, and how many were left out."""
        return {
            "count": len(self.found),
            "median": usual(self.found, median),
            "mean": usual(self.found, fmean),
            "left_out": self.backward + self.undated,
        }


def usual(lengths: Sequence[float], how: Any) -> float | Text | None:
    """*how* of *lengths*; of too few to conclude anything it says so, None of none."""
    if not lengths:
        return None
    return float(how(lengths)) if len(lengths) >= FEWEST else NOT_ENOUGH


def left_out(several: Iterable[Lengths]) -> tuple[Text, ...]:
    """Who was left out of *several*, and why."""
    all_of = list(several)
    notes = []
    for count, why in (
        (sum(one.undated for one in all_of), UNDATED),
        (sum(one.backward for one in all_of), BACKWARD),
    ):
        if count:
            notes.append(why.with_(count=count))
    return tuple(notes)
