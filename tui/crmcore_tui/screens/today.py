"""What is to be done: the customers by when they are due, and those nobody has planned for."""

from __future__ import annotations

from functools import partial
from typing import ClassVar

from attrs import frozen
from textual.app import ComposeResult
from textual.binding import BindingType

from crmcore.crm import Crm
from crmcore.customer import Customer
from crmcore.dialect import Dialect
from crmcore.figures.agenda import AgendaItem, agenda
from crmcore.query import both
from crmcore.text import one_line
from crmcore_tui import forms
from crmcore_tui import tablewordings as tw
from crmcore_tui import wordings as words
from crmcore_tui.boardquery import Lanes, lists
from crmcore_tui.boardstate import BoardState, Column
from crmcore_tui.cells import Line, Part, fit, spread
from crmcore_tui.figuretext import Drill
from crmcore_tui.keymap import ON_TODAY, TODAY, Key, bindings
from crmcore_tui.keymap import Section as Keys
from crmcore_tui.presenter import name_of
from crmcore_tui.screens.boardloading import AHEAD
from crmcore_tui.screens.customers import CustomersScreen
from crmcore_tui.screens.onelist import OneListScreen
from crmcore_tui.todaytext import Placed, TodayWriter, more_line, section_line
from crmcore_tui.widgets.filterbar import FilterBar
from crmcore_tui.widgets.lines import Lines
from crmcore_tui.widgets.moverlist import MoverList
from crmcore_tui.widgets.statusline import StatusLine

MOST = 500
"""Customers that a section shows at most; the board shows them all."""

SECTIONS = 5
_MINUTE = 60
_MOST_WRITTEN = 2_000


@frozen
class Left:
    """How today's list was left: who was under the cursor, and the section to be shown instead."""

    followed: str | None
    drill: Drill | None = None


class TodayDoor(CustomersScreen):
    """A screen from which today's list is opened."""

    def action_today(self) -> None:
        """What is to be done by me, or by everybody."""
        self.when_free(lambda: self.app.push_screen(TodayScreen(self.crm), self._back))

    def _back(self, left: Left | None) -> None:
        if left is None:
            return
        if left.drill is not None:
            self._drilled(left.drill)
        else:
            self.reload(left.followed)


