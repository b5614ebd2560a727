"""Days and hours between two moments of a customer: who has such a length, and what is usual."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from statistics import fmean, median
from typing import Any

from attrs import frozen

from crmcore.figures.definition import NOT_ENOUGH
from crmcore.figures.rates import FEWEST
from crmcore.wording import Text

DAY = 86_400.0
HOUR = 3_600.0

BACKWARD = Text(
    "未计入 {count} 个：两个时间前后颠倒", "{count} left out: the times are the wrong way round"
)
UNDATED = Text("未计入 {count} 个：缺时间", "{count} left out: a time is not known")


Span = tuple[datetime | None, datetime | None]
"""When something began and when it ended, None where that is unknown."""


@frozen
class Lengths:
    """Lengths of time, the shortest first; what is `undated` or ended before it began has none."""

    found: list[float]
    backward: int
    undated: int

    def cells(self) -> dict[str, Any]:
        """Count, median, mean, and how many were left out."""
        return {
            "count": len(self.found),
            "median": usual(self.found, median),
            "mean": usual(self.found, fmean),
            "left_out": self.backward + self.undated,
        }


def lengths_of(spans: Iterable[Span], unit: float = DAY) -> Lengths:
    """How long each of *spans* is, in *unit* of seconds; a length of nothing counts."""
    found: list[float] = []
    backward = undated = 0
    for start, end in spans:
        if start is None or end is None:
            undated += 1
        elif end < start:
            backward += 1
        else:
            found.append((end - start).total_seconds() / unit)
    found.sort()
    return Lengths(found, backward, undated)


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
