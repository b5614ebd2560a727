"""Documents read a field at a time: what is not asked for is not decoded."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, cast

from crmcore.codec import Codec, Doc
from crmcore.customer import Customer
from crmcore.evaluate import Getter
from crmcore.fieldspec import FieldSpec
from crmcore.money import Money
from crmcore.moneyjson import worth_of

KEPT = 2048
"""How many whole customers stay decoded; the oldest go first."""

Reader = Callable[[str], Any]
"""Gives one field of the customer with an id."""

_MISSING = object()


class Part:
    """A customer of whom only what is looked at is decoded: enough for the core's computed fields."""

    __slots__ = ("_codec", "_doc")

    title = Customer.title

    def __init__(self, doc: Doc, codec: Codec) -> None:
        self._doc = doc
        self._codec = codec

    def __getattr__(self, key: str) -> Any:
        return self._codec.decode_value(key, self._doc.get(key))

    def value_of(self, key: str) -> Any:
        """See `Customer.value_of`."""
        return self._codec.decode_value(key, self._doc.get(key))

    @property
    def value(self) -> Money | None:
        """See `Customer.value`."""
        return worth_of(self._doc)

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
            found = self._codec.decode(self._docs[customer_id])
            self._customers[customer_id] = found
        return found

    def part(self, customer_id: str) -> Customer:
        """The customer, decoded as it is looked at."""
        known = self._customers.get(customer_id)
        return known or self._part(customer_id)

    def _part(self, customer_id: str) -> Customer:
        return cast(Customer, Part(self._docs[customer_id], self._codec))

    def getter(self, customer_id: str) -> Getter:
        """Gives the values of the customer's fields, computed ones included."""
        reader = self.reader
        return lambda key: reader(key)(customer_id)

    def reader(self, key: str) -> Reader:
        """Reads the field *key*, a computed one too, of one customer after the other."""
        found = self._readers.get(key)
        if found is None:
            found = self._readers[key] = self._reader(key, self._codec.fields.get(key))
        return found

    def _reader(self, key: str, spec: FieldSpec | None) -> Reader:
        docs, decode = self._docs, self._codec.decode_value
        compute = None if spec is None else spec.compute
        if self._codec.plain(key):
            return lambda customer_id: docs[customer_id].get(key)
        if spec is None or compute is None:
            return lambda customer_id: decode(key, docs[customer_id].get(key))
        if spec.namespaced:
            return lambda customer_id: compute(self.customer(customer_id))
        known = self._computed[key] = {}

        def read(customer_id: str) -> Any:
            value = known.get(customer_id, _MISSING)
            if value is _MISSING:
                value = known[customer_id] = compute(self._part(customer_id))
            return value

        return read
