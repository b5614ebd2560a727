"""The settings: language, colours and keys, each with where its value comes from."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, ClassVar, cast

from attrs import evolve
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.events import Click
from textual.screen import ModalScreen
from textual.strip import Strip

from crmcore.crm import Crm
from crmcore.errors import ConfigError
from crmcore.text import one_line
from crmcore.wording import Text
from crmcore_tui import settingwordings as words
from crmcore_tui.cells import Line
from crmcore_tui.keymap import CHOOSING, bindings
from crmcore_tui.screens.keyed import Said, Words, written
from crmcore_tui.settings import NAMES, Name, Setting, choices, chosen, next_of
from crmcore_tui.settingtext import Shown, setting_lines
from crmcore_tui.storecalls import StoreScreen
from crmcore_tui.widgets.ink import Ink

if TYPE_CHECKING:
    from crmcore_tui.app import CrmApp


class SettingList(Ink):
    """The settings as lines; the screen writes them."""

    def render_line(self, y: int) -> Strip:
        """One line of it."""
        width = self.size.width
        lines = cast(SettingsScreen, self.screen).lines(width)
        if y >= len(lines):
            return self.blank(width, "card")
        ground, line = lines[y]
        strip = self.strip(line, ground)
        return Strip.join([strip, self.blank(max(width - strip.cell_length, 0), ground)])

    def on_click(self, event: Click) -> None:
        """The mouse chooses a setting, and changes the one that is chosen."""
        if event.y < len(NAMES):
            cast(SettingsScreen, self.screen).picked(event.y)


class SettingsScreen(StoreScreen[None], ModalScreen[None]):
    """What is changed shows at once, and is remembered unless crm.toml gives it."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(CHOOSING.keys)]

    def __init__(self, crm: Crm) -> None:
        super().__init__()
        self.crm = crm
        self._at = 0
        self._told: Words = ""
        self._wrong = False

    def compose(self) -> ComposeResult:
        """The title, the settings, the keys."""
        with Vertical(id="dialog"):
            yield Said(lambda: self.say(words.TITLE), id="dialog-title")
            yield SettingList(id="settings")
            yield Said(lambda: self.say(words.KEYS), id="dialog-keys")

    @property
    def _board(self) -> CrmApp:
        return cast("CrmApp", self.app)

    @property
    def _chosen(self) -> Name:
        return NAMES[self._at]

    def lines(self, width: int) -> tuple[tuple[str, Line], ...]:
        """What is to be seen, in *width* cells."""
        own = self._board.own.path
        shown = Shown(self._board.settings, self._at, own, written(self._told), self._wrong)
        return setting_lines(shown, self.crm.config, self.crm.dialect, width)

    def _tell(self, told: Words, *, wrong: bool = False) -> None:
        self._told, self._wrong = told, wrong
        self.query_one(SettingList).refresh()

    def report(self, error: Exception) -> None:
        """Tell what failed; the setting counts until the board is closed."""
        self._tell(self.words_of(error).split("\n")[0], wrong=True)

    def action_close(self) -> None:
        """Back to the board."""
        self.dismiss(None)

    def _go(self, rows: int) -> None:
        self._at = max(0, min(self._at + rows, len(NAMES) - 1))
        self._tell("")

    def action_up(self) -> None:
        """To the setting above."""
        self._go(-1)

    def action_down(self) -> None:
        """To the setting below."""
        self._go(+1)

    def action_next(self) -> None:
        """Its next value."""
        self._change(+1)

    def action_previous(self) -> None:
        """The value before."""
        self._change(-1)

    def picked(self, row: int) -> None:
        """The mouse is on a setting; on the chosen one it changes it."""
        if row == self._at:
            self._change(+1)
        else:
            self._go(row - self._at)

    def _change(self, step: int) -> None:
        name, config, board = self._chosen, self.crm.config, self._board
        given: str | None = getattr(config.board, name)
        value = next_of(choices(config, name), board.settings.of(name).value, step)
        if given is not None:
            told = partial(self.say, words.FIXED, given=f"{name} = {given!r}")
            self._use(name, Setting(value, "config" if value == given else "now"), told)
        elif board.own.path is None:
            self._use(name, Setting(value, "now"), "")
        elif self._use(name, Setting(value, "own"), ""):
            self._keep({**board.kept, name: value}, words.KEPT)

    def action_forget(self) -> None:
        """Back to what counts without the user's own choice."""
        kept = {name: value for name, value in self._board.kept.items() if name != self._chosen}
        usual = chosen(self.crm.config, kept).of(self._chosen)
        if self._use(self._chosen, usual, ""):
            self._keep(kept, words.FORGOTTEN)

    def _use(self, name: Name, setting: Setting, told: Words) -> bool:
        try:
            self._board.use(evolve(self._board.settings, **{name: setting}))
        except ConfigError as error:
            self._tell(one_line(str(error)), wrong=True)
            return False
        self._tell(told)
        return True

    def _keep(self, kept: dict[str, str], told: Text) -> None:
        # The newest choices are written, whichever of two threads comes first.
        self._board.kept = kept
        self.ask(
            lambda: self._board.own.keep(lambda: self._board.kept),
            lambda _: self._tell(partial(self.say, told)),
            self._not_kept,
        )

    def _not_kept(self, error: Exception) -> None:
        self._tell(partial(self.say, words.NOT_WRITTEN, why=one_line(str(error)[:200])), wrong=True)
