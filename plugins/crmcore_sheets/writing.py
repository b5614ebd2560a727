"""The exporters of text: CSV and TSV that spreadsheets open and `crmcore import` reads back, JSON lines.

Sheets are UTF-8 with a byte order mark, for Excel. Columns are named so that they come back
(`HeaderNames.header`); records (activities, proposals…) stand in one cell, a line of JSON each;
computed fields are shown and do not come back.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from crmcore.codec import Codec
from crmcore.customer import Customer
from crmcore.fieldspec import FieldSpec
from crmcore.hooktypes import WriteRequest
from crmcore.values import show_value
from crmcore_sheets.files import replacing_text
from crmcore_sheets.guard import guard
from crmcore_sheets.headers import HeaderNames
from crmcore_sheets.layout import RECORDS, Columns, values_of, written_whole
from crmcore_sheets.recordtext import records_text


def write_sheet(path: Path, customers: Iterable[Customer], request: WriteRequest) -> int:
    """Write *customers* as a sheet, tab-separated for `.tsv`; returns how many. Raises UsageError."""
    fields, language = request.fields, request.dialect.language
    names, codec = HeaderNames(fields), Codec(fields)
    delimiter = "\t" if path.suffix.casefold() == ".tsv" else ","

    def write(columns: Columns, everybody: Iterable[Customer]) -> int:
        values = values_of(columns.specs)
        cells = [_cell_of(spec, request, codec) for spec in columns.specs]
        with replacing_text(path, "utf-8-sig") as file:
            writer = csv.writer(file, delimiter=delimiter)
            writer.writerow([guard(names.header(key, language)) for key in columns.keys])
            written = 0
            for customer in everybody:
                writer.writerow(
                    [
                        "" if value is None else cell(value)
                        for cell, value in zip(cells, values(customer), strict=True)
                    ]
                )
                written += 1
        return written

    return written_whole(customers, request, write)


def write_lines(path: Path, customers: Iterable[Customer], request: WriteRequest) -> int:
    """Write *customers* as JSON, each on a line; returns how many. Raises UsageError.

    Each is whole, or has the fields asked for; computed ones are left out.
    """
    codec, wanted = Codec(request.fields), frozenset(request.columns)
    with replacing_text(path) as file:
        written = 0
        for customer in customers:
            document = codec.encode(customer)
            if wanted:
                document = {key: value for key, value in document.items() if key in wanted}
            file.write(json.dumps(document, ensure_ascii=False) + "\n")
            written += 1
    return written


def _cell_of(spec: FieldSpec, request: WriteRequest, codec: Codec) -> Callable[[Any], str]:
    dialect = request.dialect
    if spec.kind in RECORDS:
        return lambda value: guard(records_text(value, codec))
    return lambda value: guard(show_value(spec, value, dialect))
