"""From rows of cells to a table: which delimiter, which row is the header, row by row."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, Protocol

from attrs import frozen

from crmcore.errors import UsageError
from crmcore.text import half_width
from crmcore_sheets.source import LONGEST, Source

DELIMITERS = (",", "\t", ";", "|")
RARE_DELIMITERS = ("^", "~", "#", "\x1f", "\x01", ":", "，", "；", "、", "!", " ")
Row = list[str]
Recognised = Callable[[str], str | None]
"""The field that a header means, None when it means none."""

_AT_ONCE = 500
_END = "\U0010ffff"
_SAMPLE_LINES = 200
_SAMPLE_CHARACTERS = 2**18
_DEEPEST_HEADER = 20
_MOST_INSTRUCTIONS = 4
_FEWEST_NAMES = 2
_ENOUGH_NAMES = 0.6
_HEADER_SHARE = 0.4
_INSTRUCTIONS = {
    "必填", "选填", "非必填", "必填项", "选填项", "可选", "required", "optional", "mandatory", "*", "text", "文本",
    "string", "number", "数字", "date", "日期", "单选", "多选", "下拉", "下拉选择", "自动生成", "系统生成",
}  # fmt: skip
_INSTRUCTS = re.compile(
    r"^[(（【\[*]*(?:非?必[填选]|选填|请(?:填写|输入|选择|勿)|格式[:：为]|可为空|不能为空|不可为空|多个|单选|多选|下拉|文本|"
    r"(?:不[可能得]重复|唯一|由?系统(?:自动)?(?:生成|计算|带出)|自动(?:生成|计算|带出|编号)|无需填写|不用填|下拉(?:框|菜单|列表)?)"
    r"(?:选择|选)?(?:$|[\s,;，；、(（])|"
    r"最多|不超过|字符串|日期格式|例如?[:：]|示例[:：]|required\b|optional\b|e\.g\.|format:|yyyy|max\b)",
    re.IGNORECASE,
)


class Rows(Protocol):
    """Rows of cells with the numbers a person counts them by, read anew each time."""

    @property
    def path(self) -> Path: ...

    def numbered(self) -> Iterator[tuple[int, Row]]: ...


@frozen
class TextRows:
    """The rows of a text file: records, counted from 1, so the first below a header at the top is 2."""

    source: Source
    delimiter: str
    quote: str = '"'
    escape: str | None = None

    @property
    def path(self) -> Path:
        return self.source.path

    @property
    def dialect(self) -> dict[str, Any]:
        """How `csv` is told of it."""
        return _dialect(self.delimiter, self.quote, self.escape)

    def numbered(self) -> Iterator[tuple[int, Row]]:
        """All its records. Raises UsageError for a quotation mark that is never closed."""
        csv.field_size_limit(max(csv.field_size_limit(), LONGEST))
        over: list[bool] = []
        reader = csv.reader(_with_end(self.source.lines(), over), **self.dialect)
        number = through = 0
        try:
            for number, row in enumerate(reader, 1):
                if over:
                    break
                through = reader.line_num
                yield number, row
        except csv.Error as error:
            raise UsageError(
                f"{self.path}: the row after row {number} is not readable ({error}). Is a quotation "
                f"mark left open near line {through + 1}?"
            ) from error
        if row != [_END]:
            raise UsageError(
                f"{self.path}: a quotation mark opened in row {number} (line {through + 1}) is never "
                "closed, so what follows it cannot be told apart. Close it, or was the file cut off?"
            )


def _with_end(lines: Iterator[str], over: list[bool]) -> Iterator[str]:
    """*lines* and one more, which is a row of its own unless what is before it never ended."""
    yield from lines
    over.append(True)
    yield _END


@frozen
class Table:
    """A sheet's shape. `skipped` are rows below the header that tell how to fill it in; `names` is
    how many headers were recognised."""

    data: Rows
    header: tuple[str, ...]
    header_number: int
    skipped: tuple[int, ...] = ()
    names: int = 0

    def rows(self) -> Iterator[tuple[int, Row]]:
        """The rows below the header that hold something, with their numbers. Raises UsageError."""
        for number, row in self.data.numbered():
            if (
                any(map(str.strip, row))  # of which each is made in C, other than `_held`
                and number > self.header_number
                and number not in self.skipped
            ):
                yield number, row

    def batches(self) -> Iterator[list[tuple[int, Row]]]:
        """Its `rows`, some at a time; those above a mistake come before it is raised."""
        some: list[tuple[int, Row]] = []
        try:
            for numbered in self.rows():
                some.append(numbered)
                if len(some) == _AT_ONCE:
                    yield some
                    some = []
        except UsageError:
            if some:
                yield some
            raise
        if some:
            yield some


def find_table(source: Source, recognised: Recognised, delimiter: str | None = None) -> Table:
    """The table in the text *source*. Raises UsageError when nothing is in it."""
    lines, whole = _sample(source)
    start = 0
    if lines and lines[0].casefold().startswith("sep=") and len(lines[0].strip()) == 5:
        delimiter, start = delimiter or lines[0][4], 1
    lines = lines[start:]
    shapes = {mark: _parsed(lines, mark, whole) for mark in (delimiter or DELIMITERS)}
    if not all(any(_held(cell) for row in rows for cell in row) for rows in shapes.values()):
        raise UsageError(f"{source.path} is empty: there is no header row in it.")
    best = max(shapes, key=lambda mark: _score(shapes[mark], recognised))
    if delimiter is None and not _score(shapes[best], recognised)[1]:
        for mark in RARE_DELIMITERS:
            rows = _parsed(lines, mark, whole)
            names, wide, same, _ = _score(rows, recognised)
            if wide and same == 1 and names >= _FEWEST_NAMES:
                shapes[mark] = rows
                best = mark
                break
    quote, rows = '"', shapes[best]
    first = next(row for row in rows if any(map(_held, row)))
    if all(len(cell) > 1 and cell[0] == cell[-1] == "'" for cell in map(str.strip, first)):
        quote, rows = "'", _parsed(lines, best, whole, "'")
    escape = _escape(lines, best, quote)
    if escape:
        rows = _parsed(lines, best, whole, quote, escape)
    numbered = [(start + place, row) for place, row in enumerate(rows, 1)]
    return _table(TextRows(source, best, quote, escape), numbered, recognised)


def table_of(data: Rows, recognised: Recognised) -> Table:
    """The table in the sheet *data* of a workbook, which holds something."""
    return _table(data, list(islice(data.numbered(), _SAMPLE_LINES)), recognised)


def _table(data: Rows, sample: Sequence[tuple[int, Row]], recognised: Recognised) -> Table:
    rows = [row for _, row in sample]
    at = _header_at(rows, recognised)
    skipped: list[int] = []
    for number, row in sample[at + 1 : at + 1 + _MOST_INSTRUCTIONS]:
        if _instructs(rows[at], row, recognised):
            skipped.append(number)
    return Table(
        data, tuple(rows[at]), sample[at][0], tuple(skipped), _recognised_in(rows[at], recognised)
    )


def _held(cell: str) -> bool:
    return bool(cell) and not cell.isspace()


def _dialect(delimiter: str, quote: str, escape: str | None) -> dict[str, Any]:
    return {
        "delimiter": delimiter, "quotechar": quote, "escapechar": escape, "doublequote": escape is None,
    }  # fmt: skip


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


def _parsed(
    lines: Sequence[str], delimiter: str, whole: bool, quote: str = '"', escape: str | None = None
) -> list[Row]:
    csv.field_size_limit(max(csv.field_size_limit(), LONGEST))
    rows = list(csv.reader(lines, **_dialect(delimiter, quote, escape)))
    # The last record of a cut sample may be half a record.
    return rows if whole or len(rows) < 2 else rows[:-1]


def _escape(lines: Sequence[str], delimiter: str, quote: str) -> str | None:
    """A backslash where quotation marks in quotes have one before them instead of being doubled."""
    if not any(f"\\{quote}" in line for line in lines):
        return None
    plain, escaped = (
        _readable(lines, _dialect(delimiter, quote, escape)) for escape in (None, "\\")
    )
    return "\\" if escaped and not plain else None


def _recognised_in(row: Row, recognised: Recognised) -> int:
    return sum(recognised(cell) is not None for cell in row)


def _score(rows: Sequence[Row], recognised: Recognised) -> tuple[int, bool, float, int]:
    """How well rows parsed with one delimiter look like a table."""
    held = [row for row in rows if any(map(_held, row))]
    if not held:
        return 0, False, 0.0, 0
    names = max(_recognised_in(row, recognised) for row in held[:_DEEPEST_HEADER])
    width = len(held[0])
    same = sum(len(row) == width for row in held) / len(held)
    return names, width > 1, same, width


def _header_at(rows: Sequence[Row], recognised: Recognised) -> int:
    """Where the header is: the first row with most of the names that any row has.

    Above it may stand blank rows, titles, and the groups of a header in two levels. Where no row
    names two fields, it is the first row that holds something, or below a title of one cell.
    """
    held = [place for place, row in enumerate(rows) if any(map(_held, row))][:_DEEPEST_HEADER]
    names = {place: len(_fields_in(rows[place], recognised)) for place in held}
    first = held[0]
    most = max(names.values())
    cells = {place: sum(map(_held, rows[place])) for place in held}
    for place in held:
        if names[place] < max(_FEWEST_NAMES, _ENOUGH_NAMES * most):
            continue
        # A row of data may hold words that are names elsewhere: it must say more than the first row.
        more = names[place] - names[first] - (cells[first] >= cells[place]) > 1
        if place == first or (more and names[place] >= _HEADER_SHARE * cells[place]):
            return place
    if cells[first] == 1 and not names[first]:
        return next(place for place in held if 2 * cells[place] > max(cells.values()))
    return first


def _fields_in(row: Row, recognised: Recognised) -> set[str]:
    return {key for cell in row if (key := recognised(cell)) is not None}


def _instructs(header: Row, row: Row, recognised: Recognised) -> bool:
    """Whether *row* says how to fill in the columns (必填), or names them again by key."""
    held = [(name, cell) for name, cell in zip(header, row, strict=False) if _held(cell)]
    words = sum(_is_instruction(cell) for _, cell in held)
    again = sum(
        name.strip() != "" and (key := recognised(cell)) is not None and key == recognised(name)
        for name, cell in held
    )
    told = words + again
    if again > 1 and again >= _ENOUGH_NAMES * len(held):
        return True
    return (
        bool(held)
        and words > 0
        and (told == len(held) or (words > 1 and told * 3 >= len(held) * 2))
    )


def _is_instruction(cell: str) -> bool:
    word = half_width(cell).strip("() ").casefold()
    return word in _INSTRUCTIONS or _INSTRUCTS.match(cell.strip()) is not None


def _readable(lines: Sequence[str], dialect: dict[str, Any]) -> bool:
    """Whether no quotation mark in *lines* stays open or has anything wrong about it."""
    try:
        for _ in csv.reader(lines, **dialect, strict=True):
            pass
    except csv.Error:
        return False
    return True
