"""Counts and sums of money by group, worked out by the database where that is exact."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, case, func, select

from crmcore.fields import FieldCatalogue
from crmcore.query import Bins, Bucket, By, Condition, Whether
from crmcore_sql.conditions import Conditions, Sql
from crmcore_sql.keys import FRACTIONS
from crmcore_sql.looking import plain, reader


def counted_by(
    connection: Connection,
    conditions: Conditions,
    fields: FieldCatalogue,
    where: Condition,
    by: By,
) -> tuple[Bucket, ...] | None:
    """The tally of those *where* holds for; None where SQL cannot say it exactly."""
    said = conditions.where(where)
    keys = [_key(one, conditions, fields) for one in by]
    if said is None or any(key is None for key in keys):
        return None
    rows = _counted(connection, conditions, said, [key for key, _ in filter(None, keys)])
    return None if rows is None else _buckets(rows, [read for _, read in filter(None, keys)])


def _key(
    one: str | Bins | Whether, conditions: Conditions, fields: FieldCatalogue
) -> tuple[Sql, Callable[[Any], Any]] | None:
    """What to group by for *one*, and what reads it."""
    if isinstance(one, Bins):
        span = conditions.span(one)
        return None if span is None else (span, int)
    if isinstance(one, Whether):
        true = conditions.where(one.where)
        return None if true is None else (case((true, 1), else_=0), bool)
    spec = fields.get(one)
    if spec is None or not plain(spec) or not conditions.tells(one):
        return None
    return conditions.key(one), reader(spec)


def _counted(
    connection: Connection, conditions: Conditions, said: Sql, keys: Sequence[Sql]
) -> Sequence[Any] | None:
    """Counts and sums by *keys* and currency; None where sums of SQL would not be exact."""
    columns = conditions.columns
    named = [key.label(f"by_{place}") for place, key in enumerate(keys)]
    asked = (
        select(
            *named,
            columns.value_currency,
            func.count(),
            func.count(columns.value_whole),
            func.sum(columns.value_whole),
            func.sum(columns.value_parts),
        )
        .where(said)
        .group_by(*named, columns.value_currency)
    )
    rows = connection.execute(asked).all()
    currency, width = len(keys), len(keys) + 1
    exact = all(row[currency] is None or row[width] == row[width + 1] for row in rows)
    return rows if exact else None


def _buckets(rows: Sequence[Any], readers: Sequence[Callable[[Any], Any]]) -> tuple[Bucket, ...]:
    width = len(readers)
    buckets: dict[tuple[Any, ...], Bucket] = {}
    for row in rows:
        key = tuple(
            [
                None if text is None else read(text)
                for text, read in zip(row[:width], readers, strict=True)
            ]
        )
        currency, count, _, whole, parts = row[width:]
        known = buckets.get(key, Bucket(key, 0))
        values, unknown = dict(known.values), known.unknown_value
        if currency is None:
            unknown += count
        else:
            values[currency] = Decimal(int(whole)) + Decimal(int(parts)) / FRACTIONS
        buckets[key] = Bucket(key, known.count + count, values, unknown)
    return tuple(sorted(buckets.values(), key=lambda b: tuple([str(part) for part in b.key])))
