"""Rows of a table in terminal cells: each column as wide as it needs, the first takes what is left."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len

from crmcore_tui.cells import Line, Part, fit

GAP = 2


def padded(part: Part, width: int, *, right: bool = False) -> tuple[Part, ...]:
    """*part* in exactly *width* cells, at the left, or at the *right*."""
    text = fit(part.text, width)
    blank = Part(" " * (width - cell_len(text)))
    return (blank, Part(text, part.role)) if right else (Part(text, part.role), blank)


def table(rows: Sequence[Sequence[Part]], width: int, *, least: int = 8) -> list[Line]:
    """*rows* of equal length in lines of at most *width* cells, numbers at the right.

    Columns that leave less than *least* cells to the first are left out, the last ones first.
    """
    if not rows:
        return []
    widths = [max(cell_len(row[n].text[:200]) for row in rows) for n in range(len(rows[0]))]
    first = max(min(widths[0], width), 0)
    shown = len(widths)
    while shown > 1 and sum(widths[1:shown]) + GAP * (shown - 1) + min(first, least) > width:
        shown -= 1
    room = width - sum(widths[1:shown]) - GAP * (shown - 1)
    first = min(first, room)
    return [
        (
            *padded(row[0], first),
            *(
                part
                for cell, cell_width in zip(row[1:shown], widths[1:shown], strict=True)
                for part in (Part(" " * GAP), *padded(cell, cell_width, right=True))
            ),
        )
        for row in rows
    ]
