"""Moving the cursor of the one long list that a screen shows."""

from __future__ import annotations

from typing import Any

from crmcore_tui.storecalls import StoreScreen
from crmcore_tui.widgets.moverlist import MoverList
from crmcore_tui.widgets.statusline import StatusLine


class ListingScreen(StoreScreen[Any]):
    """A screen with a `MoverList`, and something that tells of the row under its cursor."""

    @property
    def movers(self) -> MoverList:
        """The list."""
        return self.query_one(MoverList)

    def action_open(self) -> None:
        """Look into the row under the cursor."""
        raise NotImplementedError

    def tell_of_row(self) -> None:
        """Draw what tells of the row under the cursor."""
        self.query_one(StatusLine).refresh()

    def _go(self, rows: int) -> None:
        self.movers.go(rows)
        self.tell_of_row()

    def action_up(self) -> None:
        """To the row above."""
        self._go(-1)

    def action_down(self) -> None:
        """To the row below."""
        self._go(+1)

    def action_page_up(self) -> None:
        """Up by what is seen."""
        self._go(-self.movers.rows_in_view)

    def action_page_down(self) -> None:
        """Down by what is seen."""
        self._go(+self.movers.rows_in_view)

    def action_top(self) -> None:
        """To the first one."""
        self._go(-self.movers.count)

    def action_bottom(self) -> None:
        """To the last one."""
        self._go(+self.movers.count)

    def on_mover_list_picked(self, event: MoverList.Picked) -> None:
        """The mouse puts the cursor on a row, or looks into it."""
        self._go(event.row - self.movers.at)
        if event.twice:
            self.action_open()
