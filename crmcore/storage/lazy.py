"""Documents read a field at a time: what is not asked for is not decoded."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from crmcore.codec import Codec, Doc
from crmcore.customer import Customer
from crmcore.evaluate import Getter

KEPT = 2048
"""How many whole customers stay decoded; the oldest go first."""

_MISSING = object()


class Part:
    """A customer of whom only what is looked at is decoded: enough for the core's computed fields."""

    __slots__ = ("_codec", "_doc")

    value, title = Customer.value, Customer.title

    def __init__(self, doc: Doc, codec: Codec) -> None:
        self._doc = doc
        self._codec = codec

    def __getattr__(self, key: str) -> Any:
        return self._codec.decode_value(key, self._doc.get(key))

    def value_of(self, key: str) -> Any:
        """See `Customer.value_of`."""
        return self._codec.decode_value(key, self._doc.get(key))

    @property
    def id(self) -> str:
        """The customer's id."""
        return str(self._doc["id"])

    @property
    def extra(self) -> dict[str, Any]:
        """See `Customer.extra`."""
        return {key: self.value_of(key) for key in self._doc if "." in key}


class Lazy:
    """Reads the documents of *docs*, and remembers what it worked out until they change."""

    def __init__(self, docs: Mapping[str, Doc], codec: Codec) -> None:
        self._docs = docs
        self._codec = codec
        self._customers: dict[str, Customer] = {}
        self._computed: dict[str, dict[str, Any]] = {}

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
            found = self._codec.decode(self._docs[customer_id])
            self._customers[customer_id] = found
        return found

    def part(self, customer_id: str) -> Customer:
        """The customer, decoded as it is looked at."""
        known = self._customers.get(customer_id)
        return known or cast(Customer, Part(self._docs[customer_id], self._codec))

    def getter(self, customer_id: str) -> Getter:
        """Gives the values of the customer's fields, computed ones included."""
        doc, codec = self._docs[customer_id], self._codec

        def get(key: str) -> Any:
            spec = codec.fields.get(key)
            if spec is None or spec.compute is None:
                return codec.decode_value(key, doc.get(key))
            if spec.namespaced:
                return spec.compute(self.customer(customer_id))
            known = self._computed.setdefault(key, {})
            value = known.get(customer_id, _MISSING)
            if value is _MISSING:
                value = known[customer_id] = spec.compute(cast(Customer, Part(doc, codec)))
            return value

        return get
