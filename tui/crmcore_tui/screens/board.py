"""The board: loads what is seen, keeps the cursor, stays up to date."""

from __future__ import annotations

from functools import partial
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal

from crmcore.crm import Crm
from crmcore.customer import Customer
from crmcore.errors import CrmError
from crmcore.query import EVERYBODY
from crmcore_tui import wordings as words
from crmcore_tui.cells import Line
from crmcore_tui.keymap import BOARD_KEYS, bindings
from crmcore_tui.presenter import (
    Summary,
    about,
    card_lines,
    footer_line,
    summary_line,
)
from crmcore_tui.screens.boardloading import AHEAD
from crmcore_tui.screens.boardmouse import MouseActions
from crmcore_tui.screens.boardviews import ViewActions
from crmcore_tui.storecalls import Answer
from crmcore_tui.watching import Watch
from crmcore_tui.widgets.board import Board
from crmcore_tui.widgets.cardlist import CardList, Edition
from crmcore_tui.widgets.filterbar import FilterBar
from crmcore_tui.widgets.lines import Lines
from crmcore_tui.widgets.statusline import StatusLine

_WHILE_FILTERING = {"up", "down", "page_up", "page_down", "clear"}


class BoardScreen(ViewActions, MouseActions):
    """One pipeline as columns of cards."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(BOARD_KEYS)]
    AUTO_FOCUS = ""

    def __init__(self, crm: Crm, *, live: float | None) -> None:
        super().__init__(crm)
        self.live = live
        self._watch: Watch | None = None
        self.filter_text = ""
        self._chord = False

    def compose(self) -> ComposeResult:
        """The summary, the columns, the filter and the keys."""
        yield Lines(self._summary, id="summary")
        with Horizontal(id="middle"):
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

    def on_unmount(self) -> None:
        """Stop listening: what is heard after this is nobody's business."""
        if self._watch is not None:
            self._watch.stop()

    # what is written

    def _summary(self, width: int) -> tuple[Line, ...]:
        shown = (self.figure_words(), self.filter_text, self.sorting_words())
        summary = Summary(
            self.crm.dialect.say(self.state.pipeline.label),
            [column.standing for column in self.state.columns],
            self.board.shown,
            " · ".join(text for text in shown if text),
            self.closed,
            self.state.revision < 0,
        )
        return (summary_line(summary, width, self.crm.dialect),)

    def _card(self, customer: Customer, width: int) -> tuple[Line, ...]:
        badges = self.badges(customer)
        return card_lines(customer, width, self.crm.clock(), self.crm.dialect, badges)

    def _edition(self) -> Edition:
        return int(self.crm.clock().timestamp()) // 60, self.badge_edition

    def _footer(self, width: int) -> tuple[Line, ...]:
        return (footer_line(self.footer_rows(), width, self.crm.dialect),)

    def _idle(self) -> str:
        customer = self.state.selected()
        return self.marked_words() + ("" if customer is None else about(customer))

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
        self.query_one(StatusLine).refresh()
        self.show_side()
        if follow_cursor:
            self.board.list_at_cursor().keep_cursor_in_view()
        self.want(self.state.col, self.state.column.at + AHEAD)

    # the cursor

    def on_screen_resume(self) -> None:
        """Coming back from another screen ends the beginning of `g g`."""
        self._chord = False

    def _go(self, rows: int = 0, columns: int = 0) -> None:
        self._followed = None
        self._chord = False
        if self.state.anchor is not None and columns:
            self.state.end_range()
        self.state.go(rows, columns)
        self.widen_range()
        self.show(afresh=False)

    def action_up(self) -> None:
        """To the card above."""
        self._go(rows=-1)

    def action_down(self) -> None:
        """To the card below."""
        self._go(rows=+1)

    def action_left(self) -> None:
        """To the stage to the left."""
        self._go(columns=-1)

    def action_right(self) -> None:
        """To the stage to the right."""
        self._go(columns=+1)

    def action_page_up(self) -> None:
        """Up by what is seen."""
        self._go(rows=-self.board.list_at_cursor().rows_in_view)

    def action_page_down(self) -> None:
        """Down by what is seen."""
        self._go(rows=self.board.list_at_cursor().rows_in_view)

    def action_top_chord(self) -> None:
        """To the first card, at the second g in a row."""
        if self._chord:
            self.action_top()
        else:
            self._chord = True

    def action_top(self) -> None:
        """To the first card."""
        self._go(rows=-self.state.column.count)

    def action_bottom(self) -> None:
        """To the last card."""
        self._go(rows=self.state.column.count)

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

    # the filter

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """While the filter is typed, keys that would act on a customer do nothing."""
        if self.query_one(FilterBar).open:
            return action in _WHILE_FILTERING
        return super().check_action(action, parameters)

    def action_filter(self) -> None:
        """Type a filter."""
        self.query_one(FilterBar).begin(self.filter_text)

    def on_filter_bar_typed(self, event: FilterBar.Typed) -> None:
        """Filter as it is typed; what cannot be understood is said, and changes nothing."""
        try:
            wanted = self.crm.condition(event.text)
        except CrmError as error:
            event.bar.refuse(str(error))
            return
        event.bar.accept()
        if event.text != self.filter_text:
            self.wanted, self.filter_text = wanted, event.text
            self.reload()

    def on_filter_bar_kept(self) -> None:
        """Put the cursor where somebody was found."""
        self.state.go_to_somebody()
        self.show(afresh=False)

    def action_clear(self) -> None:
        """End the range, else the selection, else the filter and a figure's customers."""
        if self.cancel_drag():
            return
        typing = self.query_one(FilterBar).open
        self.query_one(FilterBar).end()
        if not typing and self.unmark():
            return
        if self.leave_figure() or self.filter_text:
            self.wanted, self.filter_text = EVERYBODY, ""
            self.reload()

    def action_closed(self) -> None:
        """Show those who are out of the funnel, or those in it again."""
        self.leave_figure()
        self.closed = not self.closed
        self.reload()
