"""The application: one board over one façade."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import PurePath
from typing import ClassVar

from textual.app import App
from textual.binding import BindingType

from crmcore.config import FILE_NAME
from crmcore.crm import Crm
from crmcore.errors import ConfigError
from crmcore.text import one_line
from crmcore_tui.contributions import Contributions
from crmcore_tui.drafts import Drafts
from crmcore_tui.keymap import EVERYWHERE, bindings
from crmcore_tui.keymaps import Keymap
from crmcore_tui.responding import stop_for_less_garbage
from crmcore_tui.savedfilters import OwnFilters
from crmcore_tui.screens.board import BoardScreen
from crmcore_tui.screens.keyed import KeyedScreen, bind
from crmcore_tui.settings import COLUMNS, OwnFile, Settings, chosen, next_of, spoken_here
from crmcore_tui.tabletext import named_columns
from crmcore_tui.themes import THEMES
from crmcore_tui.widgets.ink import INKS

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
    COMPONENT_CLASSES: ClassVar[set[str]] = INKS
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
        alone: bool = False,
    ) -> None:
        """*alone*: the process shows this board and does nothing else."""
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
        self._alone = alone
        self._columns: str | None = None
        _known_columns(crm)
        if self.settings.language.value != crm.dialect.spoken:
            crm.speak(self.settings.language.value)
        for theme in THEMES.values():
            self.register_theme(theme)
        self.theme = self.settings.theme.value
        bind(self, self.keymap)

    @property
    def columns(self) -> str:
        """The columns of the table by name, with commas; "" for the usual ones."""
        if self._columns is not None:
            return self._columns
        given = self.crm.config.board.columns
        return self.kept.get(COLUMNS, "") if given is None else given

    @columns.setter
    def columns(self, names: str) -> None:
        self._columns = names

    def keep_columns(self, keys: Sequence[str]) -> Callable[[], None]:
        """Remembers these columns for the user, none for the usual ones; for a worker."""
        kept = {name: value for name, value in self.kept.items() if name != COLUMNS}
        self.kept = {**kept, COLUMNS: ", ".join(keys)} if keys else kept
        return lambda: self.own.keep(lambda: self.kept)

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
        if self._alone:
            self.call_after_refresh(stop_for_less_garbage)


def _known_columns(crm: Crm) -> None:
    """The team's columns are all known; else raises ConfigError."""
    _, unknown = named_columns(crm.config.board.columns or "", crm.fields)
    if unknown:
        where = crm.config.directory / FILE_NAME
        raise ConfigError(
            f"{where}: there is no field {one_line(unknown[0])!r} to be a column, in [board] columns. "
            "`crmcore fields` lists them."
        )
