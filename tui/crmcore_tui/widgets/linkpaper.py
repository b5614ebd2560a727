"""Lines that are each a link: a click follows it."""

from __future__ import annotations

from textual.events import Click
from textual.message import Message

from crmcore_tui.widgets.paper import Paper


class LinkPaper(Paper):
    """A line for each link."""

    class Picked(Message):
        """The link in *row* was clicked."""

        def __init__(self, row: int) -> None:
            super().__init__()
            self.row = row

    def on_click(self, event: Click) -> None:
        """Follow it."""
        self.post_message(self.Picked(event.y))
