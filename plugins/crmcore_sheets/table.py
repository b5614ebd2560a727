"""From lines of text to rows of cells: which delimiter, which row is the header, row by row."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Sequence
from itertools import islice

from attrs import define, frozen

from crmcore.errors import UsageError
from crmcore.text import half_width
from crmcore_sheets.source import LONGEST, Source

DELIMITERS = (",", "\t", ";", "|")
Row = list[str]
Recognised = Callable[[str], str | None]
"""The field that a header means, None when it means none."""

_SAMPLE_LINES = 200
_SAMPLE_CHARACTERS = 2**18
_DEEPEST_HEADER = 10
_MOST_INSTRUCTIONS = 3
_INSTRUCTIONS = {
    "必填", "选填", "非必填", "必填项", "选填项", "可选", "required", "optional", "mandatory", "*",
}  # fmt: skip


@frozen
class Table:
    """A sheet's shape. Rows are counted as records from 1, so the first below a header at the top is 2.

    `skipped` are rows below the header that tell how to fill it in.
    """

    source: Source
    delimiter: str
    quote: str
    header: tuple[str, ...]
    header_number: int
    skipped: tuple[int, ...] = ()

    def rows(self) -> Iterator[tuple[int, Row]]:
        """The rows below the header that hold something, with their numbers. Raises UsageError."""
        for number, row in _records(self.source, self.delimiter, self.quote):
            if number > self.header_number and number not in self.skipped and any(map(_held, row)):
                yield number, row


def find_table(source: Source, recognised: Recognised, delimiter: str | None = None) -> Table:
    """The table in *source*. Raises UsageError when nothing is in it."""
    sample, whole = _sample(source)
    start = 0
    if sample and sample[0].casefold().startswith("sep=") and len(sample[0].strip()) == 5:
        delimiter, start = delimiter or sample[0][4], 1
    shapes = {
        mark: _parsed(sample[start:], mark, whole) for mark in ((delimiter,) if delimiter else DELIMITERS)
    }  # fmt: skip
    if not all(any(_held(cell) for row in rows for cell in row) for rows in shapes.values()):
        raise UsageError(f"{source.path} is empty: there is no header row in it.")
    mark = max(shapes, key=lambda mark: _score(shapes[mark], recognised))
    quote, rows = '"', shapes[mark]
    first = next(row for row in rows if any(map(_held, row)))
    if all(len(cell) > 1 and cell[0] == cell[-1] == "'" for cell in map(str.strip, first)):
        quote, rows = "'", _parsed(sample[start:], mark, whole, "'")
    at = _header_at(rows, recognised)
    skipped = tuple(
        start + place + 1
        for place in range(at + 1, min(at + 1 + _MOST_INSTRUCTIONS, len(rows)))
        if _instructs(rows[at], rows[place], recognised)
    )
    return Table(source, mark, quote, tuple(rows[at]), start + at + 1, skipped)


def _held(cell: str) -> bool:
    return bool(cell) and not cell.isspace()


def _sample(source: Source) -> tuple[list[str], bool]:
    """The first lines, and whether they are all there are."""
    lines: list[str] = []
    length = 0
    for line in islice(source.lines(), _SAMPLE_LINES + 1):
        lines.append(line)
        length += len(line)
        if length > _SAMPLE_CHARACTERS:
            break
    whole = len(lines) <= _SAMPLE_LINES and length <= _SAMPLE_CHARACTERS
    return lines, whole


def _parsed(lines: Sequence[str], delimiter: str, whole: bool, quote: str = '"') -> list[Row]:
    csv.field_size_limit(max(csv.field_size_limit(), LONGEST))
    rows = list(csv.reader(lines, delimiter=delimiter, quotechar=quote))
    # The last record of a cut sample may be half a record.
    return rows if whole or len(rows) < 2 else rows[:-1]


def _score(rows: Sequence[Row], recognised: Recognised) -> tuple[int, bool, float, int]:
    """How well rows parsed with one delimiter look like a table."""
    held = [row for row in rows if any(map(_held, row))]
    if not held:
        return 0, False, 0.0, 0
    names = max(sum(recognised(cell) is not None for cell in row) for row in held[:_DEEPEST_HEADER])
    width = len(held[0])
    same = sum(len(row) == width for row in held) / len(held)
    return names, width > 1, same, width


def _header_at(rows: Sequence[Row], recognised: Recognised) -> int:
    """Where the header is: the first row that holds something, or one below a title."""
    held = [place for place, row in enumerate(rows[:_DEEPEST_HEADER]) if any(map(_held, row))]
    if not held:
        return next(place for place, row in enumerate(rows) if any(map(_held, row)))
    first = held[0]
    if any(recognised(cell) for cell in rows[first]) or sum(map(_held, rows[first])) > 1:
        return first
    for place in held[1:]:
        if sum(recognised(cell) is not None for cell in rows[place]) > 1:
            return place
    return first


def _instructs(header: Row, row: Row, recognised: Recognised) -> bool:
    """Whether *row* says how to fill in the columns (必填), or names them again by key."""
    held = [(name, cell) for name, cell in zip(header, row, strict=False) if _held(cell)]
    words = sum(half_width(cell).strip("() ").casefold() in _INSTRUCTIONS for _, cell in held)
    again = sum(
        name.strip() != "" and (key := recognised(cell)) is not None and key == recognised(name)
        for name, cell in held
    )
    return bool(held) and words + again == len(held) and (words > 0 or again > 1)


@define
class _Lines:
    """Hands lines on and remembers those of the record being read."""

    lines: Iterator[str]
    pending: list[str]

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = next(self.lines)
        self.pending.append(line)
        return line


def _records(source: Source, delimiter: str, quote: str) -> Iterator[tuple[int, Row]]:
    csv.field_size_limit(max(csv.field_size_limit(), LONGEST))
    lines = _Lines(source.lines(), [])
    reader = csv.reader(lines, delimiter=delimiter, quotechar=quote)
    last: list[str] = []
    begins = number = 0
    try:
        for number, row in enumerate(reader, 1):
            last, lines.pending = lines.pending, []
            begins = reader.line_num - len(last) + 1
            yield number, row
    except csv.Error as error:
        raise UsageError(
            f"{source.path}: the row after row {number} is not readable ({error}). Is a quotation mark "
            f"left open near line {begins + len(last)}?"
        ) from error
    if _unclosed(last, delimiter, quote):
        raise UsageError(
            f"{source.path}: a quotation mark opened in row {number} (line {begins}) is never closed, "
            "so what follows it cannot be told apart. Close it, or was the file cut off?"
        )


def _unclosed(lines: Sequence[str], delimiter: str, quote: str) -> bool:
    try:
        for _ in csv.reader(lines, delimiter=delimiter, quotechar=quote, strict=True):
            pass
    except csv.Error as error:
        return "unexpected end" in str(error)
    return False
