"""What a scorecard is."""

from __future__ import annotations

import hashlib
import json
from functools import cached_property
from typing import Any

import attrs
from attrs import frozen

from crmcore.wording import Text

DECIMALS = 6
"""Places behind the point that points may have; sums are rounded to them and so stay exact."""


@frozen
class Condition:
    """What a band asks of a value: a word such as `at_least`, and what it is compared with.

    Amounts are Money, numbers of sheets' own fields Decimal, days whole numbers, `in` a tuple.
    """

    word: str
    value: Any


@frozen
class Band:
    """The values that meet `test` get `points`, for the `reason`. Without a test: all the rest."""

    test: Condition | None
    points: float
    reason: Text

    @property
    def for_unknown(self) -> bool:
        """Whether it speaks for customers whose value is not known."""
        return self.test is not None and self.test.word == "unknown"


@frozen
class Dimension:
    """A group of rules, such as what the customer can pay."""

    key: str
    label: Text


@frozen
class Rule:
    """What one field is worth; the first band that fits speaks, the last one has no test."""

    key: str
    field: str
    label: Text
    bands: tuple[Band, ...]
    dimension: str = ""

    @property
    def known(self) -> tuple[Band, ...]:
        """The bands for known values."""
        return tuple(band for band in self.bands if not band.for_unknown)

    @property
    def unknown(self) -> Band | None:
        """The band for an unknown value; without one the rule cannot speak then."""
        return next((band for band in self.bands if band.for_unknown), None)

    @property
    def best(self) -> float:
        """The points of its best case."""
        return max(band.points for band in self.bands)

    @property
    def reach(self) -> float:
        """How many points lie between its worst and its best known value."""
        points = [band.points for band in self.known]
        return max(points) - min(points)


@frozen
class Threshold:
    """The points a grade begins at, and the days within which its customers should close."""

    grade: str
    points: float
    within_days: int


@frozen(slots=False)
class Scorecard:
    """Rules and thresholds (highest first); below the last threshold is `lowest`.

    Without `industries` it serves every industry, without `pipelines` every pipeline.
    """

    name: str
    version: str
    label: Text
    rules: tuple[Rule, ...]
    thresholds: tuple[Threshold, ...]
    lowest: str
    industries: tuple[str, ...] = ()
    pipelines: tuple[str, ...] = ()
    dimensions: tuple[Dimension, ...] = ()
    currency: str = "CNY"

    @property
    def best(self) -> float:
        """The points of the best case of all rules."""
        return round(sum(rule.best for rule in self.rules), DECIMALS)

    def grade(self, points: float) -> str:
        """The grade of so many points."""
        for threshold in self.thresholds:
            if points >= threshold.points:
                return threshold.grade
        return self.lowest

    @cached_property
    def digest(self) -> str:
        """SHA-256 of what the card says, its base included, however its files are laid out."""
        content = json.dumps(
            attrs.asdict(self),
            ensure_ascii=False,
            sort_keys=True,
            separators=(",", ":"),
            default=str,
        )
        return hashlib.sha256(content.encode("utf-8", "surrogatepass")).hexdigest()
