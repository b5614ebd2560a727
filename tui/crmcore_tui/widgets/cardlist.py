"""The cards of one stage, however many: only the lines that are seen are ever written."""

from __future__ import annotations

from collections.abc import Callable, Container
from typing import NamedTuple

from textual.events import Click, MouseDown, MouseMove, MouseUp
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.scrollbar import ScrollBar
from textual.strip import Strip
from textual.widget import Widget

from crmcore.customer import Customer
from crmcore.dialect import Dialect
from crmcore_tui.boardstate import Column
from crmcore_tui.cells import Line, Part, fit, spread
from crmcore_tui.presenter import CARD_HEIGHT, CARD_LINES
from crmcore_tui.widgets.covered import UnseenBar
from crmcore_tui.widgets.ink import Ink

WriteCard = Callable[[Customer, int], tuple[Line, ...]]
_MARGIN = 2
"""A cell for the cursor's bar and one for the mark, on the left; the scroll bar is the air on the right."""


_FAR = 3
"""Cells to the side from which on a card is dragged."""

_MOST_WRITTEN = 2_000
"""Cards that are kept as they were written."""


class Look(NamedTuple):
    """All that how a card is written depends on; a card not read yet has no customer, revision -1."""

    customer_id: str
    revision: int
    ground: str
    width: int
    marked: bool


Edition = tuple[int, int]
"""What all cards depend on beside their customers: the minute they tell the time by, and which of what
plugins have said of them."""

