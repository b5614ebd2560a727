"""Small charts as inline SVG: bars, shares with their intervals, a funnel; each told in words as well."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite

from attrs import frozen
from rich.cells import cell_len, set_cell_size

from crmcore.pages.markup import Safe, joined, tag
from crmcore.text import one_line

WIDTH = 720
_LABEL = 190
_PLOT = 300
_LINE = 26
_CELL = 7
"""Pixels that half a Chinese character takes in the size of the labels."""


@frozen
class Bar:
    """One line of a chart: `size` of it drawn pale up to `part` drawn full where that is known; `told` is
    its figure in words."""

    label: str
    size: float
    told: str
    part: float | None = None


@frozen
class Span:
    """One share: where it lies, 0 to 1, and itself where enough is known to tell it."""

    label: str
    low: float
    high: float
    told: str
    share: float | None = None


def bars(name: str, title: str, rows: Sequence[Bar]) -> Safe:
    """Horizontal bars from zero; *name* is an id that is the page's own."""
    most = max((_sane(row.size) for row in rows), default=0.0)
    made = []
    for place, row in enumerate(rows):
        y = place * _LINE
        size = _wide(row.size, most)
        full = size if row.part is None else min(_wide(row.part, most), size)
        made += [
            _label(row.label, y),
            _box(_LABEL, y + 5, size, "pale") if full < size else Safe(),
            _box(_LABEL, y + 5, full, "bar"),
            _words(row.told, _LABEL + size + 8, y, "quiet"),
        ]
    return _svg(name, title, [(row.label, row.told) for row in rows], made, len(rows) * _LINE)


def shares(name: str, title: str, rows: Sequence[Span]) -> Safe:
    """Each share as a point within its interval, on an axis from nothing to all; of few no point."""
    height = len(rows) * _LINE
    made = [_rule(_LABEL + _PLOT * part / 4, 0, height, "axis") for part in range(5)]
    for place, row in enumerate(rows):
        y = place * _LINE
        low, high = (_LABEL + _PLOT * min(max(_sane(end), 0.0), 1.0) for end in (row.low, row.high))
        middle = y + _LINE / 2
        kind = "few" if row.share is None else "span"
        line = tag("line", x1=_at(low), x2=_at(high), y1=_at(middle), y2=_at(middle), class_=kind)
        made += [_label(row.label, y), line]
        if row.share is not None:
            x = _LABEL + _PLOT * min(max(_sane(row.share), 0.0), 1.0)
            made.append(tag("circle", cx=_at(x), cy=_at(middle), r="5", class_="bar"))
        made.append(_words(row.told, _LABEL + _PLOT + 10, y, "quiet"))
    for part in (0, 50, 100):
        x = _LABEL + _PLOT * part / 100
        made.append(_words(f"{part}%", x, height - 4, "quiet mid"))
    return _svg(name, title, [(row.label, row.told) for row in rows], made, height + _LINE)


def funnel(name: str, title: str, rows: Sequence[Bar], between: Sequence[str]) -> Safe:
    """Centred stages, each narrowing to the next; *between* says what went on from one to the other."""
    most = max((_sane(row.size) for row in rows), default=0.0)
    step, tall = 54, 34
    middle = _LABEL + _PLOT / 2
    made = []
    wides = [_wide(row.size, most) for row in rows]
    for place, row in enumerate(rows):
        y, wide = place * step, wides[place]
        made += [
            _label(row.label, y + 4),
            _box(middle - wide / 2, y, wide, "bar", tall),
            _words(row.told, _LABEL + _PLOT + 10, y + 4, ""),
        ]
        if place + 1 < len(rows):
            after = wides[place + 1]
            corners = (
                (middle - wide / 2, y + tall),
                (middle + wide / 2, y + tall),
                (middle + after / 2, y + step),
                (middle - after / 2, y + step),
            )
            points = " ".join(f"{_at(x)},{_at(end)}" for x, end in corners)
            made.append(tag("polygon", points=points, class_="pale"))
            if place < len(between):
                told = f"↓ {between[place]}"
                made.append(_words(told, _LABEL + _PLOT + 10, y + 27, "quiet"))
    return _svg(name, title, [(row.label, row.told) for row in rows], made, len(rows) * step)


def _svg(
    name: str, title: str, told: Sequence[tuple[str, str]], inside: Sequence[Safe], height: int
) -> Safe:
    described = "; ".join(f"{label}: {figure}" for label, figure in told)
    head = (
        tag("title", title, id=f"{name}-t"),
        tag("desc", described, id=f"{name}-d"),
    )
    return tag(
        "svg",
        *head,
        joined(*inside),
        viewBox=f"0 0 {WIDTH} {max(height, 1)}",
        role="img",
        aria_labelledby=f"{name}-t {name}-d",
    )


def _label(words: str, y: float) -> Safe:
    line = one_line(words)
    room = _LABEL // _CELL - 1
    short = line if cell_len(line) <= room else set_cell_size(line, room - 1).rstrip() + "…"
    inside = short if short == line else joined(tag("title", line), short)
    return tag("text", inside, x=_at(_LABEL - 8), y=_at(y + 18), class_="end")


def _words(words: str, x: float, y: float, kind: str) -> Safe:
    return tag("text", words, x=_at(x), y=_at(y + 18), class_=kind or None)


def _box(x: float, y: float, width: float, kind: str, height: float = 16) -> Safe:
    return tag(
        "rect",
        x=_at(x),
        y=_at(y),
        width=_at(width),
        height=_at(height),
        rx="2",
        class_=kind,
    )


def _rule(x: float, top: float, bottom: float, kind: str) -> Safe:
    return tag("line", x1=_at(x), x2=_at(x), y1=_at(top), y2=_at(bottom), class_=kind)


def _wide(size: float, most: float) -> float:
    """What stands for *size*: at least a line where there is something."""
    size = _sane(size)
    return max(size / most * _PLOT, 1.0) if most > 0 and size > 0 else 0.0


def _sane(number: float) -> float:
    """*number* as it can be drawn: nothing below zero, nothing endless."""
    return max(number, 0.0) if isfinite(number) else 0.0


def _at(number: float) -> str:
    return f"{number:.1f}".removesuffix(".0")
