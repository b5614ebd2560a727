"""Choosing the columns of the table, and their order."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen

from crmcore.crm import Crm
from crmcore.dialect import Dialect
from crmcore_tui import tablewordings as tw
from crmcore_tui.cells import Line
from crmcore_tui.columnpicking import Choosing, choosing_line
from crmcore_tui.keymap import CHOOSING_COLUMNS, bindings
from crmcore_tui.screens.keyed import Said
from crmcore_tui.storecalls import StoreScreen
from crmcore_tui.tabletext import USUAL
from crmcore_tui.widgets.moverlist import MoverList

_AROUND = 8
"""The border, the title, the keys, and some air."""


class ColumnsScreen(StoreScreen[tuple[str, ...]], ModalScreen[tuple[str, ...]]):
    """Closes with the keys of the fields that were chosen."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(CHOOSING_COLUMNS.keys)]
    AUTO_FOCUS = ""

    def __init__(self, crm: Crm, chosen: tuple[str, ...]) -> None:
        super().__init__()
        self.crm = crm
        self.choosing = Choosing.of(chosen, crm.fields)

    def compose(self) -> ComposeResult:
        """The title, the fields, the keys."""
        with Vertical(id="dialog"):
            yield Said(self._title, id="dialog-title")
            yield MoverList(self._line, lambda: "")
            yield Said(lambda: self.say(tw.COLUMNS_KEYS), id="dialog-keys")

    def on_mount(self) -> None:
        """Show them."""
        self._show(self.choosing)

    def on_resize(self) -> None:
        """Fit the terminal."""
        self._show(self.choosing)

    def _title(self) -> str:
        return self.say(tw.COLUMNS_TITLE, n=len(self.choosing.chosen))

    def _show(self, choosing: Choosing) -> None:
        self.choosing = choosing
        fields = self.query_one(MoverList)
        fields.styles.height = max(3, min(len(choosing.keys), self.app.size.height - _AROUND))
        fields.show(len(choosing.keys), choosing.at)
        self.query_one("#dialog-title", Said).say(self._title)

    def _line(self, row: int, width: int) -> Line:
        return choosing_line(self.choosing, row, self.crm.fields, self.crm.dialect, width)

    def reword(self, dialect: Dialect) -> None:
        """Name the fields in another language."""
        super().reword(dialect)
        self._show(self.choosing)

    def report(self, error: Exception) -> None:
        """Nothing is asked of the store here."""
        raise error

    def on_mover_list_picked(self, event: MoverList.Picked) -> None:
        """The mouse goes to a field, and chooses the one it is on."""
        here = event.row == self.choosing.at
        self._show(self.choosing.go(event.row - self.choosing.at))
        if here:
            self.action_choose()

    def action_up(self) -> None:
        """To the field above."""
        self._show(self.choosing.go(-1))

    def action_down(self) -> None:
        """To the field below."""
        self._show(self.choosing.go(+1))

    def action_page_up(self) -> None:
        """Up by what is seen."""
        self._show(self.choosing.go(-self.query_one(MoverList).rows_in_view))

    def action_page_down(self) -> None:
        """Down by what is seen."""
        self._show(self.choosing.go(+self.query_one(MoverList).rows_in_view))

    def action_choose(self) -> None:
        """Show this field, or no more."""
        self._show(self.choosing.toggle(self.crm.fields))

    def action_earlier(self) -> None:
        """Further to the left."""
        self._show(self.choosing.shift(-1))

    def action_later(self) -> None:
        """Further to the right."""
        self._show(self.choosing.shift(+1))

    def action_usual(self) -> None:
        """The usual columns."""
        self._show(Choosing.of(USUAL, self.crm.fields))

    def action_close(self) -> None:
        """With these."""
        self.dismiss(self.choosing.chosen)
