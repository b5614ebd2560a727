"""Choosing one of a few lines."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

from attrs import evolve, frozen
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from crmcore.crm import Crm
from crmcore.dialect import Dialect
from crmcore_tui.cells import Line, Part, fit
from crmcore_tui.keymap import PICKING, bindings
from crmcore_tui.screens.keyed import Said, Words
from crmcore_tui.storecalls import StoreScreen
from crmcore_tui.widgets.moverlist import MoverList

_MOST_LINES = 16


@frozen
class Option:
    """One line to choose; `side` stands behind it, `key` says what was chosen."""

    key: str
    label: str
    side: str = ""


Options = Callable[[], Sequence[Option]]
"""The lines, in the language of the moment; asked in a worker."""


@frozen
class Picked:
    """What was chosen, and whether it is to be removed."""

    option: Option
    remove: bool = False


class PickScreen(StoreScreen[Picked | None], ModalScreen[Picked | None]):
    """Closes with what was chosen, or with None; *nothing* is said where there is nothing to choose."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(PICKING.keys)]
    AUTO_FOCUS = ""

    def __init__(
        self, crm: Crm, title: Words, keys: Words, options: Options, nothing: Callable[[], str]
    ) -> None:
        super().__init__()
        self.crm = crm
        self._title = title
        self._keys = keys
        self._gather = options
        self._nothing = nothing
        self._asked = False
        self._options: tuple[Option, ...] = ()

    def compose(self) -> ComposeResult:
        """The title, the lines, the keys."""
        with Vertical(id="dialog"):
            yield Said(self._title, id="dialog-title")
            yield MoverList(self._line, lambda: self._nothing() if self._asked else "…")
            yield Static(id="dialog-message")
            yield Said(self._keys, id="dialog-keys")

    def on_mount(self) -> None:
        """Show what is known, and ask for the rest."""
        self._show()
        self.gather()

    def gather(self) -> None:
        """Ask for the lines anew."""
        self.ask(self._gather, self._known)

    def reword(self, dialect: Dialect) -> None:
        """Ask for them in another language."""
        super().reword(dialect)
        self.gather()

    @property
    def _list(self) -> MoverList:
        return self.query_one(MoverList)

    def _known(self, options: Sequence[Option]) -> None:
        self._options, self._asked = tuple(options), True
        self._show()

    def _show(self) -> None:
        self._list.styles.height = max(1, min(len(self._options), _MOST_LINES))
        self._list.show(len(self._options), self._list.at)

    def _line(self, row: int, width: int) -> Line:
        option = self._options[row]
        side = fit(option.side, max(width // 2, 1))
        label = fit(option.label, max(width - len(side) * 2 - 1, 1))
        return (Part(f"{label}  "), Part(side, "dim"))

    def report(self, error: Exception) -> None:
        """Tell what failed."""
        message = self.query_one("#dialog-message", Static)
        message.update(Content(self.words_of(error)))
        message.display = True

    def on_mover_list_picked(self, event: MoverList.Picked) -> None:
        """The mouse chooses."""
        self._list.show(len(self._options), event.row)
        if event.twice:
            self.action_choose()

    def action_up(self) -> None:
        """The line above."""
        self._list.go(-1)

    def action_down(self) -> None:
        """The line below."""
        self._list.go(+1)

    def action_choose(self) -> None:
        """This one."""
        if self._options:
            self.dismiss(Picked(self._options[self._list.at]))

    def action_remove(self) -> None:
        """Remove this one."""
        if self._options:
            self.dismiss(evolve(Picked(self._options[self._list.at]), remove=True))

    def action_close(self) -> None:
        """None of them."""
        self.dismiss(None)
