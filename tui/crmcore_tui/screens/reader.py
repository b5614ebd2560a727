"""A screen to read: sections of labelled rows, or written lines, scrolled with the keys."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, ClassVar

from rich.cells import cell_len
from rich.table import Table
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widget import Widget
from textual.widgets import Static

from crmcore.crm import Crm
from crmcore.text import one_line
from crmcore_tui import wordings as words
from crmcore_tui.keymap import FROM_DETAIL, key_for
from crmcore_tui.reading import Row, Section
from crmcore_tui.screens.dialog import DialogBody
from crmcore_tui.storecalls import StoreScreen
from crmcore_tui.widgets.paper import Paper, Write

_WIDEST_LABEL = 20

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


class ReadScreen(StoreScreen[str | None], ModalScreen[str | None]):
    """Shows what a worker gathers; closes with the action it was left for, or None."""

    # With priority a key acts as it arrives: what is typed right behind `q` goes to the board.
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(keys, action, action, show=False, priority=True)
        for keys, action in (
            ("escape,q,enter", "close"),
            ("j,down", "scroll_by(2)"),
            ("k,up", "scroll_by(-2)"),
            ("pagedown,space,ctrl+f", "scroll_pages(1)"),
            ("pageup,ctrl+b", "scroll_pages(-1)"),
            ("g,home", "scroll_to_end(False)"),
            ("G,end", "scroll_to_end(True)"),
        )
    ]

    def __init__(self, crm: Crm, title: str, gather: Callable[[], Gathered], keys: str) -> None:
        super().__init__()
        self.crm = crm
        self._title = title
        self._gather = gather
        self._keys = keys

    def compose(self) -> ComposeResult:
        """The title, the place for the sections, the keys."""
        with Vertical(id="dialog", classes="wide"):
            yield Static(Content(one_line(self._title)), id="dialog-title")
            with DialogBody():
                yield Static(Content(self.say(words.LOADING)), id="loading")
            yield Static(Content(self._keys), id="dialog-keys")

    def on_mount(self) -> None:
        """Gather what is to be read."""
        self.ask(self._gather, self._show)

    def _show(self, gathered: Gathered) -> None:
        self.query_one("#loading").remove()
        pieces = [Paper(gathered)] if callable(gathered) else self._pieces(gathered)
        self._body().mount(*pieces)

    def _pieces(self, sections: Sequence[Section]) -> list[Widget]:
        labels = [cell_len(row.label) for section in sections for row in section.rows]
        width = min(max(labels, default=0), _WIDEST_LABEL)
        pieces: list[Widget] = []
        for section in sections:
            pieces.append(Static(Content(section.title), classes="section"))
            if section.rows:
                pieces.append(Static(_table(section.rows, width), classes="rows"))
            if section.view is not None:
                pieces.append(section.view())
        return pieces

    def report(self, error: Exception) -> None:
        """Tell what failed, in place of what was to be read."""
        self.query_one("#loading", Static).update(Content(self.words_of(error)))

    def on_resize(self) -> None:
        """Fit the terminal."""
        self._body().fit()

    def _body(self) -> DialogBody:
        return self.query_one(DialogBody)

    def action_close(self) -> None:
        """Back to the board."""
        self.dismiss(None)

    def action_scroll_by(self, lines: int) -> None:
        """Scroll some lines."""
        self._body().scroll_relative(y=lines, animate=False)

    def action_scroll_pages(self, pages: int) -> None:
        """Scroll as much as is seen."""
        self._body().scroll_relative(y=pages * (self._body().size.height - 1), animate=False)

    def action_scroll_to_end(self, bottom: bool) -> None:
        """Scroll to the beginning or the end."""
        body = self._body()
        if bottom:
            body.scroll_end(animate=False)
        else:
            body.scroll_home(animate=False)


class DetailScreen(ReadScreen):
    """A customer's record and history; the keys that work on the customer leave for the board."""

    BINDINGS: ClassVar[list[Any]] = [
        Binding(
            ",".join(key_for(action).keys), f"leave('{action}')", action, show=False, priority=True
        )
        for action in FROM_DETAIL
    ]

    def action_leave(self, action: str) -> None:
        """Close, and let the board begin *action*."""
        self.dismiss(action)
