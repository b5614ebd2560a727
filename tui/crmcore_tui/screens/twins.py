"""Customers that are likely there twice: the pairs with why; from here they are merged, and taken back."""

from __future__ import annotations

from functools import partial
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from crmcore.changes import Commit
from crmcore.crm import Crm
from crmcore.dialect import Dialect
from crmcore_tui import stepwordings as sw
from crmcore_tui.cells import Line
from crmcore_tui.keymap import TWINS, bindings
from crmcore_tui.presenter import name_of
from crmcore_tui.screens.keyed import Said, Words, written
from crmcore_tui.screens.listing import ListingScreen
from crmcore_tui.screens.mergetwins import Merged, MergeScreen
from crmcore_tui.twintext import Pair, pair_line, pair_lines
from crmcore_tui.widgets.lines import Lines
from crmcore_tui.widgets.moverlist import MoverList

_AROUND = 13
"""The border, the title, the message, the keys, and some air."""


class TwinsScreen(ListingScreen, ModalScreen[bool]):
    """Closes with whether anything was changed."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(TWINS.keys)]
    AUTO_FOCUS = ""

    def __init__(self, crm: Crm) -> None:
        super().__init__()
        self.crm = crm
        self.pairs: tuple[Pair, ...] | None = None
        self.merges: list[int] = []
        self._changed = False
        self._busy = False

    def compose(self) -> ComposeResult:
        """The title, the pairs, what has happened, the keys."""
        with Vertical(id="dialog", classes="wide"):
            yield Said(self._title, id="dialog-title")
            yield MoverList(self._line, self._empty)
            yield Lines(self._why, id="twins-why")
            yield Static(id="dialog-message")
            yield Said(lambda: self.say(sw.TWINS_KEYS), id="dialog-keys")

    def on_mount(self) -> None:
        """Look for them."""
        self._show()
        self.gather()

    def gather(self) -> None:
        """Look for them, in a worker; those shown stay until then."""
        self.ask(self._find, self._found)

    def _find(self) -> tuple[Pair, ...]:
        get = self.crm.get
        likely = self.crm.likely_duplicates()
        return tuple(Pair(each, get(each.first), get(each.second)) for each in likely)

    def _found(self, pairs: tuple[Pair, ...]) -> None:
        self.pairs = pairs
        self._show()

    def committed(self, revision: int) -> None:
        """Others have committed: look again."""
        self.gather()

    def _title(self) -> str:
        return self.say(sw.TWINS_TITLE, n="…" if self.pairs is None else f"{len(self.pairs):,}")

    def _show(self) -> None:
        count = len(self.pairs or ())
        self.movers.styles.height = max(1, min(count, self.app.size.height - _AROUND))
        self.movers.show(count, self.movers.at)
        self.query_one("#dialog-title", Said).say(self._title)
        self.query_one("#twins-why").refresh()

    def on_resize(self) -> None:
        """Fit the terminal."""
        self._show()

    def reword(self, dialect: Dialect) -> None:
        """Write the pairs in another language."""
        super().reword(dialect)
        self.movers.refresh()

    def _line(self, row: int, width: int) -> Line:
        assert self.pairs is not None
        return pair_line(self.pairs[row], self.crm.dialect, width)

    def _why(self, width: int) -> tuple[Line, ...]:
        return pair_lines(self.selected(), self.crm.dialect, width)

    def _empty(self) -> str:
        return self.say(sw.LOOKING_FOR_TWINS if self.pairs is None else sw.NO_TWINS)

    def message(self, text: Words, *, wrong: bool = False) -> None:
        """Say what has happened."""
        message = self.query_one("#dialog-message", Static)
        message.update(Content(written(text)))
        message.set_class(wrong, "-wrong")
        message.display = True

    def report(self, error: Exception) -> None:
        """Tell what failed; the pairs stay."""
        self._busy = False
        self.message(self.words_of(error).split("\n")[0], wrong=True)

    # the pairs

    def selected(self) -> Pair | None:
        """The pair under the cursor."""
        pairs = self.pairs or ()
        return pairs[self.movers.at] if self.movers.at < len(pairs) else None

    def tell_of_row(self) -> None:
        """Say why the pair under the cursor is likely one."""
        self.query_one("#twins-why").refresh()

    def action_open(self) -> None:
        """What merging them would make, field by field."""
        pair = self.selected()
        if pair is not None and not self._busy:
            screen = MergeScreen(self.crm, pair.first, pair.second)
            self.app.push_screen(screen, self._merged)

    def _merged(self, merged: Merged | None) -> None:
        if merged is None:
            return
        self._changed = True
        self.merges.append(merged.kept.revision)
        names = {"keep": name_of(merged.kept), "other": name_of(merged.other)}
        self.message(self.say(sw.MERGED, revision=merged.kept.revision, **names))
        self.gather()

    def action_undo(self) -> None:
        """Take back the last merge made here."""
        if self._busy:
            return
        if not self.merges:
            self.message(self.say(sw.NOTHING_MERGED))
            return
        self._busy = True
        self.ask(partial(self.crm.undo, self.merges[-1]), self._taken_back)

    def _taken_back(self, commit: Commit) -> None:
        self._busy = False
        self.merges.pop()
        self.message(self.say(sw.UNMERGED, revision=commit.undoes))
        self.gather()

    def action_close(self) -> None:
        """Back to where one came from."""
        if not self._busy:
            self.dismiss(self._changed)
