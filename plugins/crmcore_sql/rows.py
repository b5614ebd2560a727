"""A customer as a row of the table, and the fields' digest that says how rows were indexed."""

from __future__ import annotations

import hashlib
import json
from operator import attrgetter
from typing import Any

from crmcore.customer import Customer
from crmcore.fields import FieldCatalogue
from crmcore.fieldspec import FieldSpec, Verb
from crmcore_sql.keys import Keyer, indexable, json_name, keyer, money_parts
from crmcore_sql.schema import CUSTOMERS, PROMOTED

INDEXING = 1
"""Raised when keys are made in another way, so that stores made before are indexed again."""

ALWAYS = ("revision", "doc", "keys", "folded")
"""Columns written at each change: another program may have left out the keys of a plugin it lacks."""

to_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
"""A JSON value as text, as short as it gets."""


class Rows:
    """Makes rows of customers, for the fields of one workspace."""

    def __init__(self, fields: FieldCatalogue) -> None:
        self._nobody: dict[str, Any] = dict.fromkeys(column.name for column in CUSTOMERS.c)
        asked = [spec for spec in fields if indexable(spec) and spec.key not in ("id", "value")]
        own = [spec for spec in asked if not spec.namespaced and spec.verb is not Verb.COMPUTED]
        self._own = [_field(spec) for spec in own]
        self._own_values = attrgetter(*(spec.key for spec in own))
        self._others = [(_field(s), s.compute, s.key) for s in asked if s not in own]
        self._value = keyer(fields.named("value"))

    def row(self, customer: Customer, doc: str, revision: int) -> dict[str, Any]:
        """The row that keeps *customer* of *revision*, whose document as JSON text is *doc*; its JSON
        columns are text too."""
        row = dict(self._nobody)
        keys: dict[str, Any] = {}
        folded: dict[str, Any] = {}
        values = zip(self._own, self._own_values(customer), strict=True)
        known = [(field, value) for field, value in values if value or value not in (None, ())]
        for field, compute, key in self._others:
            value = customer.extra.get(key) if compute is None else compute(customer)
            if value is not None and value != ():
                known.append((field, value))
        for (column, name, key_of), value in known:
            text, folded_text = key_of(value)
            if column is not None:
                row[column] = text
            elif text is not None:
                keys[name] = text
            if folded_text is not None:
                folded[name] = folded_text
        if (worth := customer.value) is not None:
            row["k_value"] = self._value(worth)[0]
            row["value_currency"], row["value_whole"], row["value_parts"] = money_parts(worth)
        row["id"], row["revision"], row["doc"] = customer.id, revision, doc
        row["keys"], row["folded"] = to_json(keys), to_json(folded) if folded else "{}"
        return row


def _field(spec: FieldSpec) -> tuple[str | None, str, Keyer]:
    """The column of its own, if it has one, the name within `keys`, and what makes its key."""
    column = f"k_{spec.key}" if spec.key in PROMOTED else None
    return column, json_name(spec.key), keyer(spec)


def fields_digest(fields: FieldCatalogue) -> str:
    """Identifies what the keys of all rows depend on: kinds and choices of the fields."""
    said = [
        [spec.key, spec.kind.value, [choice.key for choice in spec.choices]]
        for spec in fields
        if indexable(spec)
    ]
    return hashlib.sha256(json.dumps([INDEXING, said]).encode()).hexdigest()
