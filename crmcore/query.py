"""The question a store is asked: conditions over fields, an order, a limit, a place to go on from.

Small on purpose, so that a database can answer it itself. Unknown is never false: a comparison with
an unknown value is unknown, `Not` of it is unknown too (Kleene), and only what is true is found.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any, Literal

from attrs import evolve, field, frozen

from crmcore.customer import Customer

Op = Literal["=", "<", "<=", ">", ">=", "in", "contains", "known"]


@frozen
class Compare:
    """One field against a value of its type.

    `in` takes a tuple; `contains` takes text and ignores letter case; `known` takes nothing. A field
    of several values (tags) matches when one of them does. Money of another currency is unknown.
    """

    field: str
    op: Op
    value: Any = None


@frozen
class And:
    """True when every part is; `And(())` is everybody."""

    parts: tuple[Condition, ...]


@frozen
class Or:
    """True when one part is; `Or(())` is nobody."""

    parts: tuple[Condition, ...]


@frozen
class Not:
    """True when *part* is false; unknown stays unknown."""

    part: Condition


Condition = Compare | And | Or | Not

EVERYBODY = And(())


def known(key: str) -> Compare:
    """The field *key* has a value."""
    return Compare(key, "known")


def unknown(key: str) -> Not:
    """The field *key* has no value."""
    return Not(known(key))


def both(*parts: Condition) -> Condition:
    """All of *parts*, flattened."""
    flat = [inner for part in parts for inner in (part.parts if isinstance(part, And) else (part,))]
    return flat[0] if len(flat) == 1 else And(tuple(flat))


@frozen
class Order:
    """Sort by a field; unknown values come last either way. Text sorts by code point."""

    field: str
    descending: bool = False


@frozen
class Cursor:
    """Where a page ended: the sort keys and id of its last row. Opaque to callers."""

    keys: tuple[Any, ...]
    id: str


@frozen
class Query:
    """What to find: those *where* is true, in *order* (ties by id), from *after*, at most *limit*."""

    where: Condition = EVERYBODY
    order: tuple[Order, ...] = ()
    limit: int | None = None
    after: Cursor | None = None

    def next(self, cursor: Cursor) -> Query:
        """The same question for the page behind *cursor*."""
        return evolve(self, after=cursor)


@frozen
class Page:
    """An answer: the customers, where to go on (None at the end), and the revision it was true at."""

    customers: tuple[Customer, ...]
    next: Cursor | None
    revision: int


@frozen
class Bins:
    """What a tally may be grouped by beside fields: in which span a moment lies, the first of the
    moments *fields* that is known. Span 0 lies before the first of *edges*, span n from the n-th on;
    None is that none is known. *edges* are aware and ascending.
    """

    fields: tuple[str, ...]
    edges: tuple[datetime, ...]


@frozen
class Whether:
    """What a tally may be grouped by, too: whether a condition is true, unknown being no."""

    where: Condition


By = tuple[str | Bins | Whether, ...]
"""What a tally is grouped by: fields, spans of time, conditions."""


@frozen
class Bucket:
    """One group of a tally: how many, what they are worth by currency, how many of unknown worth."""

    key: tuple[Any, ...]
    count: int
    values: dict[str, Decimal] = field(factory=dict)
    unknown_value: int = 0
