"""Panels side by side: which stands where for a width, and where the cursor goes from there; pure."""

from __future__ import annotations

from collections.abc import Sequence

from attrs import define, frozen
from rich.cells import cell_len

from crmcore.dialect import Dialect
from crmcore_tui.cells import Line, Part, crop, spread
from crmcore_tui.figurepanels import Panel
from crmcore_tui.figuretext import Row

NARROWEST = 56
"""Cells that a column of panels takes at least."""
_MOST_COLUMNS = 3
_GAP = 2
_TITLE_LINES = 1
_BELOW = 1


@frozen
class Placed:
    """One panel: its rows written in `width` cells, from the cell `x` of the line `y` on."""

    panel: Panel
    column: int
    x: int
    y: int
    width: int
    rows: tuple[Row, ...]

    @property
    def height(self) -> int:
        """Its lines, the title's and the empty one below included."""
        return _TITLE_LINES + len(self.rows) + _BELOW

    @property
    def stops(self) -> tuple[int, ...]:
        """The rows the cursor stops at."""
        return tuple(n for n, row in enumerate(self.rows) if row.drill is not None)

    def line_of(self, row: int) -> int:
        """On which line a row stands."""
        return self.y + _TITLE_LINES + row


@define
class Spot:
    """Where the cursor is: a panel and one of its rows."""

    panel: int = 0
    row: int = -1


@frozen
class Grid:
    """All panels in a width."""

    width: int
    placed: tuple[Placed, ...]

    @property
    def height(self) -> int:
        """The lines of the tallest column."""
        return max((placed.y + placed.height for placed in self.placed), default=0)

    def settle(self, spot: Spot) -> Spot:
        """The nearest place to *spot* at which the cursor can stop."""
        if not self.placed:
            return Spot()
        panel = max(0, min(spot.panel, len(self.placed) - 1))
        stops = self.placed[panel].stops
        if not stops:
            return Spot(panel, -1)
        return Spot(panel, min(stops, key=lambda row: (abs(row - spot.row), row)))

    def down(self, spot: Spot, rows: int) -> Spot:
        """*rows* rows on, from panel to panel; it stops at the ends."""
        flat = [(p, row) for p, placed in enumerate(self.placed) for row in placed.stops or (-1,)]
        here = self.settle(spot)
        at = flat.index((here.panel, here.row)) if flat else 0
        at = max(0, min(at + rows, len(flat) - 1))
        return Spot(*flat[at]) if flat else Spot()

    def panel_on(self, spot: Spot, panels: int) -> Spot:
        """*panels* panels on, around the ends."""
        return self.settle(Spot((spot.panel + panels) % max(len(self.placed), 1), -1))

    def beside(self, spot: Spot, columns: int) -> Spot:
        """Into the column to the left or the right, to the row that is nearest in height."""
        here = self.settle(spot)
        if not self.placed:
            return here
        mine = self.placed[here.panel]
        line = mine.line_of(max(here.row, 0))
        there = [
            (abs(placed.line_of(row) - line), p, row)
            for p, placed in enumerate(self.placed)
            if placed.column == mine.column + columns
            for row in placed.stops
        ]
        return Spot(*min(there)[1:]) if there else here

    def at(self, x: int, y: int) -> Spot | None:
        """The row at a cell, if the cursor can stop there."""
        for p, placed in enumerate(self.placed):
            row = y - placed.line_of(0)
            if placed.x <= x < placed.x + placed.width and row in placed.stops:
                return Spot(p, row)
        return None

    def line(self, y: int, spot: Spot, dialect: Dialect) -> list[tuple[Line, str]]:
        """What the line *y* shows: pieces with the ground each stands on."""
        pieces: list[tuple[Line, str]] = []
        x = 0
        for p, placed in sorted(enumerate(self.placed), key=lambda item: item[1].x):
            inside = y - placed.y
            if not 0 <= inside < placed.height:
                continue
            if placed.x > x:
                pieces.append(((Part(" " * (placed.x - x)),), "plain"))
            pieces.append(self._piece(placed, inside, p, spot, dialect))
            x = placed.x + placed.width
        pieces.append(((Part(" " * (self.width - x)),), "plain"))
        return pieces

    def _piece(
        self, placed: Placed, inside: int, panel: int, spot: Spot, dialect: Dialect
    ) -> tuple[Line, str]:
        width = placed.width
        if inside == 0:
            mark = Part("▌" if panel == spot.panel else " ", "cursor")
            title = Part(dialect.say(placed.panel.title) + " ", "heading")
            rest = width - 1 - cell_len(title.text)
            return spread(
                crop((mark, title, Part("─" * max(rest, 0), "track")), width), (), width
            ), "plain"
        row = inside - _TITLE_LINES
        if row >= len(placed.rows):
            return (Part(" " * width),), "plain"
        here = panel == spot.panel and row == spot.row
        mark = Part("▌" if here else " ", "cursor")
        line = spread(crop((mark, *placed.rows[row].line), width), (), width)
        return line, "selected" if here else "plain"


def arrange(panels: Sequence[Panel], width: int) -> Grid:
    """*panels* in as many columns as fit *width*, each below the shortest, the first at the top."""
    most = min(_MOST_COLUMNS, max(len(panels), 1))
    count = max(1, min(most, (width + _GAP) // (NARROWEST + _GAP)))
    each = (width - _GAP * (count - 1)) // count
    heights = [0] * count
    placed = []
    for panel in panels:
        column = heights.index(min(heights))
        last = column == count - 1
        own = width - column * (each + _GAP) if last else each
        rows = tuple(panel.write(max(own - 1, 1)))
        placed.append(Placed(panel, column, column * (each + _GAP), heights[column], own, rows))
        heights[column] += placed[-1].height
    return Grid(width, tuple(placed))
