"""Setting the board up from the board: its settings, and the plugins and their health."""

from __future__ import annotations

from crmcore_tui.screens.plugins import PluginsScreen
from crmcore_tui.screens.settings import SettingsScreen
from crmcore_tui.storecalls import StoreScreen


class SetupActions(StoreScreen[None]):
    """The actions that are about the board itself."""

    def action_settings(self) -> None:
        """Language, colours and keys."""
        self.app.push_screen(SettingsScreen(self.crm))

    def action_plugins(self) -> None:
        """What the plugins offer, and what is wrong with them."""
        self.app.push_screen(PluginsScreen(self.crm))
