"""A customer as a row of the table, and the fields' digest that says how rows were indexed."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from crmcore.codec import Doc
from crmcore.customer import Customer
from crmcore.fields import FieldCatalogue
from crmcore.fieldspec import FieldSpec, Verb
from crmcore_sql.keys import (
    TEXTS,
    Keyer,
    indexable,
    json_keyer,
    json_name,
    keyer,
    money_parts,
    stands_in_document,
)
from crmcore_sql.schema import CUSTOMERS, PROMOTED

INDEXING = 2
"""Raised when keys are made in another way, so that stores made before are indexed again."""

ALWAYS = ("revision", "doc", "keys", "folded")
"""Columns written at each change: another program may have left out the keys of a plugin it lacks."""

to_json = json.JSONEncoder(ensure_ascii=False, check_circular=False, separators=(",", ":")).encode
"""A JSON value as text, as short as it gets."""


_Kept = tuple[str | None, str, bool, Keyer | None, Keyer | None]


class Rows:
    """Makes rows of customers, for the fields of one workspace and one dialect of SQL."""

    def __init__(self, fields: FieldCatalogue, dialect: str) -> None:
        self._nobody: dict[str, Any] = dict.fromkeys(column.name for column in CUSTOMERS.c)
        asked = [spec for spec in fields if indexable(spec) and spec.key not in ("id", "value")]
        own = [spec for spec in asked if not spec.namespaced and spec.verb is not Verb.COMPUTED]
        self._kept = {spec.key: _kept(spec, dialect) for spec in own}
        self._others = [
            (*_place(spec), keyer(spec), spec.compute, spec.key)
            for spec in asked
            if spec not in own
        ]
        self._value = keyer(fields.named("value"))

    def row(self, customer: Customer, doc: Doc, text: str, revision: int) -> dict[str, Any]:
        """The row that keeps *customer* of *revision*, whose document is *doc*, as JSON *text*; its
        JSON columns are text too."""
        row = dict(self._nobody)
        keys: dict[str, Any] = {}
        folded: dict[str, Any] = {}
        kept = self._kept
        for key, raw in doc.items():
            if (field := kept.get(key)) is None:
                continue
            column, name, in_keys, key_of_json, key_of = field
            if key_of_json is not None:
                found, folds = key_of_json(raw)
            elif key_of is not None:
                found, folds = key_of(getattr(customer, key))
            elif (folds := raw.casefold()) == (found := raw):
                folds = None
            if column is not None:
                row[column] = found
            elif in_keys and found is not None:
                keys[name] = found
            if folds is not None:
                folded[name] = folds
        for column, name, key_of, compute, key in self._others:
            value = customer.extra.get(key) if compute is None else compute(customer)
            if value is None or value == ():
                continue
            found, folds = key_of(value)
            if column is not None:
                row[column] = found
            elif found is not None:
                keys[name] = found
            if folds is not None:
                folded[name] = folds
        if (worth := customer.value) is not None:
            row["k_value"] = self._value(worth)[0]
            row["value_currency"], row["value_whole"], row["value_parts"] = money_parts(worth)
        if (links := doc.get("links")) is not None:
            row["links"] = to_json(links)
        row["id"], row["revision"], row["doc"] = customer.id, revision, text
        row["keys"], row["folded"] = to_json(keys), to_json(folded) if folded else "{}"
        return row


def _kept(spec: FieldSpec, dialect: str) -> _Kept:
    """How a field of the document is kept: its place, whether `keys` may hold it, what makes its key
    of its JSON, else of its value; neither for a text, which is its own key."""
    if spec.kind in TEXTS:
        return (*_place(spec), not stands_in_document(spec, dialect), None, None)
    from_json = json_keyer(spec)
    return (*_place(spec), True, from_json, keyer(spec))


def _place(spec: FieldSpec) -> tuple[str | None, str]:
    """The column of its own, if the field has one, and its name within `keys`."""
    return f"k_{spec.key}" if spec.key in PROMOTED else None, json_name(spec.key)


def fields_digest(fields: FieldCatalogue) -> str:
    """Identifies what the keys of all rows depend on: kinds and choices of the fields."""
    said = [
        [spec.key, spec.kind.value, [choice.key for choice in spec.choices]]
        for spec in fields
        if indexable(spec)
    ]
    return hashlib.sha256(json.dumps([INDEXING, said]).encode()).hexdigest()
