"""A customer as a row of the table, and the fields' digest that says how rows were indexed."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from crmcore.codec import Codec
from crmcore.customer import Customer
from crmcore.fields import FieldCatalogue
from crmcore_sql.keys import index, indexable, json_name, money_parts
from crmcore_sql.schema import PROMOTED

INDEXING = 1
"""Raised when keys are made in another way, so that stores made before are indexed again."""


def row_of(customer: Customer, codec: Codec) -> dict[str, Any]:
    """The row that keeps *customer*."""
    keys: dict[str, Any] = {}
    folded: dict[str, Any] = {}
    promoted: dict[str, str | None] = dict.fromkeys((f"k_{name}" for name in PROMOTED), None)
    for name, key, folded_key in index(customer, codec.fields):
        if name in PROMOTED:
            promoted[f"k_{name}"] = key
        elif name != "id":
            keys[json_name(name)] = key
        if folded_key is not None:
            folded[json_name(name)] = folded_key
    currency, whole, parts = money_parts(customer.value)
    return {
        "id": customer.id,
        "revision": customer.revision,
        "doc": json.dumps(codec.encode(customer), ensure_ascii=False, separators=(",", ":")),
        "keys": keys,
        "folded": folded,
        "value_currency": currency,
        "value_whole": whole,
        "value_parts": parts,
        **promoted,
    }


def fields_digest(fields: FieldCatalogue) -> str:
    """Identifies what the keys of all rows depend on: kinds and choices of the fields."""
    said = [
        [spec.key, spec.kind.value, [choice.key for choice in spec.choices]]
        for spec in fields
        if indexable(spec)
    ]
    return hashlib.sha256(json.dumps([INDEXING, said]).encode()).hexdigest()
