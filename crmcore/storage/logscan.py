"""Finding lines in a log file without looking at each: backwards, from a revision on, by what they hold."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import BinaryIO

from crmcore.storage.logline import Turning, revision_of

_BLOCK = 64 * 1024
_WINDOW = 256 * 1024


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
        if revision == since + 1:
            return at
        if revision > since:
            found, end = at, middle
        else:
            start = at + len(line)
    return found


def lines_turning(
    file: BinaryIO, start: int, end: int, turning: Turning
) -> Iterator[tuple[int, bytes]]:
    """The lines between two line starts that have a mark of *turning*, each with its offset."""
    at = start
    while at < end:
        file.seek(at)
        window = file.read(min(_WINDOW, end - at))
        if whole := window.rfind(b"\n") + 1:
            for begin, stop in _having(window[:whole], turning.patterns):
                yield at + begin, window[begin:stop]
            at += whole
            continue
        marks, revision = turning.marks_after(window), revision_of(window)
        if not marks and revision is not None:
            following = start_after(file, revision, at, end)
            if following > at:
                at = following
                continue
        following, found = _in_long_line(file, at, end, marks)
        if found:
            file.seek(at)
            yield at, file.read(following - at)
        at = following


def _having(block: bytes, patterns: Sequence[re.Pattern[bytes]]) -> list[tuple[int, int]]:
    """Where the lines of *block* with one of *patterns* begin and end, in order."""
    lines: dict[int, int] = {}
    for pattern in patterns:
        found = pattern.search(block)
        while found is not None:
            place = found.start()
            stop = block.find(b"\n", place) + 1
            lines[block.rfind(b"\n", 0, place) + 1] = stop
            found = pattern.search(block, stop)
    return sorted(lines.items())


def _in_long_line(file: BinaryIO, at: int, end: int, marks: Sequence[bytes]) -> tuple[int, bool]:
    """Where the line after that at offset *at* begins, and whether that one has any of *marks*."""
    longest = max(map(len, marks), default=1)
    found, before = False, b""
    file.seek(at)
    while at < end and (window := file.read(min(_WINDOW, end - at))):
        stop = window.find(b"\n")
        seen = before + (window if stop < 0 else window[:stop])
        found = found or any(mark in seen for mark in marks)
        if stop >= 0:
            return at + stop + 1, found
        at += len(window)
        before = seen[-longest:]
    return end, found
