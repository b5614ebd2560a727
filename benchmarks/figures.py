"""What is measured, in which unit, against what; and the figures themselves."""

from __future__ import annotations

from collections.abc import Iterable
from statistics import median
from typing import Literal

from attrs import frozen

from benchmarks.baselines import RawFile, Sqlite3
from benchmarks.opening import PARSING

Unit = Literal["seconds", "per second", "bytes"]


@frozen
class Measure:
    """One thing measured. `against` is the contender that the others' ratios are to, if any."""

    key: str
    title: str
    unit: Unit = "seconds"
    against: str = ""


MEASURES = (
    Measure("update", "Commit, one changed customer", against=RawFile.name),
    Measure("small update", "… of 1,000 customers, in the same rounds", against=RawFile.name),
    Measure("create", "Commit, one new customer", against=RawFile.name),
    Measure("small create", "… of 1,000 customers, in the same rounds", against=RawFile.name),
    Measure("edit", "`Crm.edit`, the whole way", against=RawFile.name),
    Measure("add", "`Crm.add`, the whole way", against=RawFile.name),
    Measure("bulk", "All customers in one commit", "per second"),
    Measure("get", "Get by id", against=Sqlite3.name),
    Measure("find", "Board column's first page, after a commit"),
    Measure("tally", "Board header's tally, after a commit"),
    Measure("first find", "First page, as the first question after opening"),
    Measure("first tally", "Tally, as the first question after opening"),
    Measure("open", "Opening", against=PARSING),
    Measure("import", "Importing what opens it, once in a process"),
    Measure("memory", "Memory, open and the board asked", "bytes", against="snapshot"),
    Measure("peak", "Memory at its peak", "bytes", against="snapshot"),
    Measure("snapshot", "Snapshot file", "bytes"),
)

_LIKE = {"small update": "update", "edit": "update", "small create": "create", "add": "create"}
"""Whose limit holds for commits that the raw file does not make apart."""


@frozen
class Figure:
    """The median of one measure, of one contender with *size* customers."""

    measure: str
    contender: str
    size: int
    value: float


class Figures:
    """All that was measured; safe to ask for what was not."""

    def __init__(self, figures: Iterable[Figure]) -> None:
        self._known = {(f.measure, f.contender, f.size): f.value for f in figures}

    @property
    def sizes(self) -> tuple[int, ...]:
        """The sizes measured, smallest first."""
        return tuple(sorted({size for _, _, size in self._known}))

    def contenders(self, measure: str) -> tuple[str, ...]:
        """Who took part in *measure*, in the order they were measured."""
        return tuple(dict.fromkeys(who for what, who, _ in self._known if what == measure))

    def value(self, measure: str, contender: str, size: int) -> float | None:
        """The median, None when it was not measured."""
        return self._known.get((measure, contender, size))

    def ratio(self, measure: Measure, contender: str, size: int) -> float | None:
        """The median as a multiple of what the measure is against, None for that itself."""
        own = self.value(measure.key, contender, size)
        if measure.against == "snapshot":
            base = self.value("snapshot", contender, size)
        else:
            base = self._base(measure, contender, size)
        return own / base if own is not None and base else None

    def _base(self, measure: Measure, contender: str, size: int) -> float | None:
        other = measure.against.format(contender)
        if contender == other:
            return None
        return self.value(_LIKE.get(measure.key, measure.key), other, size)


def medians(measure: str, contender: str, size: int, taken: list[float]) -> list[Figure]:
    """The figure of what was taken; none of nothing."""
    return [Figure(measure, contender, size, median(taken))] if taken else []


def named(key: str) -> Measure:
    """The measure *key*."""
    return next(measure for measure in MEASURES if measure.key == key)