Frame = tuple[int, Size, str]
"""What all lines of a column depend on: how far it is scrolled, its size, what an empty one says."""


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

    class Dragged(Message):
        """A card is held with the mouse, over the cell (*x*, *y*) of the screen; *dropped* lets it go."""

        def __init__(self, number: int, customer_id: str, x: int, y: int, dropped: bool) -> None:
            super().__init__()
            self.number = number
            self.customer_id = customer_id
            self.x = x
            self.y = y
            self.dropped = dropped

    ALLOW_SELECT = False

    def __init__(self, number: int, write: WriteCard, empty: Callable[[], str]) -> None:
        super().__init__(id=f"cards-{number}")
        self._number = number
        self._write = write
        self._empty = empty
        self._column = Column()
        self._active = False
        self._edition: Edition = (-1, 0)
        self._marked: Container[str] = ()
        self._written: dict[Look, tuple[Strip, ...]] = {}
        self._drawn: tuple[Frame, tuple[Look | None, ...]] | None = None
        self._held: tuple[str, int, int] | None = None
        self.dragging = False
        self._let_go = False

    def show(
        self, column: Column, *, active: bool, edition: Edition, marked: Container[str] = ()
    ) -> None:
        """Draw what has changed of *column*; *active* when the cursor is in it, *marked* are ids.

        In another *edition* any card may read otherwise.
        """
        self._column, self._active, self._marked = column, active, marked
        if edition != self._edition or len(self._written) > _MOST_WRITTEN:
            self._edition = edition
            self._written.clear()
            self._drawn = None
        self._resize_content()
        before, self._drawn = self._drawn, self._in_view()
        if before is None or before[0] != self._drawn[0]:
            self.refresh()
            return
        above = self.scroll_offset.y % CARD_HEIGHT
        places = enumerate(zip(before[1], self._drawn[1], strict=True))
        changed = [place * CARD_HEIGHT - above for place, (was, now) in places if was != now]
        if changed:
            self.refresh(*(self._card_region(top) for top in changed))

    @property
    def vertical_scrollbar(self) -> ScrollBar:
        """The scroll bar, which is not seen until the mouse is there."""
        if self._vertical_scrollbar is None:
            self._vertical_scrollbar = bar = UnseenBar(self)
            bar.display = False
            self.app._start_widget(self, bar)
        return self._vertical_scrollbar

    def _resize_content(self) -> None:
        size = Size(self.outer_size.width, self._column.count * CARD_HEIGHT)
        if size != self.virtual_size:
            # The scroll bar is always there: nothing else moves, the screen needs no new layout.
            self.set_reactive(Widget.virtual_size, size)
            self._scroll_update(size)

    def _in_view(self) -> tuple[Frame, tuple[Look | None, ...]]:
        """How the cards in view look, None where there is none, and what else that depends on."""
        above, size = self.scroll_offset.y, self.outer_size
        first = above // CARD_HEIGHT
        rows = range(first, first + size.height // CARD_HEIGHT + 2)
        frame = (above, size, self._empty() if not self._column.count else "")
        return frame, tuple(self._look(row) for row in rows)

    def _card_region(self, top: int) -> Region:
        region = Region(0, top, self.outer_size.width, CARD_HEIGHT)
        return region.intersection(self.outer_size.region)

    def _look(self, row: int) -> Look | None:
        if row >= self._column.count:
            return None
        ground = "card"
        if row == self._column.at:
            ground = "selected" if self._active else "resting"
        known = row < len(self._column.rows)
        customer = self._column.rows[row] if known else None
        return Look(
            "" if customer is None else customer.id,
            -1 if customer is None else customer.revision,
            ground,
            self.outer_size.width,
            customer is not None and customer.id in self._marked,
        )

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
        self._tell_seen(int(new_value))

    def _tell_seen(self, top: int) -> None:
        self.post_message(self.Seen(self._number, top // CARD_HEIGHT + self.rows_in_view))

    def notify_style_update(self) -> None:
        """Forget lines written in the colours of another theme."""
        super().notify_style_update()
        self._written = {}
        self._drawn = None

    def reword(self, dialect: Dialect) -> None:
        """Write the cards anew in another language."""
        self._written, self._drawn = {}, None
        super().reword(dialect)

    def on_resize(self) -> None:
        """Write the cards anew for the new width; there may be room for more of them."""
        self.show(self._column, active=self._active, edition=self._edition, marked=self._marked)
        self._tell_seen(self.scroll_offset.y)

    @property
    def cursor_seen(self) -> bool:
        """Whether the card under the cursor is in view, in part at least."""
        top = self._column.at * CARD_HEIGHT - self.scroll_offset.y
        return -CARD_LINES < top < max(self.size.height, 1)

    # the mouse

    def on_mouse_down(self, event: MouseDown) -> None:
        """Hold the card: it may be dragged from here."""
        self._let_go = False
        row = (event.y + self.scroll_offset.y) // CARD_HEIGHT
        if event.button == 1 and row < len(self._column.rows):
            self._held = (self._column.rows[row].id, event.screen_x, event.screen_y)
            self.capture_mouse()

    def on_mouse_move(self, event: MouseMove) -> None:
        """Drag the card that is held, once it is clear that it is dragged and not clicked."""
        if self._held is None:
            return
        customer_id, x, y = self._held
        far = abs(event.screen_x - x) >= _FAR or abs(event.screen_y - y) >= CARD_HEIGHT
        self.dragging = self.dragging or far
        if self.dragging:
            self.post_message(
                self.Dragged(self._number, customer_id, event.screen_x, event.screen_y, False)
            )

    def on_mouse_up(self, event: MouseUp) -> None:
        """Let it go."""
        held, dragging = self._held, self.dragging
        self.end_drag()
        if held is not None and dragging:
            self._let_go = True
            self.post_message(
                self.Dragged(self._number, held[0], event.screen_x, event.screen_y, True)
            )

    def end_drag(self) -> None:
        """Hold nothing any more."""
        if self._held is not None:
            self.release_mouse()
        # The click that the release makes is none.
        self._let_go = self._let_go or self.dragging
        self._held, self.dragging = None, False

    def on_click(self, event: Click) -> None:
        """Put the cursor on the card that was clicked."""
        if self._let_go:
            return
        row = (event.y + self.scroll_offset.y) // CARD_HEIGHT
        if row < self._column.count:
            self.post_message(self.Picked(self._number, row, event.chain > 1))

    @property
    def seen_width(self) -> int:
        """The scroll bar is always there: what is below it would be cut off each line again."""
        return self.outer_size.width - self.scrollbar_size_vertical

    def render_line(self, y: int) -> Strip:
        """The line *y* of what is seen."""
        width = self.seen_width
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
        look = self._look(row)
        assert look is not None, "there is a card in this row"
        if look not in self._written:
            if look.revision < 0:
                waiting = self.strip(spread((Part("  …", "dim"),), (), width), look.ground)
                self._written[look] = (waiting,) * CARD_LINES
            else:
                cursor = Part("▌" if look.ground == "selected" else " ", "cursor")
                mark = Part("✓" if look.marked else " ", "mark")
                inner = max(width - _MARGIN, 1)
                self._written[look] = tuple(
                    self.strip((cursor, mark, *line), look.ground, _MARGIN + inner)
                    for line in self._write(self._column.rows[row], inner)
                )
        return self._written[look]
