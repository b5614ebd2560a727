"""The sheets of a workbook: opened so that nothing in them runs, their rows counted, their texts whole."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from crmcore.dialect import Dialect
from crmcore.errors import ConfigError, UsageError
from crmcore.text import may_run
from crmcore.wording import Text
from crmcore_sheets.files import replacing
from crmcore_sheets.guard import typed_guard

LAST_ROW = 1_048_576
"""Rows of a sheet; no workbook has more."""
LONGEST_CELL = 32_767
"""UTF-16 units a cell of text holds."""
LONG_TEXTS = Text("长文本", "Long texts")
LONG_HEADER = (
    Text("客户编号 (id)", "ID (id)"), Text("字段 (field)", "Field (field)"),
    Text("序号 (part)", "Part (part)"), Text("内容 (text)", "Text (text)"),
)  # fmt: skip
_NO_XML = re.compile("[\ud800-\udfff\ufffe\uffff]")
_BAD_IN_NAMES = re.compile(r"[\[\]:*?/\\]")
_LONGEST_NAME = 31
_REMEMBERED = 20_000
"""How many texts are remembered as they stand in a cell: the same ones come again and again."""


class Book:
    """A workbook being written, row by row; only the row at hand is in memory."""

    def __init__(self, book: Any, dialect: Dialect) -> None:
        self.book = book
        self.dialect = dialect
        self.long_texts = 0
        self.replaced = 0
        self.cells: dict[str, tuple[str, Any]] = {}
        """Texts written lately, as they stand in a cell, with the format."""
        self._names: set[str] = set()
        self._long: tuple[Any, int] | None = None

    def sheet(self, name: Text) -> Any:
        """A new sheet of this name; one more of it is numbered."""
        title = plain = sheet_name(self.dialect.say(name))
        again = 1
        while title.casefold() in self._names:
            again += 1
            title = f"{plain[: _LONGEST_NAME - 4]} {again}"
        self._names.add(title.casefold())
        return self.book.add_worksheet(title)

    def style(self, **properties: Any) -> Any:
        """A new format."""
        return self.book.add_format(properties)

    @cached_property
    def heading(self) -> Any:
        """The format of a column's name."""
        return self.style(bold=True, text_wrap=True, valign="top", bg_color="#E8EEF7", border=1)

    @cached_property
    def as_text(self) -> Any:
        """The format of a text that begins as a formula does: it stays a text when it is edited."""
        return self.style(quote_prefix=True)

    @cached_property
    def date(self) -> Any:
        """The format of a day."""
        return self.style(num_format="yyyy-mm-dd")

    @cached_property
    def moment(self) -> Any:
        """The format of a moment to the minute."""
        return self.style(num_format="yyyy-mm-dd hh:mm")

    @cached_property
    def second(self) -> Any:
        """The format of a moment to the second."""
        return self.style(num_format="yyyy-mm-dd hh:mm:ss")

    def text(self, sheet: Any, row: int, column: int, text: str, whose: tuple[str, str]) -> None:
        """Write *text*, a text for good: no spreadsheet takes it for a formula, a link or a number.

        What no cell holds goes to the sheet of long texts, under *whose* customer id and field.
        """
        if (known := self.cells.get(text)) is not None:
            sheet.write_string(row, column, *known)
            return
        if not text.isprintable():
            text, mended = _NO_XML.subn("�", text)
            self.replaced += mended
        cell = typed_guard(text)
        if len(cell) > LONGEST_CELL // 2 and _units(cell) > LONGEST_CELL:
            self._keep_long(text, whose)
            return
        form = self.as_text if may_run(cell) else None
        if text.isprintable():
            if len(self.cells) >= _REMEMBERED:
                self.cells.clear()
            self.cells[text] = cell, form
        sheet.write_string(row, column, cell, form)

    def _keep_long(self, text: str, whose: tuple[str, str]) -> None:
        self.long_texts += 1
        if self._long is None:
            sheet = self.sheet(LONG_TEXTS)
            for column, label in enumerate(LONG_HEADER):
                sheet.write_string(0, column, self.dialect.say(label), self.heading)
            self._long = sheet, 1
        sheet, row = self._long
        step = LONGEST_CELL // 2 - 1  # every character may need two units
        for part, begin in enumerate(range(0, len(text), step), 1):
            check_room(row)
            sheet.write_string(row, 0, whose[0])
            sheet.write_string(row, 1, whose[1])
            sheet.write_number(row, 2, part)
            # Guarded always, so that a part that looks guarded comes back as it is.
            sheet.write_string(row, 3, "'" + text[begin : begin + step], self.as_text)
            row += 1
        self._long = sheet, row


def sheet_name(label: str) -> str:
    """*label* as a sheet may be called.

    >>> sheet_name("Won/lost?")
    'Won lost'
    """
    return _BAD_IN_NAMES.sub(" ", label)[:_LONGEST_NAME].strip("' ") or "-"


def check_room(row: int) -> None:
    """Raise UsageError when a sheet has no row *row* (from 0)."""
    if row >= LAST_ROW:
        raise UsageError(
            f"A sheet of a workbook has {LAST_ROW:,} rows and there is more to write. Export fewer "
            "customers (--where), or to .csv or .jsonl."
        )


@contextmanager
def book_at(path: Path, dialect: Dialect, now: datetime) -> Iterator[Book]:
    """A workbook that replaces *path* when it is written. Raises UsageError, ConfigError."""
    try:
        from xlsxwriter import Workbook
        from xlsxwriter.exceptions import XlsxWriterException
    except ImportError as error:
        raise ConfigError('Writing XLSX needs XlsxWriter: pip install "crmcore[xlsx]".') from error
    # The rows wait in files of their own until the end; the folder goes also when something fails.
    with replacing(path) as file, TemporaryDirectory(prefix="crmcore-") as folder:
        options = {
            "constant_memory": True, "tmpdir": folder, "strings_to_formulas": False,
            "strings_to_urls": False, "strings_to_numbers": False, "nan_inf_to_errors": True,
        }  # fmt: skip
        book = Workbook(file, options)
        # Without it the file would name the moment it was written by another clock.
        book.set_properties({"created": now.replace(tzinfo=None), "comments": "crmcore"})
        try:
            yield Book(book, dialect)
            book.close()
        except XlsxWriterException as error:
            raise UsageError(f"{path} cannot be written: {error}.") from error


def tell_what_was_kept_apart(book: Book, tell: Any) -> None:
    """Say what no cell could hold as it is."""
    if book.long_texts:
        tell(
            Text(
                "{count} 段文字超过单元格上限（32,767 字符），完整保存在“长文本”工作表中，原单元格为空",
                "{count} texts are longer than a cell holds (32,767 characters): they are whole on the "
                "sheet “Long texts”, and their cells are empty",
            ).with_(count=book.long_texts)
        )
    if book.replaced:
        tell(
            Text(
                "{count} 个字符无法写入工作簿，已写成 �；JSON 行文件可以保存",
                "{count} characters that no workbook can hold are written as �; JSON lines hold them",
            ).with_(count=book.replaced)
        )


def _units(text: str) -> int:
    return len(text) + sum(character > "\uffff" for character in text)
