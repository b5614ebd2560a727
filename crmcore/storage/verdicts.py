"""What conditions say of very many at once, and which fields they look at."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from crmcore.query import And, Bins, By, Compare, Condition, Not, Or, Whether
from crmcore.storage.coded import bits

OF_MOMENTS = ("=", "<", "<=", ">", ">=")
"""How moments are compared."""


class Verdicts(NamedTuple):
    """For whom a condition is true, and for whom false: numbers that have a byte, 1 or 0, for each."""

    true: int
    false: int


def of_moments(column: Sequence[datetime | None], known: int, op: str, limit: datetime) -> Verdicts:
    """Of moments in UTC, those *known* being there, how they compare with *limit*, in UTC too."""
    match op:
        case "=":
            true = bits([value == limit for value in column])
        case "<" | ">=":
            true = bits([value is not None and value < limit for value in column])
        case _:
            true = bits([value is not None and value <= limit for value in column])
    told = Verdicts(true, known ^ true)
    return Verdicts(*reversed(told)) if op in (">", ">=") else told


def fields_of(where: Condition) -> Iterator[str]:
    """The fields that *where* looks at, some several times."""
    match where:
        case Compare():
            yield where.field
        case And(parts) | Or(parts):
            for part in parts:
                yield from fields_of(part)
        case Not(part):
            yield from fields_of(part)


def fields_by(by: By) -> Iterator[str]:
    """The fields that a tally by *by* looks at, without their value."""
    yield from fields_grouping(by)
    for one in by:
        if isinstance(one, Whether):
            yield from fields_of(one.where)


def fields_grouping(by: By) -> Iterator[str]:
    """Those of them that all are grouped by; conditions may look at some customers only, and so may what
    stands in for an unknown moment."""
    for one in by:
        match one:
            case str():
                yield one
            case Bins(names):
                yield names[0]
