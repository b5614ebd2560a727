"""The cards of one stage, however many: only the lines that are seen are ever written."""

from __future__ import annotations

from collections.abc import Callable

from textual.events import Click
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from crmcore.customer import Customer
from crmcore.dialect import Dialect
from crmcore_tui.boardstate import Column
from crmcore_tui.cells import Line, Part, fit, spread
from crmcore_tui.presenter import CARD_HEIGHT, CARD_LINES
from crmcore_tui.widgets.ink import Ink

WriteCard = Callable[[Customer, int], tuple[Line, ...]]
_MARGIN = 2
"""A cell for the cursor's mark and one of air, on the left; one of air on the right."""


class CardList(Ink, ScrollView, can_focus=False):
    """One column of cards, drawn line by line."""

    class Seen(Message):
        """The column was scrolled: these rows are in view now."""

        def __init__(self, number: int, last: int) -> None:
            super().__init__()
            self.number = number
            self.last = last

    class Picked(Message):
        """A card was clicked; twice, to look into it."""

        def __init__(self, number: int, row: int, twice: bool) -> None:
            super().__init__()
            self.number = number
            self.row = row
            self.twice = twice

    def __init__(self, number: int, write: WriteCard, empty: Callable[[], str]) -> None:
        super().__init__(id=f"cards-{number}")
        self._number = number
        self._write = write
        self._empty = empty
        self._column = Column()
        self._active = False
        self._written: dict[tuple[str, int, str], tuple[Strip, ...]] = {}

    def show(self, column: Column, *, active: bool, afresh: bool = True) -> None:
        """Draw *column*; *active* when the cursor is in it, *afresh* when cards may have changed."""
        self._column, self._active = column, active
        if afresh:
            self._written.clear()
        size = Size(self.size.width, column.count * CARD_HEIGHT)
        if size != self.virtual_size:
            self.virtual_size = size
        self.refresh()

    def keep_cursor_in_view(self) -> None:
        """Scroll so far that the card under the cursor is seen whole."""
        top = self._column.at * CARD_HEIGHT
        self.scroll_to_region(
            Region(0, top, self.size.width, CARD_LINES), animate=False, force=True, x_axis=False
        )

    @property
    def rows_in_view(self) -> int:
        """How many cards fit."""
        return max(1, self.size.height // CARD_HEIGHT)

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Tell the board which rows came into view."""
        super().watch_scroll_y(old_value, new_value)
        first = int(new_value) // CARD_HEIGHT
        self.post_message(self.Seen(self._number, first + self.rows_in_view))

    def notify_style_update(self) -> None:
        """Forget lines written in the colours of another theme."""
        super().notify_style_update()
        self._written = {}

    def reword(self, dialect: Dialect) -> None:
        """Write the cards anew in another language."""
        self._written = {}
        super().reword(dialect)

    def on_resize(self) -> None:
        """Write the cards anew for the new width."""
        self.show(self._column, active=self._active)

    def on_click(self, event: Click) -> None:
        """Put the cursor on the card that was clicked."""
        row = (event.y + self.scroll_offset.y) // CARD_HEIGHT
        if row < self._column.count:
            self.post_message(self.Picked(self._number, row, event.chain > 1))

    def render_line(self, y: int) -> Strip:
        """The line *y* of what is seen."""
        width = self.size.width
        row, line = divmod(y + self.scroll_offset.y, CARD_HEIGHT)
        if row >= self._column.count:
            if y == 1 and self._column.count == 0:
                note = (Part(" "), Part(fit(self._empty(), width - 1), "dim"))
                return self.strip(spread(note, (), width))
            return self.blank(width)
        if line >= CARD_LINES:
            return self.blank(width)
        return self._card(row, width)[line]

    def _card(self, row: int, width: int) -> tuple[Strip, ...]:
        ground = "card"
        if row == self._column.at:
            ground = "selected" if self._active else "resting"
        if row >= len(self._column.rows):
            waiting = self.strip(spread((Part("  …", "dim"),), (), width), ground)
            return (waiting,) * CARD_LINES
        customer = self._column.rows[row]
        key = (customer.id, width, ground)
        if key not in self._written:
            mark = Part("▌" if ground == "selected" else " ", "cursor")
            inner = max(width - _MARGIN - 1, 1)
            self._written[key] = tuple(
                self.strip((mark, Part(" "), *line, Part(" ")), ground)
                for line in self._write(customer, inner)
            )
        return self._written[key]
