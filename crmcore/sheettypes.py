"""What plugins that read and write files give the host; public as a part of `crmcore.hooktypes`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from attrs import field, frozen

from crmcore.customer import Customer
from crmcore.dialect import Dialect
from crmcore.fields import FieldCatalogue
from crmcore.pipeline import Pipeline
from crmcore.wording import Text

if TYPE_CHECKING:
    from crmcore.hooktypes import DueItem


@frozen
class Draft:
    """One row of an import: the fields it states, decoded; what was not understood is in `problems`.

    `number` is the row's place in its source, from 1. `values` may hold stage and status: where the
    sheet says the customer stands. `only_new` are values for a new customer alone: what must not
    be written over something known, such as the masked telephone number of a known customer. `cells`
    is the row as it stands in the source, under `Reading.header`.
    """

    number: int
    values: Mapping[str, Any]
    problems: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    only_new: Mapping[str, Any] = field(factory=dict)
    cells: tuple[str, ...] = ()


@frozen
class ReadRequest:
    """How to read a sheet: the fields there are, how texts are meant, the moment relative dates
    count from, the pipeline whose stages are named, a mapping profile's file, if one is used, and
    which sheet of a workbook (its name, or its number from 1), where one is chosen."""

    fields: FieldCatalogue
    dialect: Dialect
    now: datetime
    pipeline: Pipeline
    profile: Path | None = None
    sheet: str | None = None


@frozen
class ColumnMapping:
    """How one column was understood: the field it is, how sure that is (0 to 1), and why.

    `key` is a field's key, `sheet.…` for one kept as the sheet's own, None for one that is not read.
    """

    header: str
    key: str | None
    confidence: float = 1.0
    why: str = ""


@frozen
class Reading:
    """What an importer read: the drafts, how columns were understood, and what it noticed.

    `drafts` may be iterated again; an importer of large files reads them as they are asked for.
    `total` is how many there are, where that is known beforehand. `header` names the cells of
    `Draft.cells`. `profile` is, as TOML, the mapping profile that reads the file the same way again.
    """

    drafts: Iterable[Draft]
    columns: Mapping[str, str | None] = field(factory=dict)
    notes: tuple[str, ...] = ()
    mapping: tuple[ColumnMapping, ...] = ()
    header: tuple[str, ...] = ()
    total: int | None = None
    profile: str = ""


@frozen
class Importer:
    """Reads files of some suffixes (`.csv`, with the dot, lower case) into drafts."""

    name: str
    label: Text
    suffixes: tuple[str, ...]
    read: Callable[[Path, ReadRequest], Reading]


@frozen
class WriteRequest:
    """How to write a file: the fields wanted, in order (none: all), how values are shown, the present
    moment, and the pipelines there are, the workspace's own first.

    `due` finds what is due for a customer; `tell` takes what a person should know of the file.
    """

    fields: FieldCatalogue
    columns: tuple[str, ...]
    dialect: Dialect
    now: datetime
    pipelines: tuple[Pipeline, ...]
    due: Callable[[Customer], Iterable[DueItem]]
    tell: Callable[[Text], None]


@frozen
class Exporter:
    """Writes customers to a file of some suffixes; returns how many. Writes to the given path only.

    The customers may be iterated again; they are read as they are asked for, never all at once.
    `template`, where the format has one, writes an empty file to fill in and import.
    """

    name: str
    label: Text
    suffixes: tuple[str, ...]
    write: Callable[[Path, Iterable[Customer], WriteRequest], int]
    template: Callable[[Path, WriteRequest], None] | None = None
