"""A store as figures shall see it: what they read of money in one currency."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any, cast

from attrs import evolve

from crmcore.changes import Batch, Commit
from crmcore.codec import Codec
from crmcore.customer import Customer
from crmcore.errors import RefusedError
from crmcore.exchangerates import ExchangeRates
from crmcore.query import Bucket, By, Condition, Page, Query
from crmcore.storage.base import Store
from crmcore.storage.past import PastView


class ConvertedStore(PastView):
    """*store* as it is by now, its tallies, `look` and `values` converted by *rates*.

    Conditions mean money as it is stored, and customers that are got or found are as they are stored.
    """

    def __init__(self, store: Store, rates: ExchangeRates) -> None:
        super().__init__(store, store.revision)
        self._rates = rates

    def tally(self, where: Condition, by: By) -> tuple[Bucket, ...]:
        sums, found = self._rates.sums, self._store.tally(where, by)
        return tuple(evolve(bucket, values=sums(bucket.values)) for bucket in found)

    def look(self, where: Condition, keys: Collection[str]) -> Iterator[Customer]:
        for one in self._store.look(where, keys):
            yield cast(Customer, _Converted(one, self._rates))

    def values(
        self, codec: Codec, where: Condition, keys: Sequence[str]
    ) -> Iterator[tuple[Any, ...]]:
        converted = self._rates.converted
        for values in self._store.values(codec, where, keys):
            yield tuple(map(converted, values))

    # as they are

    @property
    def warnings(self) -> tuple[str, ...]:
        return self._store.warnings

    def get(self, customer_id: str) -> Customer | None:
        return self._store.get(customer_id)

    def find(self, query: Query) -> Page:
        return self._store.find(query)

    def last_id(self, prefix: str) -> str | None:
        return self._store.last_id(prefix)

    def commit(self, batch: Batch) -> Commit:
        raise RefusedError("Figures in one currency are for reading. Nothing was changed.")


class _Converted:
    """A customer whose money is told in one currency."""

    __slots__ = ("_customer", "_rates")

    def __init__(self, customer: Customer, rates: ExchangeRates) -> None:
        self._customer, self._rates = customer, rates

    def __getattr__(self, name: str) -> Any:
        return self._rates.converted(getattr(self._customer, name))

    def value_of(self, key: str) -> Any:
        """The value of a stored field."""
        return self._rates.converted(self._customer.value_of(key))
