"""A screen to read: sections of labelled rows, or written lines, scrolled with the keys."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, ClassVar

from rich.cells import cell_len
from rich.table import Table
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widget import Widget
from textual.widgets import Static

from crmcore.crm import Crm
from crmcore.dialect import Dialect
from crmcore.text import one_line
from crmcore_tui import wordings as words
from crmcore_tui.keymap import READING, bindings
from crmcore_tui.reading import Row, Section
from crmcore_tui.screens.dialog import DialogBody
from crmcore_tui.screens.keyed import Said, Words, written
from crmcore_tui.storecalls import StoreScreen
from crmcore_tui.widgets.paper import Paper, Write

_WIDEST_LABEL = 20
_STEP = 2

Gathered = Sequence[Section] | Write
"""What is read: sections of rows, or lines written for whatever width there is."""


def _table(rows: Iterable[Row], label_width: int) -> Table:
    table = Table.grid(padding=(0, 2, 0, 0), expand=True)
    table.add_column(width=label_width)
    table.add_column(ratio=1, overflow="fold")
    for row in rows:
        style = "bold" if row.strong else ""
        table.add_row(Text(row.label, style="bold" if row.strong else "dim"), Text(row.text, style))
    return table


class ReadScreen(StoreScreen[Any], ModalScreen[Any]):
    """Shows what a worker gathers."""

    # With priority a key acts as it arrives: what is typed right behind `q` goes to the board.
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(READING.keys)]

    def __init__(self, crm: Crm, title: Words, gather: Callable[[], Gathered], keys: Words) -> None:
        super().__init__()
        self.crm = crm
        self._title = title
        self._gather = gather
        self._keys = keys

    def compose(self) -> ComposeResult:
        """The title, the place for the sections, the keys."""
        with Vertical(id="dialog", classes="wide"):
            yield Said(lambda: one_line(written(self._title)), id="dialog-title")
            with DialogBody():
                yield Said(lambda: self.say(words.LOADING), id="loading")
            yield Said(self._keys, id="dialog-keys")

    def on_mount(self) -> None:
        """Gather what is to be read."""
        self.gather()

    def gather(self) -> None:
        """Gather what is to be read, in a worker; what is shown stays until then."""
        self.ask(self._gather, self._show)

    def reword(self, dialect: Dialect) -> None:
        """Gather it anew in another language; the place scrolled to stays."""
        super().reword(dialect)
        self.gather()

    def _show(self, gathered: Gathered) -> None:
        body = self._body()
        place = body.scroll_offset.y
        pieces = [Paper(gathered)] if callable(gathered) else self._pieces(gathered)
        body.remove_children()
        body.mount(*pieces)
        if place:
            self.call_after_refresh(body.scroll_to, y=place, animate=False)

    def _pieces(self, sections: Sequence[Section]) -> list[Widget]:
        labels = [cell_len(row.label) for section in sections for row in section.rows]
        width = min(max(labels, default=0), _WIDEST_LABEL)
        pieces: list[Widget] = []
        for section in sections:
            if section.title:
                pieces.append(Static(Content(section.title), classes="section"))
            if section.rows:
                pieces.append(Static(_table(section.rows, width), classes="rows"))
            if section.view is not None:
                pieces.append(section.view())
        return pieces

    def report(self, error: Exception) -> None:
        """Tell what failed, in place of what was to be read."""
        self._body().remove_children()
        self._body().mount(Static(Content(self.words_of(error))))

    def on_resize(self) -> None:
        """Fit the terminal."""
        self._body().fit()

    def _body(self) -> DialogBody:
        return self.query_one(DialogBody)

    def action_close(self) -> None:
        """Back to the board."""
        self.dismiss(None)

    def _scroll(self, lines: int) -> None:
        self._body().scroll_relative(y=lines, animate=False)

    def action_down(self) -> None:
        """Scroll down some lines."""
        self._scroll(+_STEP)

    def action_up(self) -> None:
        """Scroll up some lines."""
        self._scroll(-_STEP)

    def action_page_down(self) -> None:
        """Scroll down by what is seen."""
        self._scroll(self._body().size.height - 1)

    def action_page_up(self) -> None:
        """Scroll up by what is seen."""
        self._scroll(1 - self._body().size.height)

    def action_top(self) -> None:
        """Scroll to the beginning."""
        self._body().scroll_home(animate=False)

    def action_bottom(self) -> None:
        """Scroll to the end."""
        self._body().scroll_end(animate=False)
