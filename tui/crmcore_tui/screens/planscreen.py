"""What is worked out from a file, shown, and written: nothing typed before the name can be is lost."""

from __future__ import annotations

from functools import partial
from typing import Any

from crmcore.errors import ConflictError
from crmcore.wording import Text
from crmcore_tui import wordings as words
from crmcore_tui.screens.confirm import ConfirmScreen
from crmcore_tui.screens.earlykeys import EarlyKeysScreen
from crmcore_tui.screens.keyed import Words
from crmcore_tui.screens.listing import ListingScreen
from crmcore_tui.widgets.cardfield import CardField
from crmcore_tui.widgets.statusline import StatusLine

_WHILE_TYPING = ("complete", "leave", "up", "down", "page_up", "page_down")


class PlanScreen(ListingScreen, EarlyKeysScreen[Any]):
    """Begins with the name of a file; what comes of it is read, and written as one change.

    `fresh` while what is shown is true of the file and the store, `applying` while it is written.
    """

    AUTO_FOCUS = ""
    LOOK_AGAIN: Text
    """What is asked when the data changed before it was written."""

    def __init__(self) -> None:
        super().__init__()
        self.fresh = False
        self.applying = False

    # the file's name

    @property
    def card(self) -> CardField:
        """Where the name is typed."""
        return self.query_one(CardField)

    def begin(self) -> None:
        """Take in what was typed, once it can be."""
        self.begun = True
        self.card.begin()
        for event in self.early:
            if event.key == "enter":
                self.card.take()
            elif event.is_printable:
                self.card.line.insert_text_at_cursor(event.character or "")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """While the name is typed, keys that would do something else are part of it.

        Asked before there is anything to type in, too.
        """
        return self.begun and (action in _WHILE_TYPING or not self.card.typing)

    def note(self, text: Words, *, wrong: bool = False) -> None:
        """Say below the file's name how it goes."""
        self.card.note(text, wrong=wrong)

    def action_pick(self) -> None:
        """Type the file's name."""
        self.card.begin()

    def action_complete(self) -> None:
        """Complete the file's name."""
        if self.card.typing:
            self.card.complete()
        else:
            self.card.begin()

    def named(self, text: str) -> None:
        """The file is called *text*."""
        raise NotImplementedError

    def on_card_field_taken(self, event: CardField.Taken) -> None:
        """Read the file."""
        self.named(event.text)
        self.set_focus(None)
        self.action_again()

    def action_again(self) -> None:
        """Read the file again."""
        raise NotImplementedError

    # writing

    def not_applied(self, error: Exception) -> None:
        """Tell why nothing was written; when the data changed, offer to look again."""
        self.applying = False
        self.query_one(StatusLine).clear()
        if not isinstance(error, ConflictError):
            self.report(error)
            return
        self.fresh = False
        question = ConfirmScreen(
            partial(self.say, self.LOOK_AGAIN), partial(self.say, words.YES_NO_KEYS)
        )
        self.app.push_screen(question, lambda yes: self.action_again() if yes else None)

    def action_close(self) -> None:
        """Back to the board."""
        if not self.applying:
            self.dismiss(None)
