"""What a scorecard is."""

from __future__ import annotations

import hashlib
import json
from functools import cached_property

import attrs
from attrs import frozen

from crmcore.query import Compare
from crmcore.wording import Text


@frozen
class Band:
    """The values that meet `test` get `points`, for the `reason`. Without a test: all the rest."""

    test: Compare | None
    points: float
    reason: Text


@frozen
class Rule:
    """What one field is worth; the first band that fits speaks, the last one has no test."""

    key: str
    field: str
    label: Text
    bands: tuple[Band, ...]

    @property
    def best(self) -> float:
        """The points of its best case."""
        return max(band.points for band in self.bands)


@frozen
class Threshold:
    """The points a grade begins at."""

    grade: str
    points: float


@frozen(slots=False)
class Scorecard:
    """Rules and thresholds (highest first); below the last threshold is `lowest`.

    Without `industries` it serves every industry.
    """

    name: str
    version: str
    label: Text
    rules: tuple[Rule, ...]
    thresholds: tuple[Threshold, ...]
    lowest: str
    industries: tuple[str, ...] = ()

    def grade(self, points: float) -> str:
        """The grade of so many points."""
        for threshold in self.thresholds:
            if points >= threshold.points:
                return threshold.grade
        return self.lowest

    @cached_property
    def digest(self) -> str:
        """SHA-256 of what the card says, however its file is laid out and commented."""
        content = json.dumps(
            attrs.asdict(self),
            ensure_ascii=False,
            sort_keys=True,
            separators=(",", ":"),
            default=str,
        )
        return hashlib.sha256(content.encode("utf-8", "surrogatepass")).hexdigest()
