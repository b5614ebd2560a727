"""The panels of the dashboard, drawn line by line, with a cursor that goes from row to row."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from textual.events import Click
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from crmcore.dialect import Dialect
from crmcore_tui.figurepanels import Panel
from crmcore_tui.figuretext import Row
from crmcore_tui.panelgrid import Grid, Spot, arrange
from crmcore_tui.widgets.ink import Ink


class FigureSheet(Ink, ScrollView, can_focus=False):
    """Panels in as many columns as fit; written anew only when they or the width change."""

    class Moved(Message):
        """The cursor stands elsewhere; `opened` by a second click."""

        def __init__(self, opened: bool = False) -> None:
            super().__init__()
            self.opened = opened

    def __init__(self, dialect: Callable[[], Dialect], spot: Spot) -> None:
        super().__init__(id="figures")
        self._dialect = dialect
        self._panels: Sequence[Panel] = ()
        self.grid = Grid(0, ())
        self.spot = spot

    def show(self, panels: Sequence[Panel]) -> None:
        """Draw *panels*; the cursor stays where it is as far as it can."""
        self._panels = panels
        self._arrange()

    def on_resize(self) -> None:
        """Fit the new width."""
        self._arrange()

    @property
    def _room(self) -> int:
        """The cells of a line, the scrollbar's left out."""
        return self.scrollable_content_region.width

    def _arrange(self) -> None:
        width = self._room
        if width <= 0 or not self._panels:
            return  # the cursor's place is kept until there is something to put it on
        self.grid = arrange(self._panels, width)
        self.virtual_size = Size(width, self.grid.height)
        self.go(self.grid.settle(self.spot))

    @property
    def row(self) -> Row | None:
        """The row under the cursor."""
        if self.spot.panel >= len(self.grid.placed):
            return None
        rows = self.grid.placed[self.spot.panel].rows
        return rows[self.spot.row] if 0 <= self.spot.row < len(rows) else None

    @property
    def panel(self) -> Panel | None:
        """The panel under the cursor."""
        placed = self.grid.placed
        return placed[self.spot.panel].panel if self.spot.panel < len(placed) else None

    def go(self, spot: Spot) -> None:
        """Put the cursor on *spot*, and scroll so far that it is seen, its panel's title if it fits."""
        self.spot = spot
        self.refresh()
        if spot.panel < len(self.grid.placed):
            placed = self.grid.placed[spot.panel]
            line = placed.line_of(max(spot.row, 0))
            first = spot.row <= min(placed.stops, default=0)
            top = placed.y if first else line
            region = Region(0, top, max(self.size.width, 1), line - top + 1)
            self.scroll_to_region(region, animate=False, force=True, x_axis=False)
        self.post_message(self.Moved())

    def on_click(self, event: Click) -> None:
        """Put the cursor on the row that was clicked; a second click opens it."""
        spot = self.grid.at(event.x, event.y + self.scroll_offset.y)
        if spot is not None:
            self.go(spot)
            self.post_message(self.Moved(opened=event.chain > 1))

    def render_line(self, y: int) -> Strip:
        """The line *y* of what is seen."""
        width = self._room
        line = y + self.scroll_offset.y
        if line >= self.grid.height or self.grid.width != width:
            return self.blank(width)
        pieces = self.grid.line(line, self.spot, self._dialect())
        return Strip.join([self.strip(parts, ground) for parts, ground in pieces])
