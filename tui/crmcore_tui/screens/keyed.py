"""Screens whose keys are those in force, and whose words can change while they are open."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from textual.binding import Binding, BindingsMap
from textual.content import Content
from textual.dom import DOMNode
from textual.screen import UPDATE_PERIOD, Screen
from textual.timer import Timer
from textual.widgets import Static

from crmcore.dialect import Dialect
from crmcore_tui.keymap import Key
from crmcore_tui.keymaps import VI, Keymap, keymap_named

Answered = TypeVar("Answered")

_SOONER = 4

Words = str | Callable[[], str]
"""A text, or what writes it in the language of the moment."""


def written(words: Words) -> str:
    """The text of *words* now."""
    return words() if callable(words) else words


def bind(node: DOMNode, keymap: Keymap) -> None:
    """Let *node* listen to the keys in force, instead of those its class was written with."""
    made: dict[str, list[Binding]] = {}
    for name, bindings in (type(node)._merged_bindings or BindingsMap()).key_to_bindings.items():
        for binding in bindings:
            row = keymap.named(binding.id)
            for key in (name,) if row is None else row.keys:
                here = made.setdefault(key, [])
                if all(binding.action != other.action for other in here):
                    here.append(binding.with_key(key=key))
    # Not by `App.set_keymap`: an editor that has the focus is asked which keys it wants to itself
    # before that is applied.
    node._bindings = BindingsMap.from_keys(made)


class KeyedScreen(Screen[Answered]):
    """A screen that listens to the keymap of the app, and answers it soon."""

    _drawing: Timer | None = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        bind(self, self.keymap)

    @property
    def _update_timer(self) -> Timer:
        """What draws the screen when something has changed.

        Textual's own lets up to two of its periods pass after it drew something: what a key leads to would
        wait behind the letter that is typed.
        """
        if self._drawing is None:
            period = UPDATE_PERIOD / _SOONER
            self._drawing = self.set_interval(period, self._on_timer_update, pause=True)
        return self._drawing

    @property
    def keymap(self) -> Keymap:
        """The keys in force."""
        found = getattr(self.app, "keymap", None)
        return found if isinstance(found, Keymap) else keymap_named(VI)

    def keys(self, rows: tuple[Key, ...]) -> tuple[Key, ...]:
        """These *rows* of the table with the keys they have now."""
        return tuple(self.keymap.in_force(row) for row in rows)

    def rebind(self) -> None:
        """Listen to another keymap, and show its keys."""
        bind(self, self.keymap)

    def reword(self, dialect: Dialect) -> None:
        """Write everything anew: the language has changed, or the keys that the words name.

        What was typed, the cursor and the place scrolled to stay. A widget that keeps what it has
        written has a method of this name, too.
        """
        for widget in self.query("*"):
            again = getattr(widget, "reword", None)
            if again is not None:
                again(dialect)
        self.refresh()


class Said(Static):
    """Words that are written anew when the language changes; text, never markup."""

    def __init__(self, words: Words, **kwargs: Any) -> None:
        super().__init__(Content(written(words)), **kwargs)
        self._words = words

    def say(self, words: Words) -> None:
        """Show other words."""
        self._words = words
        self.update(Content(written(words)))

    def reword(self, dialect: Dialect) -> None:
        """Say it in the language of the moment."""
        if callable(self._words):
            self.update(Content(self._words()))
