"""A customer as a row of the table, and the fields' digest that says how rows were indexed."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from crmcore.codec import Doc
from crmcore.customer import Customer
from crmcore.fields import FieldCatalogue
from crmcore_sql.keys import indexable, json_name, keys_of, money_parts
from crmcore_sql.schema import PROMOTED

INDEXING = 1
"""Raised when keys are made in another way, so that stores made before are indexed again."""


class Rows:
    """Makes rows of customers, for the fields of one workspace."""

    def __init__(self, fields: FieldCatalogue) -> None:
        self._nobody: dict[str, Any] = dict.fromkeys(f"k_{name}" for name in PROMOTED)
        self._fields = [
            (spec, json_name(spec.key), f"k_{spec.key}" if spec.key in PROMOTED else None)
            for spec in fields
            if indexable(spec)
        ]

    def row(self, customer: Customer, doc: Doc) -> dict[str, Any]:
        """The row that keeps *customer*, whose document is *doc*."""
        keys: dict[str, Any] = {}
        folded: dict[str, Any] = {}
        row = dict(self._nobody)
        for spec, name, column in self._fields:
            compute = spec.compute
            value = customer.value_of(spec.key) if compute is None else compute(customer)
            if value is None or value == ():
                continue
            key, folded_key = keys_of(spec, value)
            if column is not None:
                row[column] = key
            elif key is not None and name != "id":
                keys[name] = key
            if folded_key is not None:
                folded[name] = folded_key
        currency, whole, parts = money_parts(customer.value)
        return row | {
            "id": customer.id,
            "revision": doc["revision"],
            "doc": json.dumps(doc, ensure_ascii=False, separators=(",", ":")),
            "keys": keys,
            "folded": folded,
            "value_currency": currency,
            "value_whole": whole,
            "value_parts": parts,
        }


def fields_digest(fields: FieldCatalogue) -> str:
    """Identifies what the keys of all rows depend on: kinds and choices of the fields."""
    said = [
        [spec.key, spec.kind.value, [choice.key for choice in spec.choices]]
        for spec in fields
        if indexable(spec)
    ]
    return hashlib.sha256(json.dumps([INDEXING, said]).encode()).hexdigest()
