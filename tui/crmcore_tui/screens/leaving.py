"""The two questions about drafts: what becomes of what was typed, and whether to go on with it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar, Literal

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical, VerticalScroll
from textual.screen import ModalScreen

from crmcore_tui.keymap import LEAVING, OFFERING, bindings
from crmcore_tui.screens.confirm import QuestionScreen
from crmcore_tui.screens.keyed import KeyedScreen, Said, Words

Left = Literal["keep", "discard", "go on"]
Offered = Literal["resume", "discard"]


class LeaveScreen(QuestionScreen[Left]):
    """Asks, before a form is left, what becomes of what was typed."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(LEAVING.keys, priority=False)]

    def action_keep(self) -> None:
        """Keep it as a draft, and close the form."""
        self.dismiss("keep")

    def action_discard(self) -> None:
        """Throw it away, and close the form."""
        self.dismiss("discard")

    def action_go_on(self) -> None:
        """Back to the form."""
        self.dismiss("go on")


class OfferScreen(KeyedScreen[Offered | None], ModalScreen[Offered | None]):
    """Shows a draft when its form is opened; None decides later."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(OFFERING.keys, priority=False)]
    AUTO_FOCUS = ""

    def __init__(self, title: Words, lines: Callable[[], Sequence[str]], keys: Words) -> None:
        super().__init__()
        self._title = title
        self._lines = lines
        self._keys = keys

    def compose(self) -> ComposeResult:
        """When it was typed, what, and the keys."""
        with Vertical(id="dialog"):
            yield Said(self._title, id="dialog-title")
            with VerticalScroll(id="draft-texts", can_focus=False):
                yield Said(lambda: "\n".join(self._lines()))
            yield Said(self._keys, id="dialog-keys")

    def action_resume(self) -> None:
        """Fill the form in with it."""
        self.dismiss("resume")

    def action_discard(self) -> None:
        """Throw it away, and fill the form in from the beginning."""
        self.dismiss("discard")

    def action_close(self) -> None:
        """Keep it; the form is not opened."""
        self.dismiss(None)
