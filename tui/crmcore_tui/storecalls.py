"""Asking the store without making the screen wait: in a thread, answered by a message."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from textual.message import Message

from crmcore.errors import CrmError
from crmcore.text import one_line, shown
from crmcore.wording import Text
from crmcore_tui import wordings as words
from crmcore_tui.screens.keyed import KeyedScreen
from crmcore_tui.widgets.statusline import StatusLine

if TYPE_CHECKING:
    from crmcore.crm import Crm

T = TypeVar("T")
Answered = TypeVar("Answered")


class Answer(Message, bubble=False):
    """What a worker found out; `deliver` runs on the app's thread."""

    def __init__(self, deliver: Callable[[], None]) -> None:
        super().__init__()
        self.deliver = deliver


class StoreScreen(KeyedScreen[Answered]):
    """A screen that asks the store in workers; its handlers alone change what it shows."""

    crm: Crm

    def ask(
        self,
        work: Callable[[], T],
        then: Callable[[T], None],
        failed: Callable[[Exception], None] | None = None,
    ) -> None:
        """Run *work* in a thread; *then* gets what it returns, *failed* what it raises.

        A thread cannot be stopped: whoever asks must be ready for an answer that came too late.
        """
        refuse = failed or self.report

        def run() -> None:
            try:
                result = work()
            except Exception as error:
                self.post_message(Answer(partial(refuse, error)))
            else:
                self.post_message(Answer(partial(then, result)))

        self.run_worker(run, thread=True, exit_on_error=False, group="store")

    def on_answer(self, answer: Answer) -> None:
        """Take in what a worker found out."""
        answer.stop()
        answer.deliver()

    def say(self, text: Text, **values: Any) -> str:
        """*text* in the language of the moment, its places filled in with text from outside.

        `{keys[board.add]}` in it is the key that does this now.
        """
        return self.crm.dialect.say(text).format(keys=self.keymap.shown, **values)

    def committed(self, revision: int) -> None:
        """Others have committed up to *revision*; a screen that shows it looks again."""

    def tell(self, message: str, *, error: bool = False) -> None:
        """Show *message* for a while, on the screen's status line."""
        self.query_one(StatusLine).tell(message, error=error)

    def report(self, error: Exception) -> None:
        """Tell what failed; the screen stays as it is."""
        self.tell(self.words_of(error), error=True)

    def words_of(self, error: Exception) -> str:
        """*error* for a person: crmcore's own words, or that something unexpected happened."""
        if isinstance(error, CrmError):
            return shown(str(error))
        self.log.error(repr(error))
        return self.say(words.UNEXPECTED, what=one_line(f"{type(error).__name__}: {error}"[:200]))
