"""The record sheets of a workbook of ours, read back: what each customer has on them.

They may hold more than fits into memory and be sorted by anything, so their rows wait in a private
database on disk, which goes with this process.
"""

from __future__ import annotations

import json
import re
import sqlite3
import weakref
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import attrs

from crmcore.errors import UsageError
from crmcore.fieldspec import FieldSpec, Kind
from crmcore.hooktypes import ReadRequest
from crmcore.text import clean
from crmcore.values import parse_value
from crmcore.wording import Text
from crmcore_sheets.booksheets import LONG_TEXTS, sheet_name
from crmcore_sheets.guard import unguard
from crmcore_sheets.recordsheets import NUMBERED, part_specs
from crmcore_sheets.workbook import SheetRows

_NAME = re.compile(r"\(([a-z_]+)\)\s*$")
_LONG = "*"
"""What the rows of long texts are kept under; no field is called so."""
_ORDER = {_LONG: "part"}


class Beside:
    """What customers have on the sheets beside the table, by the table's customer id."""

    def __init__(self, sheets: Iterable[SheetRows], request: ReadRequest) -> None:
        self._request = request
        self._parts = {s.key: parts for s in request.fields if (parts := part_specs(s)) is not None}
        self._fields = {
            name: key
            for key in self._parts
            for name in _names(request.fields.named(key).label)
        } | dict.fromkeys(_names(LONG_TEXTS), _LONG)  # fmt: skip
        self._rows = sqlite3.connect("", check_same_thread=False)
        weakref.finalize(self, self._rows.close)
        self._rows.execute("create table rows (id, field, place, cells)")
        self.read = [sheet.name for sheet in sheets if self._take(sheet)]
        """The names of the sheets that were understood."""
        self._rows.execute("create index of_customer on rows (id)")

    def __bool__(self) -> bool:
        return bool(self.read)

    def _take(self, sheet: SheetRows) -> bool:
        field = self._fields.get(sheet.name.casefold())
        rows = sheet.numbered()
        header = next(rows, None)
        if field is None or header is None:
            return False
        names = [found.group(1) if (found := _NAME.search(cell)) else "" for cell in header[1]]
        whose = "id" if field == _LONG else "customer"
        if whose not in names:
            return False
        self._rows.executemany(
            "insert into rows values (?, ?, ?, ?)", self._kept(field, whose, names, rows)
        )
        return True

    def _kept(
        self, field: str, whose: str, names: Sequence[str], rows: Iterator[tuple[int, list[str]]]
    ) -> Iterator[tuple[str, str, float, str]]:
        for number, cells in rows:
            row = {name: cell for name, cell in zip(names, cells, strict=False) if name and cell}
            customer = unguard(row.get(whose, "")).strip()
            place = row.get(_ORDER.get(field, "number"), "")
            kept = float(place) if place.replace(".", "", 1).isdigit() else number
            if field == _LONG and row.get("field", "").partition(".")[0] in self._parts:
                customer, _, row["number"] = customer.rpartition(NUMBERED)
            if customer:
                yield customer, field, kept, json.dumps(row)

    def of(self, customer_id: str) -> tuple[dict[str, Any], list[str]]:
        """The values that the sheets state of a customer, and what of them was not understood."""
        found: dict[str, list[dict[str, str]]] = {}
        query = "select field, cells from rows where id = ? order by field, place, rowid"
        for field, cells in self._rows.execute(query, (customer_id,)):
            found.setdefault(field, []).append(json.loads(cells))
        long = _joined(found.pop(_LONG, ()))
        values: dict[str, Any] = {}
        notes: list[str] = []
        for field, rows in found.items():
            records = [
                self._record(field, number, row, long, notes) for number, row in enumerate(rows, 1)
            ]
            values[field] = tuple(record for record in records if record is not None)
        for (number, key), text in long.items():
            if not number and (key in self._request.fields or "." in key):
                values[key] = self._value(self._request.fields.named(key), text)
        return values, notes

    def _record(
        self,
        field: str,
        number: int,
        row: Mapping[str, str],
        long: Mapping[tuple[str, str], str],
        notes: list[str],
    ) -> Any:
        cls = self._request.fields.named(field).record
        assert cls is not None
        values: dict[str, Any] = {}
        try:
            for part in self._parts[field]:
                whole = long.get((str(number), f"{field}.{part.key}"))
                value = self._value(
                    part, unguard(row.get(part.key, "")) if whole is None else whole
                )
                if value is not None:
                    values[part.key] = value
            for attribute in attrs.fields(cls):
                if attribute.default is attrs.NOTHING and attribute.name not in values:
                    if cls.__annotations__[attribute.name] != "str":
                        raise UsageError(f"{attribute.name} is missing")
                    values[attribute.name] = ""
            return cls(**values)
        except UsageError as error:
            notes.append(f"{field} {number}: not taken: {error}")
            return None

    def _value(self, spec: FieldSpec, text: str) -> Any:
        try:
            return parse_value(spec, text, self._request.dialect, self._request.now)
        except UsageError:
            if spec.kind is Kind.CHOICE:  # a kind of activity that is no longer one
                return clean(text)
            raise


def _names(label: Text) -> Iterator[str]:
    yield sheet_name(label.zh).casefold()
    yield sheet_name(label.en).casefold()


def _joined(rows: Iterable[Mapping[str, str]]) -> dict[tuple[str, str], str]:
    """Long texts by the record's number ("" for a field of the table) and the field."""
    texts: dict[tuple[str, str], str] = {}
    for row in rows:
        key = row.get("number", ""), row.get("field", "")
        # Each part was guarded, whatever it begins with.
        texts[key] = texts.get(key, "") + row.get("text", "").removeprefix("'")
    return texts
