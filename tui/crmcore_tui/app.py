"""The application: one board over one façade."""

from __future__ import annotations

from pathlib import PurePath
from typing import ClassVar

from textual.app import App
from textual.binding import BindingType

from crmcore.crm import Crm
from crmcore_tui.contributions import Contributions
from crmcore_tui.drafts import Drafts
from crmcore_tui.keymap import EVERYWHERE, bindings
from crmcore_tui.keymaps import Keymap
from crmcore_tui.savedfilters import OwnFilters
from crmcore_tui.screens.board import BoardScreen
from crmcore_tui.screens.keyed import KeyedScreen, bind
from crmcore_tui.settings import OwnFile, Settings, chosen, next_of, spoken_here
from crmcore_tui.themes import THEMES

LIVE = 1.0
"""Seconds at least between two looks at what others committed; the first comes at once."""


class CrmApp(App[None]):
    """The board of *crm*; the caller opens and closes the façade.

    *live* is how many seconds pass at least between two looks at what others committed; None never
    looks. *own* is the file of the user's own choices, *filters* that of their filters,
    *drafts* what they typed and did not store; without them nothing is remembered.

    Raises ConfigError for settings that name what there is not.
    """

    CSS_PATH: ClassVar[list[str | PurePath]] = [
        "board.tcss",
        "contributions.tcss",
        "forms.tcss",
        "funnel.tcss",
        "settings.tcss",
    ]
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(EVERYWHERE.keys)]
    TITLE = "crmcore"
    ENABLE_COMMAND_PALETTE: ClassVar[bool] = False

    def __init__(
        self,
        crm: Crm,
        *,
        live: float | None = LIVE,
        own: OwnFile | None = None,
        filters: OwnFilters | None = None,
        drafts: Drafts | None = None,
    ) -> None:
        super().__init__()
        self.crm = crm
        self.contributions = Contributions(crm.host)
        self.own = own or OwnFile(None)
        self.filters = filters or OwnFilters(None)
        self.drafts = drafts or Drafts()
        self.kept = self.own.read()
        self.settings: Settings = chosen(crm.config, self.kept, self.own.path)
        self.keymap: Keymap = self.settings.make_keymap(crm.config)
        self._live = live
        if self.settings.language.value != crm.dialect.spoken:
            crm.speak(self.settings.language.value)
        for theme in THEMES.values():
            self.register_theme(theme)
        self.theme = self.settings.theme.value
        bind(self, self.keymap)

    def use(self, settings: Settings) -> None:
        """Show everything by *settings* from now on. Raises ConfigError for keys that clash."""
        keymap = settings.make_keymap(self.crm.config)
        if settings.language.value != self.crm.dialect.spoken:
            self.crm.speak(settings.language.value)
        self.theme = settings.theme.value
        self.settings, self.keymap = settings, keymap
        bind(self, keymap)
        for screen in self.screen_stack:
            if isinstance(screen, KeyedScreen):
                screen.rebind()
                screen.reword(self.crm.dialect)

    def action_language(self) -> None:
        """The next language, until the board is closed."""
        there = spoken_here(self.crm.config)
        language = next_of(there, self.settings.language.value)
        self.use(self.settings.for_now(language=language))

    def action_theme(self) -> None:
        """The next theme, until the board is closed."""
        self.use(self.settings.for_now(theme=next_of(tuple(THEMES), self.theme)))

    def on_mount(self) -> None:
        """Show the board."""
        self.push_screen(BoardScreen(self.crm, live=self._live))
