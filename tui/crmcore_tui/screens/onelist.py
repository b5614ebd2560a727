"""Customers line by line in one long list, left by escape."""

from __future__ import annotations

from crmcore_tui.screens.customers import CustomersScreen
from crmcore_tui.widgets.moverlist import MoverList


class OneListScreen(CustomersScreen):
    """A screen of customers whose middle is a `MoverList`."""

    @property
    def movers(self) -> MoverList:
        """The list."""
        return self.query_one(MoverList)

    @property
    def rows_in_view(self) -> int:
        """How many lines are seen."""
        return self.movers.rows_in_view

    def cursor_seen(self) -> bool:
        """Whether the row under the cursor is in view."""
        return self.movers.cursor_seen

    def action_clear(self) -> None:
        """End the range, the selection or the filter; without any, back to where it was opened from."""
        if not self.clear():
            self.action_leave()

    def action_leave(self) -> None:
        """Back to where it was opened from."""
        raise NotImplementedError
