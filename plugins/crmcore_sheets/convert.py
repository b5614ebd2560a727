"""A program of its own: the sheets of one workbook as text files, in bounded memory and time.

A workbook is another's data for a parser in another language: whatever goes wrong in there ends this
process, not ours. It is run by `workbook.py` as a script and imports nothing of crmcore.

    convert.py WORKBOOK FOLDER [SHEET]     prints one line of JSON: {"sheets": […]} or {"error": …}

Each sheet becomes a CSV file in FOLDER whose first cell of a row is the row's number; rows that hold
nothing are left out. A cell merged over several rows holds for each of them.
"""

from __future__ import annotations

import csv
import json
import re
import sys
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

MOST_BYTES = 600 * 2**20
"""The most that the parts of a workbook may come to, unpacked."""
MOST_CELLS = 12_000_000
"""The most cells of one sheet, empty ones between filled ones included."""
_PACKED_TIGHTER = 150
_WORTH_A_LOOK = 8 * 2**20
_MEMORY_BASE = 220 * 2**20
_MEMORY_A_CELL = 130
_MEMORY_STRINGS = 200 * 2**20
_MEMORY_MOST = 3 * 2**30
_CHUNK = 2**20
_OVERLAP = 64
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
# Written otherwise, a place escapes these; then the memory that the process has is the limit.
_COLUMN = re.compile(rb'c r="([A-Z]{1,8})')
_ROW = re.compile(rb'row r="(\d{1,10})"')
_CELLS = (b"<c ", b"<c>", b":c ", b":c>", b"<table:table-cell ", b"<table:table-cell>")
_REPEATED = re.compile(rb"""number-(rows|columns)-repeated\s*=\s*["'](\d+)["']""")
_PART = re.compile(r"xl/worksheets/[^/]+\.xml$|content\.xml$", re.I)
_STRINGS = re.compile(r"xl/sharedStrings\.xml$", re.I)
_TEXT_SHEET = re.compile(r"xl/worksheets/[^/]+\.xml$", re.I)
_FILLED_REPEAT = re.compile(rb"<table:table-row\b([^>]*)>(.{0,4000}?)</table:table-row>", re.DOTALL)


class RefusedError(Exception):
    """Why the workbook is not read: a key that `workbook.py` words, and details."""

    def __init__(self, key: str, **details: Any) -> None:
        super().__init__(key)
        self.answer = {"error": key, **details}


def main(arguments: list[str]) -> None:
    """Convert the workbook that *arguments* name and print what came of it."""
    path, folder = Path(arguments[0]), Path(arguments[1])
    wanted = arguments[2] if len(arguments) > 2 else None
    try:
        cells, strings = checked(path)
        _limit(_MEMORY_BASE + _MEMORY_A_CELL * cells + min(2 * strings, _MEMORY_STRINGS))
        answer: dict[str, Any] = {"sheets": list(_sheets(path, folder, wanted))}
    except RefusedError as error:
        answer = error.answer
    except MemoryError:
        answer = {"error": "memory"}
    print(json.dumps(answer))  # noqa: T201 - the answer is this program's output


