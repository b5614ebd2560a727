"""What a report answers: rows of typed cells, each with the condition that finds its customers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal

from attrs import field, frozen

from crmcore.figures.definition import Definition
from crmcore.pipeline import Pipeline
from crmcore.query import Condition
from crmcore.wording import Text

Kind = Literal["text", "count", "money", "share", "days", "hours", "number"]


def _in_order(sums: Mapping[str, Decimal]) -> Mapping[str, Decimal]:
    return dict(sorted(sums.items()))


@frozen
class Amounts:
    """Money by currency, never added up across currencies; empty where nothing is known.

    >>> Amounts({"USD": Decimal(5), "CNY": Decimal(3)}).by_currency
    {'CNY': Decimal('3'), 'USD': Decimal('5')}
    """

    by_currency: Mapping[str, Decimal] = field(factory=dict, hash=False, converter=_in_order)


@frozen
class Named:
    """What people read as *text* and programs as *key*: a stage, a status; "" for what is unknown."""

    key: str
    text: Text


@frozen
class Column:
    """One column of an answer: what is in its cells, by kind.

    `text` holds str, Text or Named, `count` int, `money` Amounts, `share` Rate, `days`, `hours` and `number`
    float or Decimal. None is unknown; a Text in any cell says why there is no figure.
    """

    key: str
    label: Text
    kind: Kind = "text"


@frozen
class Row:
    """One line: cells by column, and exactly the customers behind it: those `where` holds for, or those
    named in `ids` where only the commits tell them; neither for a line that is of nobody in particular.
    """

    cells: Mapping[str, Any] = field(hash=False)
    where: Condition | None = None
    ids: tuple[str, ...] | None = None


@frozen
class Headline:
    """A figure of the whole beside the rows."""

    label: Text
    kind: Kind
    value: Any = field(hash=False)
    where: Condition | None = None


@frozen
class Answer:
    """A figure with all it takes to read it.

    `population` are the customers it is of, in words, and `where` the same as a condition; `window`
    says from when to when; `bar` names the count column that is drawn; `notes` tell who could not be
    counted and why. `at` is the moment of the answer; `as_of` says that it was asked for.
    """

    definition: Definition
    pipeline: Pipeline
    population: Text
    window: Text
    where: Condition
    at: datetime
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    headlines: tuple[Headline, ...] = ()
    notes: tuple[Text, ...] = ()
    bar: str | None = None
    by: str | None = None
    as_of: datetime | None = None
