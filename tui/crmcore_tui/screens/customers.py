"""A screen of customers with a cursor on one of them: moving it, filtering, and all that the keys do."""

from __future__ import annotations

from collections.abc import Mapping
from inspect import isawaitable
from typing import ClassVar

from attrs import field, frozen
from textual.events import Event
from textual.events import Key as Pressed

from crmcore.crm import Crm
from crmcore.customer import Customer
from crmcore.errors import CrmError
from crmcore.query import EVERYBODY, Compare, Condition, both
from crmcore.words import WORDS
from crmcore_tui.boardquery import SORTINGS, Loaded, Sorting
from crmcore_tui.cells import Line
from crmcore_tui.figuretext import Drill
from crmcore_tui.keymap import BOARD_KEYS, ON_CLOSED, ON_MARKED, Key, footer_keys
from crmcore_tui.presenter import about, footer_key_at, footer_line
from crmcore_tui.screens.boardactions import BoardActions
from crmcore_tui.screens.boardloading import AHEAD
from crmcore_tui.screens.boardviews import ViewActions
from crmcore_tui.widgets.filterbar import FilterBar
from crmcore_tui.widgets.lines import Lines
from crmcore_tui.widgets.statusline import StatusLine

_AT_ONCE = {"clear", "leave", "quit"}
_WHILE_FILTERING = {"up", "down", "page_up", "page_down", "clear"}


@frozen
class View:
    """What one screen hands to the next: whom it shows, who is marked, and who is under the cursor."""

    wanted: Condition = EVERYBODY
    filter_text: str = ""
    closed: bool = False
    drill: Drill | None = None
    sorting: Sorting = SORTINGS[0]
    marked: Mapping[str, Customer] = field(factory=dict, hash=False)
    followed: str | None = None


_BEFORE_PLUGINS = 7
"""So many of our own keys stand in the footer before those of plugins, which nobody would see at its end."""


