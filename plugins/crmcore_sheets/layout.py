"""Which columns a file of ours has, and what each customer's cells in them are.

The fields asked for, or all there are: what the record holds, then what the customers met have of
their own. Which those are is known at the end only, so a writer that meets one it has no column for
begins again (`written_whole`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import chain, islice
from operator import attrgetter
from typing import Any, TypeVar

from crmcore.customer import Customer
from crmcore.fieldspec import FieldSpec, Kind
from crmcore.hooktypes import WriteRequest

T = TypeVar("T")
RECORDS = (Kind.RECORD, Kind.RECORDS)
_LOOKED_AT = 1000


class UnforeseenError(Exception):
    """Customers have fields there is no column for; `keys` are all of them."""

    def __init__(self, keys: Iterable[str]) -> None:
        super().__init__("fields without a column")
        self.keys = tuple(keys)


class Columns:
    """The fields of a file, in order. `own` are the fields nobody described, met so far."""

    def __init__(self, request: WriteRequest, own: Sequence[str] = ()) -> None:
        fields = request.fields
        self.own = tuple(own)
        self._open = not request.columns
        self.keys = request.columns or (*(spec.key for spec in fields.stored()), *own)
        self.specs: tuple[FieldSpec, ...] = tuple(map(fields.named, self.keys))
        self._known = frozenset(self.keys)

    def checked(self, customers: Iterable[Customer]) -> Iterable[Customer]:
        """*customers* one by one; raises UnforeseenError when one has a field without a column."""
        if not self._open:
            yield from customers
            return
        unforeseen: dict[str, None] = {}
        for customer in customers:
            if customer.extra and not self._known.issuperset(customer.extra):
                unforeseen.update(dict.fromkeys(k for k in customer.extra if k not in self._known))
            if not unforeseen:
                yield customer
        if unforeseen:
            raise UnforeseenError(unforeseen)


def values_of(specs: Sequence[FieldSpec]) -> Callable[[Customer], Sequence[Any]]:
    """What gives the values of *specs* of a customer, in order, None for those unknown."""
    getters = [_getter(spec) for spec in specs]
    return lambda customer: [get(customer) for get in getters]


def _getter(spec: FieldSpec) -> Callable[[Customer], Any]:
    key = spec.key
    if spec.compute is not None:
        return spec.compute
    if spec.namespaced:
        return lambda customer: customer.extra.get(key)
    return attrgetter(key)


def written_whole(
    customers: Iterable[Customer],
    request: WriteRequest,
    write: Callable[[Columns, Iterable[Customer]], T],
) -> T:
    """What *write* returns, given columns that hold all there is to know of *customers*.

    Most customers have the same fields of their own, so those of the first are looked at beforehand;
    where one further down brings another field, everything is written a second time.
    """
    coming = iter(customers)
    first = list(islice(coming, _LOOKED_AT))
    own = tuple(dict.fromkeys(key for one in first for key in one.extra))
    described = {spec.key for spec in request.fields}
    columns = Columns(request, tuple(key for key in own if key not in described))
    everybody: Iterable[Customer] = chain(first, coming)
    del first
    while True:
        try:
            return write(columns, columns.checked(everybody))
        except UnforeseenError as error:
            columns = Columns(request, (*columns.own, *error.keys))
            everybody = customers
