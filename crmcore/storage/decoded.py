"""Customers read one at a time; what was worked out is remembered."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, cast

from crmcore.codec import Doc
from crmcore.customer import Customer
from crmcore.evaluate import Getter
from crmcore.storage.lazy import Part, Reading

KEPT = 2048
"""How many whole customers stay decoded; the oldest go first."""

Reader = Callable[[str], Any]
"""Gives one field of the customer with an id."""

_MISSING = object()


class Decoded:
    """Reads the documents of *docs*, and remembers what it worked out until they change."""

    def __init__(self, docs: Mapping[str, Doc], reading: Reading) -> None:
        self._docs = docs
        self._reading = reading
        self._customers: dict[str, Customer] = {}
        self._computed: dict[str, dict[str, Any]] = {}
        self._readers: dict[str, Reader] = {}

    def changed(self, customer_id: str) -> None:
        """Forget what was known of a document."""
        self._customers.pop(customer_id, None)
        for known in self._computed.values():
            known.pop(customer_id, None)

    def customer(self, customer_id: str) -> Customer:
        """The customer, whole."""
        found = self._customers.get(customer_id)
        if found is None:
            if len(self._customers) >= KEPT:
                del self._customers[next(iter(self._customers))]
            found = self._reading.codec.decode(self._docs[customer_id])
            self._customers[customer_id] = found
        return found

    def part(self, customer_id: str) -> Customer:
        """The customer, decoded as it is looked at."""
        known = self._customers.get(customer_id)
        return known or cast(Customer, Part(self._docs[customer_id], self._reading.codec))

    def getter(self, customer_id: str) -> Getter:
        """Gives the values of the customer's fields, computed ones included."""
        reader = self.reader
        return lambda key: reader(key)(customer_id)

    def reader(self, key: str) -> Reader:
        """Reads the field *key*, a computed one too, of one customer after the other."""
        found = self._readers.get(key)
        if found is None:
            found = self._readers[key] = self._reader(key)
        return found

    def _reader(self, key: str) -> Reader:
        docs, of = self._docs, self._reading.of(key)
        if not self._reading.computed(key):
            return lambda customer_id: of(docs[customer_id])
        known = self._computed[key] = {}

        def read(customer_id: str) -> Any:
            value = known.get(customer_id, _MISSING)
            if value is _MISSING:
                value = known[customer_id] = of(docs[customer_id])
            return value

        return read