def checked(path: Path) -> tuple[int, int]:
    """About how many cells the workbook's largest sheet holds, and how large its table of strings is.

    Raises RefusedError for what would not fit, before it is unpacked in memory.
    """
    with path.open("rb") as file:
        head = file.read(8)
        if head == _OLE:
            if _encrypted(path):
                raise RefusedError("password")
            # BIFF has at most 65,536 rows and keeps cells in at least 6 bytes each.
            return min(path.stat().st_size // 6, MOST_CELLS), 0
    try:
        with zipfile.ZipFile(path) as archive:
            return _unpacked(archive)
    except (zipfile.BadZipFile, EOFError, NotImplementedError, OSError, ValueError) as error:
        raise RefusedError("broken", why=str(error)) from error
    except RuntimeError as error:  # an encrypted member
        raise RefusedError("password") from error


def _encrypted(path: Path) -> bool:
    """Whether an OLE file is the shell of an encrypted workbook."""
    last = b""
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            if _ENCRYPTED in last + chunk:
                return True
            last = chunk[-_OVERLAP:]
    return False


def _unpacked(archive: zipfile.ZipFile) -> tuple[int, int]:
    members = archive.infolist()
    total = sum(member.file_size for member in members)
    if total > MOST_BYTES:
        raise RefusedError("unpacks", size=total, limit=MOST_BYTES)
    most = strings = 0
    for member in members:
        packed = max(member.compress_size, 1)
        if member.file_size > _WORTH_A_LOOK and member.file_size / packed > _PACKED_TIGHTER:
            raise RefusedError("bomb", part=member.filename, size=member.file_size, packed=packed)
        if member.flag_bits & 1:
            raise RefusedError("password")
        if _STRINGS.search(member.filename):
            strings = member.file_size
        elif _PART.search(member.filename):
            most = max(most, _cells(archive, member))
    return most, strings


def _cells(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> int:
    """About how many cells a part holds. Raises RefusedError for too many."""
    filled = rows = 0
    columns: set[bytes] = set()
    text_sheet = _TEXT_SHEET.search(member.filename) is not None
    last = b""
    with archive.open(member) as part:
        while chunk := part.read(_CHUNK):
            text = last + chunk
            filled += sum(map(text.count, _CELLS))
            if filled > MOST_CELLS:
                raise RefusedError("many", limit=MOST_CELLS)
            if text_sheet:
                columns.update(_COLUMN.findall(text))
                rows = max(rows, max(map(int, _ROW.findall(text)), default=0))
            else:
                _check_repeats(text)
            # A mark that is cut by the end of a chunk is found in the next one.
            cut = text.rfind(b"<", -_OVERLAP * 64)
            last = text[cut:] if cut > 0 else b""
    width = max(map(_number, columns), default=0)
    if rows * width > MOST_CELLS:
        raise RefusedError("cells", rows=rows, columns=width, limit=MOST_CELLS)
    return max(filled, rows * width)


def _number(column: bytes) -> int:
    number = 0
    for letter in column.upper():
        number = number * 26 + letter - 64
    return number


def _check_repeats(text: bytes) -> None:
    """Refuse an ODS whose repeated cells hold something and come to too many."""
    for opening, inside in _FILLED_REPEAT.findall(text):
        if b"text:p" not in inside and b"office:value" not in inside:
            continue
        rows = max((int(n) for what, n in _REPEATED.findall(opening) if what == b"rows"), default=1)
        columns = 1
        for cell in inside.split(b"<table:")[1:]:
            if b"text:p" in cell or b"office:value" in cell:
                found = [int(n) for what, n in _REPEATED.findall(cell) if what == b"columns"]
                columns += sum(found) or 1
        if rows * columns > MOST_CELLS:
            raise RefusedError("cells", rows=rows, columns=columns - 1, limit=MOST_CELLS)


def _limit(size: int) -> None:
    """Let this process have no more than *size* bytes of memory, where the platform can say so."""
    with suppress(ImportError, ValueError, OSError):
        import resource

        size = min(size, _MEMORY_MOST)
        resource.setrlimit(resource.RLIMIT_AS, (size, size))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _sheets(path: Path, folder: Path, wanted: str | None) -> Iterator[dict[str, Any]]:
    import python_calamine as calamine

    try:
        book = calamine.CalamineWorkbook.from_path(str(path))
    except calamine.PasswordError as error:
        raise RefusedError("password") from error
    except calamine.CalamineError as error:
        raise RefusedError("broken", why=str(error)) from error
    kinds = {sheet.name: sheet for sheet in book.sheets_metadata}
    names = [n for n in book.sheet_names if kinds[n].typ == calamine.SheetTypeEnum.WorkSheet]
    for place, name in enumerate(_chosen(names, wanted)):
        shown = kinds[name].visible == calamine.SheetVisibleEnum.Visible
        if not shown and wanted is None:
            continue
        try:
            sheet = book.get_sheet_by_name(name)
        except calamine.CalamineError as error:
            raise RefusedError("broken", why=str(error)) from error
        if sheet.height * sheet.width > MOST_CELLS:
            raise RefusedError("cells", rows=sheet.height, columns=sheet.width, limit=MOST_CELLS)
        file = folder / f"{place}.csv"
        yield {"name": name, "file": file.name, "rows": _write(sheet, file)}
        del sheet


def _chosen(names: list[str], wanted: str | None) -> list[str]:
    """The sheet *wanted* by name or by number from 1; all of them when none is."""
    if wanted is None:
        return names
    for name in names:
        if name == wanted or name.strip().casefold() == wanted.strip().casefold():
            return [name]
    if wanted.isdecimal() and 0 < int(wanted) <= len(names):
        return [names[int(wanted) - 1]]
    raise RefusedError("sheet", names=names)


def _write(sheet: Any, file: Path) -> int:
    """Write the rows of *sheet* that hold something; returns how many."""
    down = _merged_down(sheet)
    held: dict[int, tuple[int, str]] = {}
    written = 0
    with file.open("w", encoding="utf-8", errors="surrogatepass", newline="") as out:
        writer = csv.writer(out)
        for number, row in enumerate(sheet.iter_rows(), 1):
            texts = [as_text(cell) for cell in row]
            for column, last in down.get(number, ()):
                if column < len(texts):
                    held[column] = last, texts[column]
            for column, (last, text) in list(held.items()):
                if number > last:
                    del held[column]
                elif any(texts) and not texts[column]:
                    texts[column] = text
            if any(texts):
                while texts and not texts[-1]:
                    texts.pop()
                writer.writerow([number, *texts])
                written += 1
    return written


def _merged_down(sheet: Any) -> dict[int, list[tuple[int, int]]]:
    """By the row number where a cell merged over several rows begins: its column and its last row."""
    down: dict[int, list[tuple[int, int]]] = {}
    for (row, column), (last, _) in sheet.merged_cell_ranges or ():
        if last > row:
            down.setdefault(row + 1, []).append((column, last + 1))
    return down


def as_text(cell: Any) -> str:
    """A cell as a sheet shows it, dates in ISO form.

    >>> as_text(13800138000.0), as_text(0.1 + 0.2), as_text(datetime(2021, 4, 15))
    ('13800138000', '0.3', '2021-04-15')
    """
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        # Spreadsheets keep fifteen digits; what binary adds behind them nobody typed.
        return f"{cell:.15g}"
    if isinstance(cell, datetime):
        cell = cell.replace(microsecond=0)
        return str(cell.date()) if cell.time() == time() else str(cell)
    if isinstance(cell, (date, time)):
        return str(cell)
    if isinstance(cell, timedelta):
        seconds = round(cell.total_seconds())
        return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    return "" if cell is None else str(cell)


if __name__ == "__main__":
    main(sys.argv[1:])
