"""Text in terminal cells: cropping, padding and laying out parts, wide characters counted right."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from attrs import frozen
from rich.cells import cell_len, chop_cells, set_cell_size

from crmcore.text import one_line

ELLIPSIS = "…"
_WIDE = r"\u1100-\u11ff\u2e80-\uffdc\U00020000-\U0003fffd"
_TOKEN = re.compile(f" |[{_WIDE}]|[^ {_WIDE}]+")
# Longer than any line can show: what is behind it need not be cleaned or measured.
_LONGEST = 1000


@frozen
class Part:
    """Some text of one line and the role it plays; the widget that draws it knows the role's style."""

    text: str
    role: str = ""


Line = tuple[Part, ...]


def fit(text: str, width: int) -> str:
    """*text* on one line in at most *width* cells, cut with `…`; nothing in it acts on the terminal.

    >>> fit("上海某某科技", 7)
    '上海某…'
    """
    line = one_line(text[:_LONGEST])
    if cell_len(line) <= width:
        return line
    return set_cell_size(line, max(width - 1, 0)).rstrip() + ELLIPSIS if width > 0 else ""


def wrap(text: str, width: int) -> list[str]:
    """*text* in lines of at most *width* cells, at least one; broken at spaces and in Chinese anywhere.

    >>> wrap("well known 上海某某科技", 8)
    ['well', 'known 上', '海某某科', '技']
    """
    lines = [""]
    for token in _TOKEN.findall(one_line(text[: _LONGEST * 4])):
        if cell_len(lines[-1]) + cell_len(token) <= width:
            lines[-1] += token
            continue
        if not lines[-1]:
            lines.pop()
        lines += chop_cells(token.lstrip(), max(width, 2)) or [""]
    return [line.rstrip() for line in lines]


def width_of(parts: Iterable[Part]) -> int:
    """How many cells *parts* take."""
    return sum(cell_len(part.text) for part in parts)


def crop(parts: Iterable[Part], width: int) -> Line:
    """*parts* in at most *width* cells; the part that does not fit is cut with `…`."""
    kept: list[Part] = []
    left = width
    for part in parts:
        taken = cell_len(part.text)
        if taken > left:
            kept.append(Part(fit(part.text, left), part.role))
            break
        kept.append(part)
        left -= taken
    return tuple(kept)


def spread(left: Sequence[Part], right: Sequence[Part], width: int) -> Line:
    """*left* and *right* at the two ends of exactly *width* cells; *left* gives way first."""
    tail = crop(right, width)
    room = width - width_of(tail)
    head = crop(left, room - 1 if tail else room)
    return (*head, Part(" " * (room - width_of(head))), *tail)
