"""A share of some customers, and whether it says anything about the next one."""

from __future__ import annotations

from fractions import Fraction

from attrs import frozen

from crmcore.intervals import Interval, wilson

FEWEST = 30
"""Customers below which nothing is concluded: of 30, a share is known to within 18 points at best."""


@frozen
class Rate:
    """*part* of *whole*; `share` is what was, `chance` what may be concluded from it."""

    part: int
    whole: int

    @property
    def share(self) -> float | None:
        """The share itself, 0 to 1; None of nobody."""
        return self.part / self.whole if self.whole else None

    @property
    def interval(self) -> Interval:
        """Where the share lies with 95 % confidence (Wilson)."""
        return wilson(self.share or 0.0, self.whole)

    @property
    def enough(self) -> bool:
        """Whether there are enough of them to conclude anything."""
        return self.whole >= FEWEST

    @property
    def chance(self) -> Fraction | None:
        """The share as a probability, exactly; None where it is not known.

        All or none of however many is not taken for certainty: it says that the other outcome was
        not seen yet.
        """
        if not self.enough or self.part in (0, self.whole):
            return None
        return Fraction(self.part, self.whole)
