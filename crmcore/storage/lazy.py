"""How a field is read from a customer's document: what is not asked for is not decoded."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, cast

from crmcore.codec import Codec, Doc
from crmcore.customer import Customer
from crmcore.fieldspec import FieldSpec, Kind
from crmcore.money import Money
from crmcore.moneyjson import worth_of
from crmcore.storage.chunks import AT_ONCE, WORKED_OUT, Chunk

_AT_HAND = ("in_funnel", "value", "revision")

Read = Callable[[Doc], Any]
"""Gives the value of one field."""


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


class Reading:
    """Reads the fields of a workspace, computed ones too, of one document or of very many."""

    def __init__(self, codec: Codec) -> None:
        self.codec = codec
        self.fields = codec.fields

    def computed(self, key: str) -> bool:
        """Whether the field is worked out from others."""
        spec = self.fields.get(key)
        return spec is not None and spec.compute is not None

    def cost(self, key: str) -> int:
        """How long the field takes to read: 0 for most, 1 for what is worked out, 2 for what a plugin
        works out, which may look at all of a customer."""
        if not self.computed(key) or key in _AT_HAND:
            return 0
        return 2 if "." in key else 1

    def of(self, key: str) -> Read:
        """What reads the field *key* of one document."""
        codec, spec = self.codec, self.fields.get(key)
        compute = None if spec is None else spec.compute
        if codec.plain(key):
            return lambda doc: doc.get(key)
        if compute is None:
            return lambda doc: codec.decode_value(key, doc.get(key))
        if "." in key:
            return lambda doc: compute(codec.decode(doc))
        return lambda doc: compute(cast(Customer, Part(doc, codec)))

    def columns(
        self,
        docs: Sequence[Doc],
        keys: Iterable[str],
        contacts: Sequence[Sequence[str]] | None = None,
    ) -> dict[str, list[Any]]:
        """The values of the fields *keys*, each in the order of *docs*; *contacts* as `Chunk` takes them."""
        columns: dict[str, list[Any]] = {key: [] for key in keys}
        readers = [(self._of_chunk(key), column) for key, column in columns.items()]
        worths: dict[int, Money | None] = {}
        for start in range(0, len(docs), AT_ONCE):
            end = start + AT_ONCE
            told = None if contacts is None else contacts[start:end]
            chunk = Chunk(docs[start:end], worths, told)
            for read, column in readers:
                column += read(chunk)
        return columns

    def _of_chunk(self, key: str) -> Callable[[Chunk], list[Any]]:
        if key in WORKED_OUT:
            return WORKED_OUT[key]
        if self.codec.plain(key):
            return lambda chunk: chunk.raw(key)
        if _is_moment(self.fields.get(key)):
            return lambda chunk: chunk.moments(key)
        if self.computed(key):
            of = self.of(key)
            return lambda chunk: list(map(of, chunk.docs))
        decode, none = self.codec.decode_value, self.codec.decode_value(key, None)
        return lambda chunk: [none if raw is None else decode(key, raw) for raw in chunk.raw(key)]


def _is_moment(spec: FieldSpec | None) -> bool:
    if spec is None or spec.compute is not None or spec.namespaced:
        return False
    return spec.kind is Kind.MOMENT
