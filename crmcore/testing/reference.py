"""The plainest store there could be, to hold others to: a list of customers and the evaluator."""

from __future__ import annotations

from collections.abc import Iterable

from crmcore.codec import Codec
from crmcore.customer import Customer
from crmcore.evaluate import Getter, matches, order_keys, place, place_of
from crmcore.evaluate import tally as tallied
from crmcore.fields import FieldCatalogue
from crmcore.fieldspec import Choice, FieldSpec, Kind
from crmcore.query import Bucket, By, Condition, Query
from crmcore.wording import Text


def _field(key: str, kind: Kind, choices: tuple[Choice, ...] = ()) -> FieldSpec:
    name = Text(key, key)
    return FieldSpec(key, kind, "standing", name, name, choices=choices)


FIELDS = FieldCatalogue(
    (
        _field("x.note", Kind.TEXT),
        _field("x.size", Kind.INTEGER),
        _field("x.rate", Kind.NUMBER),
        _field("x.paid", Kind.MONEY),
        _field("x.since", Kind.MOMENT),
        _field(
            "x.tier",
            Kind.CHOICE,
            tuple(Choice(key, Text(key, key)) for key in ("gold", "silver", "bronze")),
        ),
    )
)
"""The core's fields and some of a plugin `x`; those of `gone` are nobody's any more."""

CODEC = Codec(FIELDS)


class Reference:
    """Answers questions about *customers* as every store must."""

    def __init__(self, customers: Iterable[Customer], fields: FieldCatalogue = FIELDS) -> None:
        self._customers = tuple(customers)
        self._fields = fields

    def find(self, query: Query) -> list[Customer]:
        """The customers on the page that *query* asks for, in order."""
        order, fields = query.order, self._fields
        rows = []
        for customer in self._customers:
            get = self._getter(customer)
            if matches(query.where, get, fields):
                rows.append((place(order, order_keys(order, get, fields), customer.id), customer))
        rows.sort(key=lambda row: row[0])
        if query.after is not None:
            after = place_of(order, query.after)
            rows = [row for row in rows if row[0] > after]
        return [customer for _, customer in rows[: query.limit]]

    def tally(self, where: Condition, by: By) -> tuple[Bucket, ...]:
        """Counts and values of those *where* is true, grouped by *by*."""
        getters = map(self._getter, self._customers)
        return tallied(
            (get for get in getters if matches(where, get, self._fields)), by, self._fields
        )

    def _getter(self, customer: Customer) -> Getter:
        return lambda key: self._fields.value(customer, key)
