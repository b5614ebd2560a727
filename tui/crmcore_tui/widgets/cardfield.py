"""The line a file is named on: completed from the folder, and what is to be said of it below."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, Protocol

from attrs import frozen
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Static

from crmcore.dialect import Dialect
from crmcore.text import one_line, shown
from crmcore.wording import Text
from crmcore_tui import wordings as words
from crmcore_tui.screens.keyed import KeyedScreen, Words, written
from crmcore_tui.trying import common_start, completions
from crmcore_tui.widgets.editors import LineEditor

_NAMED = 12
_LONGEST = 600


class Ask(Protocol):
    """How a worker is asked."""

    def __call__(self, work: Callable[[], Any], then: Callable[[Any], None]) -> None:
        """Run *work* in a worker; *then* gets what it returns."""


@frozen
class CardWords:
    """What is said around the line: its label, what it takes, how it is used, and what files there are."""

    label: Text = words.CARD
    hint: Text = words.CARD_HINT
    help: Text = words.CARD_HELP
    files: Text = words.CARD_FILES
    none: Text = words.NO_CARD_FILES


class CardField(Vertical):
    """Names the files that are meant as the name is typed; enter takes it."""

    class Taken(Message):
        """The file named *text* is wanted."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    def __init__(
        self,
        text: str,
        folder: Path,
        endings: tuple[str, ...],
        dialect: Dialect,
        ask: Ask,
        wording: CardWords = CardWords(),
    ) -> None:
        super().__init__(id="card")
        self._initial = text
        self._folder = folder
        self._endings = endings
        self._dialect = dialect
        self._ask = ask
        self._words = wording
        self._cycled: tuple[str, ...] = ()
        self.wrong = False
        self.said = ""
        self._noted: Words = ""

    def compose(self) -> ComposeResult:
        """The line, and the note below it."""
        with Horizontal(id="card-row"):
            yield Static(id="card-label")
            yield LineEditor(self._initial, id="card-path", compact=True, select_on_focus=False)
        yield Static(id="card-note")

    def on_mount(self) -> None:
        """Name the line."""
        self.reword(self._dialect)

    def reword(self, dialect: Dialect) -> None:
        """Label the line in *dialect*'s language; what was typed stays."""
        self._dialect = dialect
        self.query_one("#card-label", Static).update(Content(dialect.say(self._words.label)))
        self.line.placeholder = dialect.say(self._words.hint)
        if callable(self._noted):
            self.note(self._noted, wrong=self.wrong)

    @property
    def line(self) -> LineEditor:
        """Where the name is typed."""
        return self.query_one(LineEditor)

    @property
    def typing(self) -> bool:
        """Whether the name is being typed."""
        return self.line.has_focus

    def begin(self) -> None:
        """Let the name be typed."""
        self.line.focus()
        self._offer()

    def note(self, text: Words, *, wrong: bool = False) -> None:
        """Show *text* below the line; it is text, never markup."""
        self._noted = text
        self.said, self.wrong = shown(written(text)[:_LONGEST]), wrong
        note = self.query_one("#card-note", Static)
        note.update(Content(self.said))
        note.set_class(wrong, "-wrong")

    def on_input_changed(self, event: Input.Changed) -> None:
        """Name the files that are meant so far."""
        event.stop()
        if self.typing:
            self._offer()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """This file."""
        event.stop()
        self.take()

    def take(self) -> None:
        """This file is the one that is wanted."""
        self.post_message(self.Taken(self.line.value))

    def _found(self, text: str) -> tuple[str, ...]:
        return completions(text, self._folder, self._endings)

    def _offer(self) -> None:
        text = self.line.value
        if text not in self._cycled:
            self._cycled = ()
        self._ask(partial(self._found, text), partial(self._offered, text))

    def _offered(self, text: str, names: tuple[str, ...]) -> None:
        if text != self.line.value or not self.typing:
            return
        self.note(lambda: self._help(text, names))

    def _help(self, text: str, names: tuple[str, ...]) -> str:
        say = self._dialect.say
        keys = self.screen.keymap.shown if isinstance(self.screen, KeyedScreen) else {}
        said = say(self._words.help).format(folder=one_line(str(self._folder)), keys=keys)
        if names:
            listed = " · ".join(one_line(name[:60]) for name in names[:_NAMED])
            more = " …" if len(names) > _NAMED else ""
            said += "\n" + say(self._words.files).format(names=listed + more)
        elif text.strip():
            said += "\n" + say(self._words.none)
        return said

    def complete(self) -> None:
        """Complete the name as far as it is certain; then, each time, the next file that fits."""
        text = self.line.value
        if text in self._cycled:
            place = self._cycled.index(text) + 1
            self._put(self._cycled[place % len(self._cycled)])
        else:
            self._ask(partial(self._found, text), partial(self._complete, text))

    def _complete(self, text: str, names: tuple[str, ...]) -> None:
        if text != self.line.value or not names:
            return
        longer = common_start(names)
        self._cycled = names if len(names) > 1 else ()
        self._put(longer if len(longer) > len(text) else names[0])

    def _put(self, text: str) -> None:
        self.line.value = text
        self.line.cursor_position = len(text)
