"""Putting very many customers in an order."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from crmcore.evaluate import comparable, is_unknown, sort_key
from crmcore.fields import FieldCatalogue
from crmcore.fieldspec import FieldSpec
from crmcore.query import Order
from crmcore.storage.columnar import Columns


def ranked(columns: Columns, order: Sequence[Order], fields: FieldCatalogue) -> list[str]:
    """The ids of *columns*, which are in order, by *order*: unknown values last, ties by id."""
    columns.read(part.field for part in order)
    rows = list(range(len(columns)))
    for part in reversed(order):  # sorting keeps the order of equals
        keys = _keys(columns.column(part.field), fields.get(part.field))
        known = [row for row in rows if keys[row] is not None]
        known.sort(key=keys.__getitem__, reverse=part.descending)
        if len(known) < len(rows):
            known += [row for row in rows if keys[row] is None]
        rows = known
    return [columns.ids[row] for row in rows]


def _keys(column: Sequence[Any], spec: FieldSpec | None) -> list[Any]:
    """What each is ordered by, None where it is unknown."""
    if set(map(type, column)) <= {datetime, type(None)}:
        return [None if value is None else value.timestamp() for value in column]
    # Of very many, most share their value with others: each is looked at once.
    values = dict(zip(map(id, column), column, strict=True))
    keys = {
        each: None if is_unknown(value) else sort_key(spec, value) for each, value in values.items()
    }
    kinds = {type(key) for key in keys.values() if key is not None}
    if len(kinds) > 1:
        keys = {each: None if key is None else comparable(key) for each, key in keys.items()}
    elif kinds == {tuple}:  # numbers are compared much sooner than amounts of money
        different = sorted({key for key in keys.values() if key is not None})
        places = {key: place for place, key in enumerate(different)}
        keys = {each: None if key is None else places[key] for each, key in keys.items()}
    return list(map(keys.__getitem__, map(id, column)))
