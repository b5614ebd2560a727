"""The exporters: CSV and TSV that spreadsheets open and `crmcore import` reads back, and JSON lines.

Sheets are UTF-8 with a byte order mark, for Excel. Columns are named so that they come back
(`HeaderNames.header`); records (activities, proposals…) are shown one a line and do not come back, nor
do computed fields: JSON lines hold every record whole.
"""

from __future__ import annotations

import csv
import json
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO

from crmcore.codec import Codec
from crmcore.customer import Customer
from crmcore.errors import UsageError
from crmcore.hooktypes import WriteRequest
from crmcore.values import show_value
from crmcore_sheets.guard import guard
from crmcore_sheets.headers import HeaderNames

_NEW_FILE = 0o666


def write_sheet(path: Path, customers: Iterable[Customer], request: WriteRequest) -> int:
    """Write *customers* as a sheet, tab-separated for `.tsv`; returns how many. Raises UsageError."""
    fields, dialect = request.fields, request.dialect
    keys = request.columns or tuple(spec.key for spec in fields.stored())
    names = HeaderNames(fields)
    shown: list[tuple[str, Callable[[Any], str]]] = [(key, _cell_of(key, request)) for key in keys]
    delimiter = "\t" if path.suffix.casefold() == ".tsv" else ","
    with _replacing(path, "utf-8-sig") as file:
        writer = csv.writer(file, delimiter=delimiter)
        writer.writerow([guard(names.header(key, dialect.language)) for key in keys])
        written = 0
        for customer in customers:
            writer.writerow([cell(fields.value(customer, key)) for key, cell in shown])
            written += 1
    return written


def write_lines(path: Path, customers: Iterable[Customer], request: WriteRequest) -> int:
    """Write each of *customers* whole, as JSON on a line; returns how many. Raises UsageError."""
    codec = Codec(request.fields)
    with _replacing(path, "utf-8") as file:
        written = 0
        for customer in customers:
            file.write(json.dumps(codec.encode(customer), ensure_ascii=False) + "\n")
            written += 1
    return written


def _cell_of(key: str, request: WriteRequest) -> Callable[[Any], str]:
    spec, dialect = request.fields.named(key), request.dialect
    return lambda value: guard(show_value(spec, value, dialect))


@contextmanager
def _replacing(path: Path, encoding: str) -> Iterator[TextIO]:
    """A file that takes the place of *path* when all of it is written, and leaves no trace otherwise."""
    if path.is_dir():
        raise UsageError(f"{path} is a folder. Name the file to write in it.")
    try:
        number, name = tempfile.mkstemp(prefix=f".{path.name[:40]}.", dir=path.parent)
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror or error}.") from error
    try:
        with os.fdopen(number, "w", encoding=encoding, newline="") as file:
            yield file
            file.flush()
            os.fsync(number)
        Path(name).chmod(_mode(path))
        Path(name).replace(path)
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror or error}.") from error
    finally:
        Path(name).unlink(missing_ok=True)


def _mode(path: Path) -> int:
    """The permissions of the file that is there; of a new one, what the user's mask leaves."""
    if path.exists():
        return path.stat().st_mode & 0o777
    mask = os.umask(0)
    os.umask(mask)
    return _NEW_FILE & ~mask
