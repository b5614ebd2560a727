"""The mouse on the board: a click, a double click, a card dragged to another stage, a key clicked."""

from __future__ import annotations

from functools import partial

from crmcore.customer import Customer
from crmcore_tui import forms
from crmcore_tui import formwordings as fw
from crmcore_tui import markwordings as mw
from crmcore_tui.presenter import name_of
from crmcore_tui.screens.customers import CustomersScreen
from crmcore_tui.widgets.board import Board
from crmcore_tui.widgets.cardlist import CardList
from crmcore_tui.widgets.lines import Lines
from crmcore_tui.widgets.statusline import StatusLine


class MouseActions(CustomersScreen):
    """Does with the mouse what keys do, by the same ways."""

    _target: int | None = None
    _dragged = False

    @property
    def board(self) -> Board:
        """The columns."""
        return self.query_one(Board)

    def cursor_seen(self) -> bool:
        """Whether the card under the cursor is in view."""
        return self.board.list_at_cursor().cursor_seen

    def jump(self, column: int) -> None:
        """Put the cursor into this column."""
        raise NotImplementedError

    def on_card_list_picked(self, event: CardList.Picked) -> None:
        """Put the cursor on a card, or look into it."""
        self.state.columns[event.number].at = event.row
        self.jump(event.number)
        if event.twice:
            self.action_detail()

    async def on_lines_clicked(self, event: Lines.Clicked) -> None:
        """Jump to the stage whose heading was clicked."""
        if (number := self.board.stage_of(event.lines)) is not None:
            self.jump(number)

    def clear(self) -> bool:
        """A card that is dragged stays where it is, before anything else is ended."""
        return self.cancel_drag() or super().clear()

    # dragging

    def on_card_list_dragged(self, event: CardList.Dragged) -> None:
        """Show where the card would go; let go, it goes there."""
        customer = self.state.known(event.customer_id)
        number = self.board.stage_at(event.x, event.y)
        target = None if customer is None or number == event.number else number
        if event.dropped:
            self.cancel_drag()
            if customer is not None and target is not None:
                self._drop(customer, target)
        elif self.board.dragging and (target != self._target or not self._dragged):
            self._target, self._dragged = target, True
            self.board.mark_drop(target)
            self._tell_of_drag(customer, target)

    def _tell_of_drag(self, customer: Customer | None, target: int | None) -> None:
        if customer is None or target is None:
            self.tell(self.say(fw.DRAG_BACK))
            return
        stage = self.crm.dialect.say(self.state.pipeline.stages[target].label)
        self.tell(self.say(fw.DRAGGING, name=name_of(customer), stage=stage))

    def cancel_drag(self) -> bool:
        """The card that is dragged stays where it is; whether one was."""
        was = self.board.dragging
        self.board.end_drag()
        if self._dragged:
            self.query_one(StatusLine).clear()
        self._target, self._dragged = None, False
        return was

    def on_screen_suspend(self) -> None:
        """Another screen comes on top: nothing is dragged below it."""
        self.cancel_drag()

    def _drop(self, customer: Customer, target: int) -> None:
        """Move it to the stage *target*, like the keys that move by one."""
        stage, marked = self.state.pipeline.stages[target], self.state.marked
        forward = target > self.state.pipeline.index(customer.stage)
        if customer.id in marked and len(marked) > 1:
            if forward:
                self.together(lambda each: self.crm.move(each, stage.key), "move")
            else:
                self.tell(self.say(mw.ONE_BY_ONE), error=True)
            return
        self.state.follow(customer.id)
        self.show(afresh=False)

        def act(current: Customer) -> None:
            if forward:
                self.move_to(current, stage.key)
            else:
                self.fill_in(partial(forms.back, self.crm, current, stage), self.moved)

        self.on_selected(act)
