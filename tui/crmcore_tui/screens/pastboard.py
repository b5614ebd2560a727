"""The board as it stood on a past day: to be read, filtered and opened, never changed."""

from __future__ import annotations

from crmcore.crm import Crm
from crmcore.dialect import Dialect
from crmcore_tui import figurewordings as fw
from crmcore_tui.figuretext import Drill
from crmcore_tui.keymap import WORKING, Key
from crmcore_tui.screens.board import BoardScreen

CHANGING = frozenset(
    {*(key.action for key in WORKING.keys), "tag", "again", "undo", "redo", "import_sheet"}
) - {"preview"}
"""The actions that would change what is past."""


class PastBoardScreen(BoardScreen):
    """Over the dashboard; *crm* is the workspace as it stood, which refuses every change."""

    def __init__(self, crm: Crm, date: str, drill: Drill | None) -> None:
        super().__init__(crm, live=None)
        self.drill = drill
        self._date = date

    def figure_words(self) -> str:
        """The date before all, and that nothing can be changed."""
        told = (self.say(fw.READ_ONLY, date=self._date), super().figure_words())
        return " · ".join(text for text in told if text)

    def footer_rows(self) -> list[Key]:
        """Those that change nothing."""
        return [key for key in super().footer_rows() if key.action not in CHANGING]

    def refuse(self) -> None:
        """Say that nothing can be changed."""
        self.tell(self.say(fw.PAST_IS_PAST), error=True)

    def reword(self, dialect: Dialect) -> None:
        """The past speaks the language of the present."""
        self.crm.dialect = self.crm.writer.dialect = dialect
        super().reword(dialect)

    def committed(self, revision: int) -> None:
        """What others commit now is not of then."""

    def action_funnel(self) -> None:
        """Back to the dashboard it was opened from."""
        self.dismiss(None)

    def action_quit(self) -> None:
        """Back to the dashboard, too."""
        self.dismiss(None)

    def action_clear(self) -> None:
        """End the selection or the filter; without any, back to the dashboard."""
        figure, self.drill = self.drill, None
        cleared = self.clear()
        self.drill = figure
        if not cleared:
            self.dismiss(None)


for _action in CHANGING:
    # Before anything is asked for: the store would refuse it only after a form was filled in.
    setattr(PastBoardScreen, f"action_{_action}", PastBoardScreen.refuse)
