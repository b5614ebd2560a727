"""One question, answered by a key."""

from __future__ import annotations

from typing import ClassVar, TypeVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen

from crmcore_tui.keymap import ASKING, bindings
from crmcore_tui.screens.keyed import KeyedScreen, Said, Words

Answered = TypeVar("Answered")


class QuestionScreen(KeyedScreen[Answered], ModalScreen[Answered]):
    """A question, and the keys that answer it."""

    def __init__(self, question: Words, keys: Words) -> None:
        super().__init__()
        self._question = question
        self._keys = keys

    def compose(self) -> ComposeResult:
        """The question, and the keys that answer it."""
        with Vertical(id="dialog", classes="small"):
            yield Said(self._question, id="dialog-title")
            yield Said(self._keys, id="dialog-keys")


class ConfirmScreen(QuestionScreen[bool]):
    """Asks before something is lost; yes or no."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(ASKING.keys, priority=False)]

    def action_answer(self, answer: bool) -> None:
        """Close with the answer."""
        self.dismiss(answer)
