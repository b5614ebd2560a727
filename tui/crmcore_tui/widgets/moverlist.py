"""A long list of one-line rows with a cursor; only the lines that are seen are ever written."""

from __future__ import annotations

from collections.abc import Callable

from textual.events import Click
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from crmcore_tui.cells import Line, Part, fit, spread
from crmcore_tui.widgets.ink import Ink

WriteRow = Callable[[int, int], Line]
"""The row of a number, in a width."""


class MoverList(Ink, ScrollView, can_focus=False):
    """Rows that a function writes, drawn line by line."""

    class Picked(Message):
        """A row was clicked; twice, to look into it."""

        def __init__(self, row: int, twice: bool) -> None:
            super().__init__()
            self.row = row
            self.twice = twice

    class Seen(Message):
        """The list was scrolled: rows as far as *last* are in view now."""

        def __init__(self, last: int) -> None:
            super().__init__()
            self.last = last

    def __init__(self, write: WriteRow, empty: Callable[[], str]) -> None:
        super().__init__(id="movers")
        self._write = write
        self._empty = empty
        self.count = 0
        self.at = 0

    def show(self, count: int, at: int, *, follow: bool = True, afresh: bool = True) -> None:
        """There are *count* rows now, the cursor is on *at*; scroll to it if *follow*.

        Unless *afresh*, the rows read as before: only where the cursor was and is, is drawn.
        """
        before, same = self.at, count == self.count and not afresh
        self.count = count
        self.at = max(0, min(at, count - 1))
        size = Size(self.size.width, count)
        if size != self.virtual_size:
            self.virtual_size = size
        if same:
            first, last = sorted((before, self.at))
            lines = Region(0, first - self.scroll_offset.y, self.size.width, last - first + 1)
            self.refresh(lines.intersection(self.size.region))
        else:
            self.refresh()
        if follow:
            self.reveal(self.at)

    def reveal(self, row: int) -> None:
        """Scroll so far that *row* is seen as well."""
        line = Region(0, row, max(self.size.width, 1), 1)
        self.scroll_to_region(line, animate=False, force=True, x_axis=False)

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Tell which rows came into view."""
        super().watch_scroll_y(old_value, new_value)
        self._tell_seen(int(new_value))

    def _tell_seen(self, top: int) -> None:
        self.post_message(self.Seen(top + self.size.height))

    @property
    def rows_in_view(self) -> int:
        """How many rows fit, less one that stays in sight when a page is turned."""
        return max(1, self.size.height - 1)

    @property
    def cursor_seen(self) -> bool:
        """Whether the row under the cursor is in view."""
        return 0 <= self.at - self.scroll_offset.y < max(self.size.height, 1)

    def go(self, rows: int) -> None:
        """Move the cursor; it stops at the ends."""
        self.show(self.count, self.at + rows, afresh=False)

    def on_resize(self) -> None:
        """Keep the cursor in view; there may be room for more rows."""
        self.show(self.count, self.at)
        self._tell_seen(self.scroll_offset.y)

    def on_click(self, event: Click) -> None:
        """Put the cursor on the row that was clicked."""
        row = event.y + self.scroll_offset.y
        if row < self.count:
            self.post_message(self.Picked(row, event.chain > 1))

    def render_line(self, y: int) -> Strip:
        """The line *y* of what is seen."""
        width, row = self.size.width, y + self.scroll_offset.y
        if row < self.count:
            here = row == self.at
            line = (Part("▌" if here else " ", "cursor"), *self._write(row, max(width - 1, 1)))
            return self.strip(spread(line, (), width), "selected" if here else "plain")
        if y == 0 and not self.count:
            return self.strip(
                spread((Part(" " + fit(self._empty(), width - 1), "dim"),), (), width)
            )
        return self.blank(width)
