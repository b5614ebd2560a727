"""The line the filter is typed on, and what is wrong with it."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.geometry import Size
from textual.message import Message
from textual.reactive import Reactive
from textual.widgets import Input, Static

from crmcore.dialect import Dialect
from crmcore.text import one_line
from crmcore_tui import wordings as words
from crmcore_tui.widgets.editors import LineEditor


class FilterLine(LineEditor):
    """Where the filter is typed."""

    # Textual lays out the screen anew when it changes: the line is as wide whatever is typed.
    virtual_size: Reactive[Size] = Reactive(Size(0, 0))


class FilterBar(Vertical):
    """Hidden until it is begun; enter keeps the filter."""

    class Typed(Message):
        """The filter reads *text* now."""

        def __init__(self, bar: FilterBar, text: str) -> None:
            super().__init__()
            self.bar = bar
            self.text = text

    class Kept(Message):
        """The filter stays; back to the cards."""

    def __init__(self, dialect: Dialect) -> None:
        super().__init__(id="filter")
        self._dialect = dialect
        self._said: tuple[str, bool] | None = None

    def compose(self) -> ComposeResult:
        """The line, and what is to be said about it."""
        with Horizontal(id="filter-row"):
            yield Static(id="filter-label")
            yield FilterLine(id="filter-line", compact=True, select_on_focus=False)
        yield Static(id="filter-error")

    def on_mount(self) -> None:
        """Name the line."""
        self.reword(self._dialect)

    def reword(self, dialect: Dialect) -> None:
        """Label the line in *dialect*'s language; what was typed stays."""
        self._dialect = dialect
        label = self.query_one("#filter-label", Static)
        label.update(Content(dialect.say(words.FILTER) + " /"))
        if not self.query_one("#filter-error").has_class("-wrong"):
            self.accept()

    @property
    def open(self) -> bool:
        """Whether it is being typed."""
        return self.has_class("-open")

    @property
    def _line(self) -> LineEditor:
        return self.query_one(LineEditor)

    def begin(self, text: str) -> None:
        """Let the user type on, from *text*."""
        self.add_class("-open")
        self._line.value = text
        self._line.cursor_position = len(text)
        self.accept()
        self._line.focus()

    def end(self) -> None:
        """Hide."""
        self.remove_class("-open")
        self.screen.set_focus(None)

    def accept(self) -> None:
        """Show how filters are written."""
        self._say(self._dialect.say(words.FILTER_HINT), wrong=False)

    def refuse(self, why: str) -> None:
        """Show what is wrong."""
        self._say(why, wrong=True)

    def _say(self, text: str, *, wrong: bool) -> None:
        if self._said == (text, wrong):
            return  # the whole screen is laid out anew when it changes
        self._said = (text, wrong)
        note = self.query_one("#filter-error", Static)
        note.update(Content(one_line(text)))
        note.set_class(wrong, "-wrong")

    def on_input_changed(self, event: Input.Changed) -> None:
        """Filter as it is typed."""
        event.stop()
        if self.open:
            self.post_message(self.Typed(self, event.value.strip()))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Back to the cards, the filter kept."""
        event.stop()
        self.end()
        self.post_message(self.Kept())
