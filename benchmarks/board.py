"""What the board asks a store: the first page of a column, and the header's tally.

Written out again because measuring a store must not need Textual; a test holds it to the board's own.
"""

from __future__ import annotations

from crmcore.pipeline import STANDARD
from crmcore.query import Compare, Order, Query, both

ORDER = (Order("next_step_due"), Order("first_follow_up_due"), Order("value", descending=True))
PAGE = 50

WHOM = both(Compare("pipeline", "=", STANDARD.name), Compare("in_funnel", "=", True))
"""Everybody on the board."""

BY = ("stage", "status")
"""What the header counts by."""


def column(stage: str) -> Query:
    """The first page of the column *stage*."""
    return Query(both(WHOM, Compare("stage", "=", stage)), ORDER, PAGE)