class TodayScreen(OneListScreen):
    """Closes with how it was `Left`."""

    ROWS: ClassVar[tuple[Key, ...]] = (*TODAY.keys, *ON_TODAY)
    OWN: ClassVar[Keys | None] = TODAY
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(ROWS)]

    def __init__(self, crm: Crm) -> None:
        super().__init__(crm)
        self.owner: str | None = crm.writer.context().actor
        self._items: tuple[AgendaItem, ...] = ()
        self._placed = Placed((), ())
        self._look: tuple[int, frozenset[str]] = (0, frozenset())
        self._edition: tuple[object, ...] = ()
        self._written: dict[tuple[object, ...], Line] = {}
        self._writer: TodayWriter | None = None

    def make_state(self) -> BoardState:
        """A list for each section."""
        return BoardState(self.crm.pipeline(), [Column(most=MOST) for _ in range(SECTIONS)])

    def lanes(self) -> Lanes:
        """The sections as they are now, of those whom the filter leaves."""
        now, zone = self.crm.clock(), self.crm.dialect.zone
        self._items = agenda(self.state.pipeline, now, zone, self.owner)
        return lists([both(item.where, self.wanted) for item in self._items])

    def compose(self) -> ComposeResult:
        """The title, the sections, the filter and the keys."""
        yield Lines(self._summary, id="summary")
        yield MoverList(self._row, self._empty)
        yield FilterBar(self.crm.dialect)
        yield StatusLine(self._idle)
        yield Lines(self._footer, id="footer")

    def on_mount(self) -> None:
        """Load, and again each minute: what is due becomes overdue."""
        self.reload()
        self.set_interval(_MINUTE, self.reload)

    # what is written

    def _summary(self, width: int) -> tuple[Line, ...]:
        text = tw.TODAY_ALL if self.owner is None else tw.TODAY_MINE
        left = [
            Part(" crmcore ", "brand"),
            Part(f" {self.say(text, owner=one_line(self.owner or ''))} ", "title"),
        ]
        if self.filter_text:
            said = f" {self.say(words.FILTER)}: {fit(self.filter_text, 40)} "
            left += [Part(" "), Part(said, "flag")]
        now = self.crm.clock().astimezone(self.crm.dialect.zone)
        return (spread(left, (Part(f"{now:%Y-%m-%d %H:%M} ", "figures"),), width),)

    def _row(self, number: int, width: int) -> Line:
        placed, state = self._placed, self.state
        place = placed.at(number)
        if place is None or not self._items:
            return ()
        item, column = self._items[place.section], state.columns[place.section]
        if place.more:
            hidden = column.standing.count - column.count
            key = self.keymap.shown["today.on_board"]
            return more_line(hidden, key, self.crm.dialect, width)
        if place.row is None:
            here = place.section == state.col
            standing = column.standing
            return section_line(
                place.section, item.key, item.label, standing, here, self.crm.dialect, width
            )
        customer = column.rows[place.row] if place.row < len(column.rows) else None
        if customer is None or self._writer is None:
            return (Part("    …", "dim"),)
        marked = customer.id in state.marked
        look = (item.key, customer.id, customer.revision, marked, width)
        if look not in self._written:
            self._written[look] = self._writer.row(item.key, customer, marked, width)
        return self._written[look]

    def _prepare(self) -> None:
        """See where the lines stand, and forget those written at another minute or in another language."""
        self._placed = Placed.of(self.state.columns)
        now, dialect = self.crm.clock(), self.crm.dialect
        edition = (self.owner is None, dialect.spoken, int(now.timestamp()) // 60)
        if edition == self._edition and len(self._written) < _MOST_WRITTEN:
            return
        stages = {stage.key: dialect.say(stage.label) for stage in self.state.pipeline.stages}
        self._edition = edition
        self._written.clear()
        self._writer = TodayWriter(stages, dialect, now, owners=self.owner is None)

    def _empty(self) -> str:
        if self.state.revision < 0:
            return self.say(words.LOADING)
        if self.filter_text:
            return self.say(tw.NOTHING_FOUND)
        return self.say(tw.NOTHING_AT_ALL if self.owner is None else tw.NOTHING_MINE)

    def show(self, *, afresh: bool = True, follow_cursor: bool = True) -> None:
        """Draw the state; the cursor is on a customer as long as there is one."""
        self.state.go_to_somebody()
        self._prepare()
        placed, state = self._placed, self.state
        line = placed.start(state.col) + 1 + state.column.at
        look = (state.col, frozenset(state.marked))
        afresh, self._look = afresh or look != self._look, look
        self.movers.show(placed.lines, line, follow=follow_cursor, afresh=afresh)
        if follow_cursor and not state.column.at:
            self.movers.reveal(line - 1)  # the heading of the section
        elif follow_cursor and placed.cut[state.col] and state.column.at + 1 == state.column.count:
            self.movers.reveal(line + 1)  # that there are more
        if afresh:
            self.query_one("#summary").refresh()
        self.show_around()
        self.want_on()

    def reword(self, dialect: Dialect) -> None:
        """Say it in another language, the sections' names included."""
        self._prepare()
        super().reword(dialect)
        self.movers.refresh()

    # the cursor

    def _go(self, rows: int = 0, columns: int = 0) -> None:
        state = self.state
        if state.anchor is None and rows:
            self._followed = None
            state.col, state.column.at = self._placed.go(state.col, state.column.at, rows)
            rows = 0
        super()._go(rows, columns)

    def _to_section(self, number: int) -> None:
        self.state.columns[number].at = 0
        self._go(columns=number - self.state.col)

    def _step(self, step: int) -> None:
        filled = [n for n, column in enumerate(self.state.columns) if column.count]
        further = [n for n in filled if (n - self.state.col) * step > 0]
        if further:
            self._to_section(min(further) if step > 0 else max(further))

    def action_left(self) -> None:
        """To the section above."""
        self._step(-1)

    def action_right(self) -> None:
        """To the section below."""
        self._step(+1)

    def action_section(self, number: int) -> None:
        """To the section with this number, if there is anybody in it."""
        if self.state.columns[number - 1].count:
            self._to_section(number - 1)

    def action_top(self) -> None:
        """To the first customer of all."""
        self._go(rows=-sum(self._placed.counts))

    def action_bottom(self) -> None:
        """To the last customer of all."""
        self._go(rows=+sum(self._placed.counts))

    def on_mover_list_seen(self, event: MoverList.Seen) -> None:
        """Read on where the user scrolls to."""
        placed = self._placed
        for number in range(SECTIONS):
            row = event.last - placed.start(number)
            if row > 0:
                self.want(number, min(row + AHEAD, self.state.columns[number].count - 1))

    def on_mover_list_picked(self, event: MoverList.Picked) -> None:
        """The mouse puts the cursor on a customer, or looks into it."""
        place = self._placed.at(event.row)
        if place is None or place.row is None:
            return
        self.state.columns[place.section].at = place.row
        self._go(columns=place.section - self.state.col)
        if event.twice:
            self.action_detail()

    # what is to be done, done

    def action_whose(self) -> None:
        """What is to be done by me, or by everybody."""
        self.owner = self.crm.writer.context().actor if self.owner is None else None
        customer = self.state.selected()
        self.state.unmark()
        self.reload(None if customer is None else customer.id)

    def action_done(self) -> None:
        """The next step is done: what came of it is logged, and what comes next is asked for."""

        def act(customer: Customer) -> None:
            if not customer.next_step and not customer.next_step_due:
                self.tell(self.say(tw.NO_STEP, name=name_of(customer)), error=True)
                return
            form = partial(forms.done, self.crm, customer)
            self.fill_in(form, partial(self.stored, tw.DONE))

        self.on_selected(act)

    # leaving

    def action_on_board(self) -> None:
        """The customers of this section on the board."""
        item = self._items[self.state.col]
        where = both(item.where, self.wanted)
        if not self.at_work():
            self.when_free(lambda: self.dismiss(Left(None, Drill(item.label, where))))

    def action_leave(self) -> None:
        """Back to where it was opened from."""
        customer = self.state.selected()
        followed = None if customer is None else customer.id
        if not self.at_work():
            self.when_free(lambda: self.dismiss(Left(followed)))
