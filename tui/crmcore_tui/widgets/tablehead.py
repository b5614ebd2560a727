"""The headings of a table's columns; a click tells where it was."""

from __future__ import annotations

from textual.events import Click
from textual.message import Message

from crmcore_tui.widgets.lines import Lines


class TableHead(Lines):
    """Lines that hear the mouse."""

    class Picked(Message):
        """It was clicked at cell *x*."""

        def __init__(self, x: int) -> None:
            super().__init__()
            self.x = x

    def on_click(self, event: Click) -> None:
        """Tell where."""
        self.post_message(self.Picked(event.x))
