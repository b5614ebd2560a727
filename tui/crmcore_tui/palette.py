"""The command palette: every key of the board by what it does, to be found by typing."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.content import Content

from crmcore_tui.keymap import APPLICATION, EVERYWHERE, LOOKING, MARKING, WORKING, Key

if TYPE_CHECKING:
    from crmcore_tui.screens.boardplugins import PluginActions
    from crmcore_tui.screens.customers import CustomersScreen
    from crmcore_tui.storecalls import StoreScreen

_MOVES = {"left", "right", "first", "last"}


class BoardCommands(Provider):
    """What can be done on this screen; moving the cursor is for the keys alone."""

    async def discover(self) -> Hits:
        """All of it, while nothing is typed."""
        for key in self._keys():
            yield DiscoveryHit(self._label(key), partial(self._do, key), help=key.shown)

    async def search(self, query: str) -> Hits:
        """What the typed text is found in."""
        matcher = self.matcher(query)
        for key in self._keys():
            label = self._label(key)
            score = matcher.match(label)
            if score > 0:
                shown = matcher.highlight(label)
                yield Hit(score, shown, partial(self._do, key), text=label, help=key.shown)

    def _label(self, key: Key) -> str:
        screen: StoreScreen[None] = self.screen  # type: ignore[assignment]
        return screen.crm.dialect.say(key.label)

    async def _do(self, key: Key) -> None:
        where = "app." if key.screen == "app" else ""
        await self.screen.run_action(where + key.action)

    def _keys(self) -> list[Key]:
        screen: CustomersScreen = self.screen  # type: ignore[assignment]
        here = screen.ROWS
        own = (key for key in here if key.screen != "board" and key.action not in _MOVES)
        actions = (*LOOKING.keys, *WORKING.keys, *MARKING.keys, *APPLICATION.keys)
        shared = (key for key in actions if key in here)
        rows = screen.keys((*own, *shared, *EVERYWHERE.keys))
        return [key for key in rows if key.action != "palette"]


class PluginCommands(Provider):
    """What plugins can do."""

    async def discover(self) -> Hits:
        """All of it, while nothing is typed."""
        for label, about, offer in self._board().plugin_commands():
            begin = partial(self._board().begin, offer)
            yield DiscoveryHit(Content(label), begin, text=label, help=about)

    async def search(self, query: str) -> Hits:
        """What the typed text is found in."""
        matcher = self.matcher(query)
        for label, about, offer in self._board().plugin_commands():
            score = matcher.match(label)
            if score > 0:
                begin = partial(self._board().begin, offer)
                yield Hit(score, matcher.highlight(label), begin, text=label, help=about)

    def _board(self) -> PluginActions:
        screen: PluginActions = self.screen  # type: ignore[assignment]
        return screen
