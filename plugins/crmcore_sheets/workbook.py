"""From a workbook (XLSX, XLS, ODS) to the rows of its sheets, which a process of their own reads.

The rows come by way of text files in a folder that goes when nobody reads them any more, so that a
large sheet is in memory only while that process runs.
"""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from attrs import field, frozen

from crmcore.errors import UsageError
from crmcore.text import one_line
from crmcore_sheets.source import LONGEST, checked_file

SUFFIXES = (".xlsx", ".xlsm", ".xls", ".ods")
_PROGRAM = Path(__file__).with_name("convert.py")
_SECONDS = 8.0
_BYTES_A_SECOND = 300_000
"""A packed workbook is read at some two megabytes a second; the rest is for a slow machine."""
_OLE = b"\xd0\xcf\x11\xe0"
_MAGICS = (b"PK\x03\x04", b"PK\x05\x06", _OLE)
_LONGEST_WHY = 120


@frozen
class SheetRows:
    """The rows of one sheet, read anew each time they are asked for."""

    path: Path
    name: str
    count: int
    _file: Path
    _folder: TemporaryDirectory[str] = field(repr=False, eq=False)

    def numbered(self) -> Iterator[tuple[int, list[str]]]:
        """The rows that hold something, with the numbers they have in the sheet."""
        csv.field_size_limit(max(csv.field_size_limit(), LONGEST))
        with self._file.open(encoding="utf-8", errors="replace", newline="") as file:
            for number, *cells in csv.reader(file):
                yield int(number), cells


def is_workbook(path: Path) -> bool:
    """Whether the file *path* begins as workbooks do. Raises UsageError for what cannot be opened."""
    return checked_file(path).startswith(_MAGICS)


def read_workbook(path: Path, wanted: str | None = None) -> tuple[SheetRows, ...]:
    """The sheets of the workbook *path* that hold something, or the one *wanted*.

    Hidden sheets are read when they are asked for. Raises UsageError for a workbook that is broken,
    protected by a password or too large, for a sheet that is not there, and when none holds anything.
    """
    library = find_spec("python_calamine")
    if library is None or not library.origin:
        raise UsageError(
            f"{path.name} is a workbook. Reading it needs one more library: "
            'pip install "crmcore[xlsx]". Or save the sheet as CSV.'
        )
    folder = TemporaryDirectory(prefix="crmcore-")
    answer = _converted(path, Path(folder.name), wanted, Path(library.origin).parents[1])
    if "error" in answer:
        answer["old"] = checked_file(path).startswith(_OLE)
        raise UsageError(_worded(path, wanted, answer))
    sheets = [
        SheetRows(path, sheet["name"], sheet["rows"], Path(folder.name) / sheet["file"], folder)
        for sheet in answer["sheets"]
    ]
    filled = tuple(sheet for sheet in sheets if sheet.count)
    if not filled:
        which = f"its sheet {sheets[0].name!r} holds" if wanted and sheets else "its sheets hold"
        raise UsageError(f"{path} is empty: {which} nothing.")
    return filled


def _converted(path: Path, folder: Path, wanted: str | None, library: Path) -> dict[str, Any]:
    command = [sys.executable, "-P", str(_PROGRAM), str(path.absolute()), str(folder)]
    seconds = _SECONDS + path.stat().st_size / _BYTES_A_SECOND
    try:
        done = subprocess.run(  # noqa: S603 - our own program, no shell
            [*command, *([wanted] if wanted is not None else [])],
            capture_output=True,
            check=False,
            stdin=subprocess.DEVNULL,
            timeout=seconds,
            env={**os.environ, "PYTHONPATH": str(library), "PYTHONIOENCODING": "utf-8"},
        )
    except subprocess.TimeoutExpired:
        return {"error": "time", "seconds": round(seconds)}
    except OSError as error:
        return {"error": "broken", "why": str(error)}
    except ValueError as error:  # a NUL in the name of a sheet
        return {"error": "broken", "why": str(error)}
    if done.returncode == 0:
        answer: dict[str, Any] = json.loads(done.stdout)
        return answer
    said = done.stderr.decode("utf-8", "replace")
    if "memory" in said.casefold():
        return {"error": "memory"}
    return {"error": "broken", "why": said.strip().rpartition("\n")[2]}


def _worded(path: Path, wanted: str | None, answer: dict[str, Any]) -> str:
    match answer["error"]:
        case "password":
            return (
                f"{path} is a workbook protected by a password. Open it, remove the password "
                "(File > Info > Protect Workbook), save it and import that."
            )
        case "sheet":
            names = ", ".join(repr(one_line(name)) for name in answer["names"]) or "none"
            return f"{path.name} has no sheet {one_line(str(wanted))!r}. Its sheets are {names}."
        case "unpacks":
            return (
                f"{path} is a workbook that would unpack to {answer['size'] // 2**20:,} MB, more than "
                f"the {answer['limit'] // 2**20:,} MB that are read. Save the sheet as CSV and import that."
            )
        case "bomb":
            return (
                f"{path} is a workbook whose part {one_line(answer['part'])!r} says that it unpacks from "
                f"{answer['packed']:,} to {answer['size']:,} bytes: it is not read. If it is a sheet of "
                "yours, save it as CSV and import that."
            )
        case "cells":
            return (
                f"{path} is a workbook that asks for {answer['rows']:,} rows by {answer['columns']:,} columns, "
                f"more than the {answer['limit']:,} cells that are read. Delete the empty or repeated cells "
                "beyond the table, or save the sheet as CSV."
            )
        case "many":
            return (
                f"{path} is a workbook of more than the {answer['limit']:,} cells that are read. Save the "
                "sheet as CSV and import that."
            )
        case "memory":
            return (
                f"{path} is a workbook that needs more memory than it may have. Save the sheet as CSV "
                "and import that."
            )
        case "time":
            return (
                f"{path} is a workbook that was not read within {answer['seconds']} seconds. Save the "
                "sheet as CSV and import that."
            )
    why = one_line(answer.get("why", ""))[:_LONGEST_WHY]
    what = (
        "an old Excel workbook (XLS)" if answer.get("old") else "a workbook (XLSX, ODS) or ZIP file"
    )
    return (
        f"{path} is {what} that cannot be read{f': {why}' if why else ''}. Was it cut off while it was "
        "copied or saved? Open it in a spreadsheet program and save it again."
    )
