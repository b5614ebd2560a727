"""The fixed lines of the board: the funnel's summary, a column's heading, the keys."""

from __future__ import annotations

from collections.abc import Callable

from textual.events import Click
from textual.message import Message
from textual.strip import Strip

from crmcore_tui.cells import Line
from crmcore_tui.widgets.ink import Ink


class Lines(Ink):
    """Some lines that a function writes for whatever width there is."""

    class Clicked(Message):
        """The mouse was clicked on the column *x* of these lines."""

        def __init__(self, lines: Lines, x: int) -> None:
            super().__init__()
            self.lines = lines
            self.x = x

    ALLOW_SELECT = False

    def __init__(
        self,
        write: Callable[[int], tuple[Line, ...]],
        *,
        id: str | None = None,  # noqa: A002 - Textual's own name for it
        classes: str | None = None,
    ) -> None:
        super().__init__(id=id, classes=classes)
        self._write = write

    def on_click(self, event: Click) -> None:
        """Tell where."""
        self.post_message(self.Clicked(self, event.x))

    def render_line(self, y: int) -> Strip:
        """One line of it."""
        width = self.outer_size.width
        lines = self._write(width) if width > 0 else ()
        return self.strip(lines[y]) if y < len(lines) else self.blank(width)
