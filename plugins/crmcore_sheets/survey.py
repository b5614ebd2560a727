"""The first pass over a sheet: what only the whole of it tells, in bounded memory."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain

from attrs import field, frozen

from crmcore.errors import UsageError
from crmcore_sheets.dates import DateColumn
from crmcore_sheets.headers import Column
from crmcore_sheets.source import UNDECODED
from crmcore_sheets.table import Table

_MANY = 20_000


@frozen
class Survey:
    """What was found: how many rows there are (None where the sheet breaks off), those with bytes that
    are no text, and what the cells of the columns of dates look like, by header."""

    total: int | None = None
    undecoded: tuple[int, ...] = ()
    dates: dict[str, DateColumn] = field(factory=dict)


def survey(table: Table, moments: Sequence[Column]) -> Survey:
    """What all rows of *table* say together; *moments* are its columns of dates."""
    watched = [(column.place, set[str](), DateColumn()) for column in moments]
    dates = {column.header: dates for column, (_, _, dates) in zip(moments, watched, strict=True)}
    undecoded: list[int] = []
    total = 0
    try:
        for some in table.batches():
            total += len(some)
            for place, seen, column in watched:
                for _, row in some:
                    if place < len(row) and (text := row[place]) not in seen:
                        if len(seen) < _MANY:
                            seen.add(text)
                        column.see(text)
            if not _decoded("".join(chain.from_iterable(row for _, row in some))):
                undecoded += [number for number, row in some if UNDECODED.search("".join(row))]
    except UsageError:
        # Whoever takes the rows comes to the same place and is told then.
        return Survey(None, tuple(undecoded), dates)
    return Survey(total, tuple(undecoded), dates)


def _decoded(text: str) -> bool:
    """Whether nothing in *text* stands for a byte that is no text."""
    try:
        text.encode()  # in a tenth of the time that looking for them takes
    except UnicodeEncodeError:
        return False
    return True
