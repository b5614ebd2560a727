"""Text from outside is data: what may be kept, and what may be shown."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from difflib import get_close_matches
from itertools import repeat
from operator import contains

# C0/C1 controls but TAB and LF; NUL would end strings in C libraries, ESC starts terminal sequences.
_CONTROLS = {c: None for c in (*range(0x20), *range(0x7F, 0xA0)) if c not in (0x09, 0x0A)}
# Embeddings, overrides and isolates reorder what stands around them on the screen.
_REORDERING = {*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F, 0x061C}
# A lone surrogate (from a file name, say) cannot be written to any terminal.
_SURROGATES = range(0xD800, 0xE000)
_SHOWN_AS_MARK = dict.fromkeys((*_CONTROLS, *_REORDERING, *_SURROGATES), "�")
_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}


def clean(text: str) -> str:
    """*text* as it is kept: NFC, line ends as LF, control characters gone, no lone surrogates.

    >>> clean("Acme\\x1b[31m Corp\\r\\n")
    'Acme[31m Corp'
    """
    if text.isprintable():  # nearly every text: no control, line end or surrogate is in it
        return unicodedata.normalize("NFC", text).strip()
    text = text.replace("\r\n", "\n").replace("\r", "\n").translate(_CONTROLS)
    text = text.encode("utf-8", "replace").decode("utf-8")
    return unicodedata.normalize("NFC", text).strip()


def in_a_row(texts: Iterable[str]) -> str:
    """*texts* as one, each between two `|`: many are looked at faster together."""
    return f"|{'|'.join(texts)}|"


def is_clean(row: str) -> bool:
    """Whether each text of `in_a_row` says something and is kept as it is, on one line.

    It may say no where all are, if there is a `|` in one of them.

    >>> [is_clean(in_a_row(texts)) for texts in (["Acme Corp", "上海"], ["Acme  Corp"], [""])]
    [True, False, False]
    """
    return (
        row.isprintable()
        and unicodedata.is_normalized("NFC", row)
        and not any(map(contains, repeat(row), ("||", "  ", "| ", " |")))
    )


def one_line(text: str) -> str:
    """*text* as it is shown on one line of a terminal: nothing in it moves, colours or reorders.

    >>> one_line("a\\nb\\x1b[2J")
    'a b\N{REPLACEMENT CHARACTER}[2J'
    """
    return " ".join(text.split()).translate(_SHOWN_AS_MARK)


def shown(text: str) -> str:
    """*text* as it is shown on several lines: like `one_line`, with its line breaks kept."""
    return "\n".join(one_line(line) for line in text.splitlines())


def half_width(text: str) -> str:
    """*text* with the full-width letters, digits and signs of Chinese keyboards as ASCII.

    >>> half_width("１０万～２０万")
    '10万~20万'
    """
    return text if text.isascii() else text.translate(_FULL_WIDTH)


def nearest(word: str, known: Iterable[str]) -> tuple[str, ...]:
    """The up to two of *known* most like *word*, for a "did you mean"."""
    return tuple(get_close_matches(word.casefold()[:60], list(known), n=2, cutoff=0.6))


def did_you_mean(word: str, known: Iterable[str], begin: str = "did you mean") -> str:
    """A question for the nearest of *known*; "" when none is near.

    >>> did_you_mean("satge", ["stage", "status"])
    'did you mean stage?'
    """
    near = nearest(word, known)
    return f"{begin} {' or '.join(near)}?" if near else ""


_FORMULA = re.compile(r"'*[=+\-@\t\r]")


def may_run(cell: str) -> bool:
    """Whether a spreadsheet could take *cell*, or what is left of it without its `'`, for a formula."""
    return _FORMULA.match(cell) is not None


def guard_cell(text: str) -> str:
    """*text* as a cell that no spreadsheet runs: one `'` before what could be a formula.

    >>> guard_cell("=1+1"), guard_cell("'=1"), guard_cell("plain")
    ("'=1+1", "''=1", 'plain')
    """
    return f"'{text}" if may_run(text) else text
