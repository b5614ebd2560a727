"""The leads of X Education (`Leads.csv`), an open history of closed leads to learn from."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path

from attrs import frozen

from crmcore.fields import undescribed
from crmcore.fieldspec import FieldSpec

FILE = "Leads.csv"
OUTCOME = "Converted"
AFTER_THE_FACT = (
    "Tags", "Lead Quality", "Lead Profile", "Asymmetrique Activity Index",
    "Asymmetrique Profile Index", "Asymmetrique Activity Score", "Asymmetrique Profile Score",
    "Last Activity", "Last Notable Activity",
)  # fmt: skip
IDENTITIES = ("Prospect ID", "Lead Number")
_EMPTY = ("", "Select")
_SPELLINGS = {"Lead Source": {"google": "Google"}}
_NAMESPACE = "sheet."


class NoLeadsError(Exception):
    """The file is not there, or is another."""


@frozen
class Leads:
    """What was known of each lead (what was not, is left out), and whether it became a customer."""

    fields: tuple[FieldSpec, ...]
    rows: tuple[Mapping[str, str], ...]
    won: tuple[bool, ...]


def read_leads(path: Path) -> Leads:
    """The leads in the file *path*, or in the folder it is in, as an import keeps them: every column
    a text, `Select` unknown. Raises NoLeadsError."""
    found = next(iter(sorted(path.rglob(FILE))), path / FILE) if path.is_dir() else path
    try:
        with found.open(encoding="utf-8-sig", newline="") as file:
            table = list(csv.DictReader(file))
    except (OSError, UnicodeDecodeError) as error:
        raise NoLeadsError(f"{found} cannot be read: {error}.") from error
    if not table or OUTCOME not in table[0]:
        raise NoLeadsError(f"{found} has no column {OUTCOME}; it is another file.")
    columns = [name for name in table[0] if name and name not in (OUTCOME, *IDENTITIES)]
    columns = [name for name in columns if name not in AFTER_THE_FACT]
    return Leads(
        tuple(undescribed(_NAMESPACE + name) for name in columns),
        tuple(_values(row, columns) for row in table),
        tuple(row[OUTCOME] == "1" for row in table),
    )


def _values(row: Mapping[str, str], columns: list[str]) -> Mapping[str, str]:
    return {
        _NAMESPACE + name: _SPELLINGS.get(name, {}).get(row[name], row[name])
        for name in columns
        if row[name] not in _EMPTY
    }
