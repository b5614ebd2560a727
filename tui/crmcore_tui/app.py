"""The application: one board over one façade."""

from __future__ import annotations

from pathlib import PurePath
from typing import ClassVar

from textual.app import App

from crmcore.crm import Crm
from crmcore_tui.contributions import Contributions
from crmcore_tui.screens.board import BoardScreen

LIVE = 1.0
"""Seconds at least between two looks at what others committed; the first comes at once."""


class CrmApp(App[None]):
    """The board of *crm*; the caller opens and closes the façade.

    *live* is how many seconds pass at least between two looks at what others committed; None never
    looks.
    """

    CSS_PATH: ClassVar[list[str | PurePath]] = ["board.tcss", "contributions.tcss"]
    TITLE = "crmcore"
    ENABLE_COMMAND_PALETTE: ClassVar[bool] = False

    def __init__(self, crm: Crm, *, live: float | None = LIVE) -> None:
        super().__init__()
        self.crm = crm
        self.contributions = Contributions(crm.host)
        self._live = live

    def on_mount(self) -> None:
        """Show the board."""
        self.push_screen(BoardScreen(self.crm, live=self._live))
