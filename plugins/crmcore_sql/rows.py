"""A customer as a row of the table, and the fields' digest that says how rows were indexed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from json.encoder import encode_basestring
from operator import attrgetter
from typing import Any

from attrs import frozen

from crmcore.codec import Doc, to_json
from crmcore.customer import Customer
from crmcore.fields import FieldCatalogue
from crmcore.fieldspec import FieldSpec, Kind
from crmcore.words import WORDS, words_of
from crmcore_sql.keys import (
    SEVERAL,
    TEXTS,
    Key,
    folded,
    indexable,
    json_keyer,
    json_name,
    keyer,
    money_parts,
    stands_in_document,
)
from crmcore_sql.schema import CUSTOMERS, PROMOTED

INDEXING = 3
"""Raised when keys are made in another way, so that stores made before are indexed again."""

COLUMNS = tuple(column.name for column in CUSTOMERS.c)
"""What the values of a row stand in, in their order."""

ALWAYS = ("revision", "doc", "keys", "folded")
"""Columns written at each change: another program may have left out the keys of a plugin it lacks."""

INDEXED = COLUMNS[1 + len(ALWAYS) :]
"""The others but the id: indexes are made of these."""

Row = tuple[Any, ...]

Kept = tuple[Customer, Doc, str, int]
"""A customer to keep, with its document, that as JSON text, and the revision."""

quoted = encode_basestring
"""A string as JSON."""

_Column = Callable[[Sequence[Customer], Sequence[Doc]], Sequence[Key]]
"""The keys of one field of customers, who have these documents; None where it is unknown."""


@frozen
class _Written:
    """How the keys of a field are written into a JSON column."""

    key: str
    begin: str
    text: Callable[[Any], str]

    @classmethod
    def of(cls, spec: FieldSpec) -> _Written:
        text = to_json if spec.kind in SEVERAL else quoted
        return cls(spec.key, f'"{json_name(spec.key)}":', text)

    def pieces(self, column: Sequence[Key]) -> list[str | None]:
        """What the objects say of this field, None where it is unknown."""
        begin, text = self.begin, self.text
        return [None if key is None else begin + text(key) for key in column]


class Rows:
    """Makes rows of customers, for the fields of one workspace and one dialect of SQL.

    They are made field by field: a processor does one thing many times faster than many things once.
    """

    def __init__(self, fields: FieldCatalogue, dialect: str) -> None:
        asked = [spec for spec in fields if indexable(spec) and spec.key != "id"]
        columns = [(spec.key, spec.compute is None, _column(spec)) for spec in asked]
        self._promoted = [column for column in columns if column[0] in PROMOTED]
        self._others = [column for column in columns if column[0] not in PROMOTED]
        self._kept = [
            _Written.of(spec)
            for spec in asked
            if spec.key not in PROMOTED and not stands_in_document(spec, dialect)
        ]
        looked_into = (*TEXTS, Kind.CHOICE, *SEVERAL)
        self._folded = [
            _Written.of(spec) for spec in asked if spec.kind in looked_into and spec.key != WORDS
        ]

    def rows(self, kept: Sequence[Kept]) -> list[Row]:
        """Their rows in the order of `COLUMNS`; the JSON columns are text too."""
        if not kept:
            return []
        customers, docs, texts, revisions = zip(*kept, strict=True)
        promoted = _known(self._promoted, customers, docs)
        columns = promoted | _known(self._others, customers, docs)
        keys = [kept.pieces(columns[kept.key]) for kept in self._kept if kept.key in columns]
        folds = [
            kept.pieces(found)
            for kept in self._folded
            if kept.key in columns and any(found := _folds(columns[kept.key]))
        ]
        return list(
            zip(
                [customer.id for customer in customers],
                revisions,
                texts,
                _objects(keys, len(kept)),
                _objects(folds, len(kept)),
                *_indexed(customers, docs, promoted),
                strict=True,
            )
        )

    def indexed(self, customers: Sequence[Customer], docs: Sequence[Doc]) -> list[Row]:
        """Of the rows of *customers*, who have these *docs*, the columns `INDEXED`."""
        promoted = _known(self._promoted, customers, docs)
        return list(zip(*_indexed(customers, docs, promoted), strict=True))


def _known(
    columns: Iterable[tuple[str, bool, _Column]], customers: Sequence[Customer], docs: Sequence[Doc]
) -> dict[str, Sequence[Key]]:
    """Those of *columns* in which a customer has anything, by field."""
    known = set().union(*docs)
    return {
        key: column(customers, docs)
        for key, stored, column in columns
        if not stored or key in known
    }


def _indexed(
    customers: Sequence[Customer], docs: Sequence[Doc], promoted: dict[str, Sequence[Key]]
) -> Iterator[Sequence[Any]]:
    yield from zip(*[money_parts(customer.value) for customer in customers], strict=True)
    nobody = (None,) * len(customers)
    yield from (promoted.get(name, nobody) for name in PROMOTED)
    yield [None if (links := doc.get("links")) is None else to_json(links) for doc in docs]


def _objects(pieces: Sequence[Sequence[str | None]], count: int) -> list[str]:
    """A JSON object for each of *count* customers, of the *pieces* that each field gives of all of them."""
    if not pieces:
        return ["{}"] * count
    return [f"{{{','.join(filter(None, said))}}}" for said in zip(*pieces, strict=True)]


def _folds(column: Sequence[Key]) -> list[Key]:
    return [
        None if key is None or (type(key) is str and key.isascii()) else folded(key)
        for key in column
    ]


def _column(spec: FieldSpec) -> _Column:
    name = spec.key
    if name == WORDS:
        return lambda _, docs: [words_of(doc.get) for doc in docs]
    if spec.kind in TEXTS and not spec.namespaced:  # a text is its own key
        return lambda _, docs: [doc.get(name) for doc in docs]
    if (of_json := json_keyer(spec)) is not None:
        return lambda _, docs: [
            None if (raw := doc.get(name)) is None else of_json(raw) for doc in docs
        ]
    key_of, value_of = keyer(spec), spec.compute or _stored(spec)
    return lambda customers, _: [
        None if value is None or value == () else key_of(value)
        for value in map(value_of, customers)
    ]


def _stored(spec: FieldSpec) -> Callable[[Customer], Any]:
    if spec.namespaced:
        return lambda customer: customer.extra.get(spec.key)
    return attrgetter(spec.key)


def fields_digest(fields: FieldCatalogue) -> str:
    """Identifies what the keys of all rows depend on: kinds and choices of the fields."""
    said = [
        [spec.key, spec.kind.value, [choice.key for choice in spec.choices]]
        for spec in fields
        if indexable(spec)
    ]
    return hashlib.sha256(json.dumps([INDEXING, said]).encode()).hexdigest()
