"""Cells that no spreadsheet runs and no reader takes for unknown, and back again, exactly."""

from __future__ import annotations

import re

from crmcore.text import may_run

NOTHING = frozenset(
    {
        "", "-", "--", "—", "——", "/", "select", "n/a", "#n/a", "null", "none", "(null)", "(空)", "nan", "nil",
        "#ref!", "#value!", "#div/0!", "#name?", "#null!", "#num!", "#error!", "undefined", "请选择", "--请选择--",
        "-none-", "- none -",
    }
)  # fmt: skip
"""What programs write where there is no value."""
UNKNOWN = NOTHING | {"无", "暂无", "未知", "不详", "待定", "未填写", "unknown", "tbd"}
"""What people write where they do not know; in a column nobody described it may be an answer."""

_LONGEST = 40
"""What is longer than any of these words, blanks around it included, is none of them."""

_AS_TEXT = re.compile(r'="([^"]*)"')


def guard(text: str) -> str:
    """*text* as a cell: one ' before what a spreadsheet would run or a reader would drop.

    >>> guard("=1+1"), guard("'=1+1"), guard("Acme")
    ("'=1+1", "''=1+1", 'Acme')
    """
    return "'" + text if may_run(text) or (text and _says_nothing(text)) else text


def typed_guard(text: str) -> str:
    """*text* as a cell whose type is text, as in a workbook: only what `unguard` would change is guarded.

    >>> typed_guard("=1+1"), typed_guard("无"), typed_guard("'=1")
    ('=1+1', "'无", "''=1")
    """
    return "'" + text if unguard(text) != text or (text and _says_nothing(text)) else text


def unguard(cell: str) -> str:
    """The text that `guard` made *cell* of; what it did not make is unchanged.

    `="0138"`, with which programs keep Excel from taking a text for a number, is `0138`.

    >>> unguard("'=1+1"), unguard("'tis")
    ('=1+1', "'tis")
    """
    if cell[:1] == "=" and (found := _AS_TEXT.fullmatch(cell)):
        return found.group(1)
    if cell[:1] == "'" and (may_run(cell) or _says_nothing(cell)):
        return cell[1:]
    return cell


def is_unknown(cell: str, words: frozenset[str] = UNKNOWN) -> bool:
    """Whether a cell, as it stands in the file, says that there is no value."""
    return len(cell) <= _LONGEST and cell.strip().casefold() in words


def _says_nothing(text: str) -> bool:
    return text.lstrip("'").strip().casefold() in UNKNOWN