class CustomersScreen(ViewActions, BoardActions):
    """What the board, the table and today's list have in common."""

    ROWS: ClassVar[tuple[Key, ...]] = BOARD_KEYS
    """The rows of the table of keys that this screen listens to."""

    AUTO_FOCUS = ""

    def __init__(self, crm: Crm) -> None:
        super().__init__(crm)
        self.filter_text = ""
        self._chord = False
        self._moment = (False, False)
        self._open = False
        self._early: list[Pressed] = []

    def _loaded(self, generation: int, loaded: Loaded) -> None:
        super()._loaded(generation, loaded)
        if generation == self._generation:
            self._begin()

    def _not_loaded(self, error: Exception) -> None:
        super()._not_loaded(error)
        self._begin()

    def _begin(self) -> None:
        """Now that there are customers, what was typed before is done."""
        if not self._open:
            self.call_later(self._do_early)

    def _forward_event(self, event: Event) -> None:
        if isinstance(event, Pressed) and not self._open:
            self._early.append(event)
        else:
            super()._forward_event(event)

    async def _do_early(self) -> None:
        if self._open:
            return
        self._open = True  # while it is not, no key counts as taken
        self.give_keys()
        self.query_one("#footer").refresh()
        self._open = False
        # By the actions themselves: a key that is sent again comes behind those typed meanwhile.
        actions = {name: row.action for row in self.keys(self.ROWS) for name in row.keys}
        others: list[Pressed] = []
        while self._early and self.app.screen is self:
            event = self._early.pop(0)
            action, _, number = actions.get(event.key, "").partition("(")
            if not action:
                others.append(event)  # a plugin's
                continue
            done = getattr(self, f"action_{action}")(*([int(number[:-1])] if number else []))
            if isawaitable(done):
                await done
        self._open = True
        for event in (*others, *self._early):
            self.app.post_message(Pressed(event.key, event.character))
        self._early = []

    # handing over

    def view(self) -> View:
        """What the screen shows now."""
        customer = self.state.selected()
        return View(
            self.wanted,
            self.filter_text,
            self.closed,
            self.drill,
            self.sorting,
            self.state.marked,
            None if customer is None else customer.id,
        )

    def take(self, view: View) -> None:
        """Show *view*, the cursor on whom it was on."""
        self.wanted, self.filter_text = view.wanted, view.filter_text
        self.closed, self.drill, self.sorting = view.closed, view.drill, view.sorting
        self.state.end_range()
        self.state.marked = dict(view.marked)
        self.reload(view.followed)

    # what is written

    def footer_rows(self) -> list[Key]:
        """The keys of the footer, the most needed first."""
        rows = self.keys(self.ROWS)
        usual = footer_keys(rows)
        here = ON_MARKED if self.state.marked else ON_CLOSED if self.closed else ()
        named = {row.action: row for row in rows if row.keys}
        first = [named[action] for action in here if action in named]
        rest = [*first, *(row for row in usual if row not in first)]
        return [*rest[:_BEFORE_PLUGINS], *self.plugin_rows(), *rest[_BEFORE_PLUGINS:]]

    def _footer(self, width: int) -> tuple[Line, ...]:
        return (footer_line(self.footer_rows(), width, self.crm.dialect),)

    async def on_lines_clicked(self, event: Lines.Clicked) -> None:
        """Do what the key of the footer does that was clicked."""
        if event.lines.id != "footer":
            return
        width = event.lines.size.width
        key = footer_key_at(event.x, self.footer_rows(), width, self.crm.dialect)
        if key is not None and key.action:
            await self.run_action(key.action)
        elif key is not None:
            self.begin_by_key(key.keys[0])

    def _idle(self) -> str:
        customer = self.state.selected()
        return self.marked_words() + ("" if customer is None else about(customer))

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

    def want_on(self) -> None:
        """Read on behind the cursor."""
        self.want(self.state.col, self.state.column.at + AHEAD)

    def action_up(self) -> None:
        """To the customer above."""
        self._go(rows=-1)

    def action_down(self) -> None:
        """To the customer below."""
        self._go(rows=+1)

    def action_page_up(self) -> None:
        """Up by what is seen."""
        self._go(rows=-self.rows_in_view)

    def action_page_down(self) -> None:
        """Down by what is seen."""
        self._go(rows=self.rows_in_view)

    def action_top_chord(self) -> None:
        """To the first customer, at the second g in a row."""
        if self._chord:
            self.action_top()
        else:
            self._chord = True

    def action_top(self) -> None:
        """To the first customer."""
        self._go(rows=-self.state.column.count)

    def action_bottom(self) -> None:
        """To the last customer."""
        self._go(rows=self.state.column.count)

    # the filter

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """While the filter is typed, keys that would act on a customer do nothing; before there are
        customers, one can leave and nothing else."""
        bar = self.query_one_optional(FilterBar)
        if not self._open or bar is None:
            return action in _AT_ONCE and bar is not None and not self._early
        if bar.open:
            return action in _WHILE_FILTERING
        return super().check_action(action, parameters)

    def action_filter(self) -> None:
        """Type a filter; meanwhile the store makes ready what words are looked for in."""
        self.query_one(FilterBar).begin(self.filter_text)
        everybody = both(self._where(), Compare(WORDS, "contains", ""))
        self.ask(lambda: self.crm.tally(everybody, ("stage", "status")), lambda _: None)

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
            self.reload(typed=True)

    def on_filter_bar_kept(self) -> None:
        """Put the cursor where somebody was found."""
        self.forget_known()
        self.state.go_to_somebody()
        self.show(afresh=False)

    def clear(self) -> bool:
        """End the range, else the selection, else the filter and a figure's customers; whether there
        was anything to end."""
        typing = self.query_one(FilterBar).open
        self.query_one(FilterBar).end()
        self.forget_known()
        if not typing and self.unmark():
            return True
        if self.leave_figure() or self.filter_text:
            self.wanted, self.filter_text = EVERYBODY, ""
            self.reload()
            return True
        return typing

    def action_clear(self) -> None:
        """Show everybody again."""
        self.clear()

    def action_closed(self) -> None:
        """Show those who are out of the funnel, or those in it again."""
        self.leave_figure()
        self.closed = not self.closed
        self.reload()

    # what is drawn of the screen, whatever its middle

    def show_around(self) -> None:
        """Draw what tells of the customer under the cursor, and the keys when others are needed."""
        moment = (bool(self.state.marked), self.closed)
        if moment != self._moment:
            self._moment = moment
            self.query_one("#footer").refresh()
        self.query_one(StatusLine).refresh()
        self.show_side()
