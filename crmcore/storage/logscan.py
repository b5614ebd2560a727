"""Finding lines in a log file without reading all of it: backwards, and from a revision on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from crmcore.storage.logline import revision_of

_BLOCK = 64 * 1024


def lines_back(file: BinaryIO, start: int, end: int) -> Iterator[tuple[int, bytes]]:
    """The lines between two line starts, the last first, each with its offset."""
    block, position, rest, rest_end = _BLOCK, end, b"", end
    while position > start:
        size = min(block, position - start)
        position -= size
        file.seek(position)
        first, *whole = (file.read(size) + rest).split(b"\n")
        for line in reversed(whole):
            if line:
                at = rest_end - len(line) - 1
                yield at, line + b"\n"
                rest_end = at
        rest = first
        # A bulk import is one line: reading it in equal blocks would copy it once for each.
        block = block * 2 if not whole else _BLOCK
    if rest:
        yield start, rest + b"\n"


def start_after(file: BinaryIO, since: int, start: int, end: int) -> int:
    """Where the first line of a revision above *since* starts between *start* and *end*.

    Stops early, at a line before it, where a line says no revision.
    """
    found = end
    while start < end:
        middle = (start + end) // 2
        file.seek(max(middle - 1, start))
        if middle > start:
            file.readline()
        at = file.tell()
        if at >= end:
            end = middle
            continue
        line = file.readline()
        revision = revision_of(line)
        if revision is None:
            return start
        if revision > since:
            found, end = at, middle
        else:
            start = at + len(line)
    return found
