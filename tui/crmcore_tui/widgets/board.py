"""The columns side by side: as many as fit, the cursor's among them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from textual.app import ComposeResult
from textual.message import Message

from crmcore_tui.boardstate import BoardState
from crmcore_tui.cells import Line
from crmcore_tui.presenter import NARROWEST_COLUMN
from crmcore_tui.widgets.cardlist import CardList, Edition, WriteCard
from crmcore_tui.widgets.covered import CoveredRow, Stage
from crmcore_tui.widgets.lines import Lines

WriteHeading = Callable[[int, int], tuple[Line, ...]]
"""The heading of column *number*, *width* cells wide."""


class Board(CoveredRow):
    """A heading and a card list for each stage; narrow terminals pan."""

    class Panned(Message):
        """Other columns are in view now."""

    def __init__(
        self,
        state: BoardState,
        write_card: WriteCard,
        write_heading: WriteHeading,
        empty: Callable[[], str],
        edition: Callable[[], Edition],
    ) -> None:
        """*edition* is the one that cards are written in."""
        super().__init__(id="board")
        self.state = state
        self.shown = range(0)
        self._drawn = -1
        self._edition = edition
        numbers = range(len(state.columns))
        # Named by their numbers: keys of stages are outside text.
        self.headings = [
            Lines(partial(write_heading, number), classes="heading") for number in numbers
        ]
        self.lists = [CardList(number, write_card, empty) for number in numbers]
        self._stages = [
            Stage(heading, cards, id=f"stage-{number}", classes="stage")
            for number, heading, cards in zip(numbers, self.headings, self.lists, strict=True)
        ]

    def compose(self) -> ComposeResult:
        """One column a stage."""
        yield from self._stages

    def show(self, *, afresh: bool = True) -> None:
        """Draw the state: *afresh* when the customers may have changed, else the cursor alone."""
        self._pan()
        here, before, edition = self.state.col, self._drawn, self._edition()
        for number, cards in enumerate(self.lists):
            column, marked = self.state.columns[number], self.state.marked
            cards.show(column, active=number == here, edition=edition, marked=marked)
        for number, heading in enumerate(self.headings):
            if afresh or (here != before and number in (here, before)):
                heading.refresh()
        self._drawn = here

    def list_at_cursor(self) -> CardList:
        """The card list the cursor is in."""
        return self.lists[self.state.col]

    def stage_at(self, x: int, y: int) -> int | None:
        """The number of the stage at this cell of the screen."""
        for number, stage in enumerate(self._stages):
            if stage.display and stage.region.contains(x, y):
                return number
        return None

    def stage_of(self, heading: Lines) -> int | None:
        """The number of the stage that this is the heading of."""
        return self.headings.index(heading) if heading in self.headings else None

    def mark_drop(self, target: int | None) -> None:
        """Show where a card would go; None for nowhere."""
        for number, stage in enumerate(self._stages):
            stage.set_class(number == target, "-drop")

    @property
    def dragging(self) -> bool:
        """Whether a card is dragged."""
        return any(cards.dragging for cards in self.lists)

    def end_drag(self) -> None:
        """The card that is dragged stays where it is."""
        for cards in self.lists:
            cards.end_drag()
        self.mark_drop(None)

    def on_resize(self) -> None:
        """Show as many columns as fit now."""
        self._pan()
        self.call_after_refresh(self.list_at_cursor().keep_cursor_in_view)

    def _pan(self) -> None:
        count = len(self.state.columns)
        fitting = max(1, min(count, self.size.width // NARROWEST_COLUMN))
        first = self.shown.start
        first = min(max(first, self.state.col - fitting + 1), self.state.col, count - fitting)
        shown = range(first, first + fitting)
        if shown != self.shown:
            self.shown = shown
            for number, stage in enumerate(self._stages):
                stage.display = number in shown
            self.post_message(self.Panned())
