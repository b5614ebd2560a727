"""The board: loads what is seen, keeps the cursor, stays up to date."""

from __future__ import annotations

from functools import partial
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType

from crmcore.crm import Crm
from crmcore.customer import Customer
from crmcore_tui import wordings as words
from crmcore_tui.cells import Line
from crmcore_tui.keymap import BOARD_KEYS, bindings
from crmcore_tui.presenter import Summary, card_lines, summary_line
from crmcore_tui.screens.boardheadings import Headings
from crmcore_tui.screens.boardloading import AHEAD
from crmcore_tui.screens.boardmouse import MouseActions
from crmcore_tui.screens.customers import View
from crmcore_tui.screens.table import TablePlace, TableScreen
from crmcore_tui.screens.today import TodayDoor
from crmcore_tui.storecalls import Answer, StoreScreen
from crmcore_tui.watching import Watch
from crmcore_tui.widgets.board import Board
from crmcore_tui.widgets.cardlist import CardList, Edition
from crmcore_tui.widgets.covered import CoveredRow
from crmcore_tui.widgets.filterbar import FilterBar
from crmcore_tui.widgets.lines import Lines
from crmcore_tui.widgets.statusline import StatusLine


class BoardScreen(Headings, MouseActions, TodayDoor):
    """One pipeline as columns of cards."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(BOARD_KEYS)]

    def __init__(self, crm: Crm, *, live: float | None) -> None:
        super().__init__(crm)
        self.live = live
        self._watch: Watch | None = None
        self._table = TablePlace()

    def compose(self) -> ComposeResult:
        """The summary, the columns, the filter and the keys."""
        yield Lines(self._summary, id="summary")
        with CoveredRow(id="middle"):
            yield Board(self.state, self._card, self.heading, self._empty, self._edition)
            yield self.side_panel()
        yield FilterBar(self.crm.dialect)
        yield StatusLine(self._idle)
        yield Lines(self._footer, id="footer")

    def on_mount(self) -> None:
        """Load, then hear of others' commits."""
        self.reload()
        self.expire_drafts()
        if self.live is not None:
            self._watch = Watch(
                self.crm,
                self.live,
                lambda revision: self.post_message(Answer(partial(self._looked, revision))),
                lambda error: self.post_message(Answer(partial(self._looked_in_vain, error))),
            )
            self._watch.start()

    def give_keys(self) -> None:
        """Give plugins' actions the keys that are free, and tell what of the plugins failed already."""
        super().give_keys()
        self.tell_troubles()

    def on_unmount(self) -> None:
        """Stop listening: what is heard after this is nobody's business."""
        if self._watch is not None:
            self._watch.stop()

    @property
    def rows_in_view(self) -> int:
        """How many cards of a column are seen."""
        return self.board.list_at_cursor().rows_in_view

    def _looked(self, revision: int) -> None:
        super()._looked(revision)
        for screen in self.app.screen_stack:
            if isinstance(screen, StoreScreen) and screen is not self:
                screen.committed(revision)

    # what is written

    def _summary(self, width: int) -> tuple[Line, ...]:
        shown = (self.figure_words(), self.filter_text)
        summary = Summary(
            self.crm.dialect.say(self.state.pipeline.label),
            [column.standing for column in self.state.columns],
            self.board.shown,
            " · ".join(text for text in shown if text),
            self.closed,
            self.state.revision < 0,
            self.sorting_words(),
        )
        return (summary_line(summary, width, self.crm.dialect),)

    def _card(self, customer: Customer, width: int) -> tuple[Line, ...]:
        badges, limit = self.badges(customer), self._stale_after.get(customer.stage)
        return card_lines(customer, width, self.crm.clock(), self.crm.dialect, badges, limit)

    @property
    def _stale_after(self) -> dict[str, int]:
        return {stage.key: stage.stale_after_days for stage in self.state.pipeline.stages}

    def _edition(self) -> Edition:
        return int(self.crm.clock().timestamp()) // 60, self.badge_edition

    def _empty(self) -> str:
        if self.state.revision < 0:
            return self.say(words.LOADING)
        nobody = not any(column.standing.count for column in self.state.columns)
        if nobody and self.filter_text:
            return self.say(words.NOTHING_FOUND)
        if nobody and not self.closed:
            return self.say(words.EMPTY_FIRST)
        return self.say(words.EMPTY)

    def show(self, *, afresh: bool = True, follow_cursor: bool = True) -> None:
        """Draw the state."""
        if afresh:
            self.forget_headings()
        self.board.show(afresh=afresh)
        if afresh:
            self.query_one("#summary").refresh()
        self.show_around()
        if follow_cursor:
            self.board.list_at_cursor().keep_cursor_in_view()
        self.want_on()

    # the cursor

    def action_left(self) -> None:
        """To the stage to the left."""
        self._go(columns=-1)

    def action_right(self) -> None:
        """To the stage to the right."""
        self._go(columns=+1)

    def action_stage(self, number: int) -> None:
        """To the stage with this number."""
        if number <= len(self.state.columns):
            self._go(columns=number - 1 - self.state.col)

    def on_card_list_seen(self, event: CardList.Seen) -> None:
        """Read on where the user scrolls to."""
        self.want(event.number, event.last + AHEAD)

    def jump(self, column: int) -> None:
        """Put the cursor into this column."""
        self._go(columns=column - self.state.col)

    def on_board_panned(self) -> None:
        """The summary tells which columns are seen."""
        self.query_one("#summary").refresh()

    # the table

    def action_table(self) -> None:
        """The same customers as a table."""

        def back(view: View | None) -> None:
            if view is not None:
                self.take(view)

        def show() -> None:
            self.app.push_screen(TableScreen(self.crm, self.view(), self._table), back)

        self.when_free(show)
