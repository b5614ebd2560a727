"""The board's customers as a table: a row each, in columns that the user chooses."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, cast

from attrs import define
from textual.app import ComposeResult
from textual.binding import BindingType

from crmcore.crm import Crm
from crmcore.dialect import Dialect
from crmcore.fieldspec import FieldSpec
from crmcore.query import Order
from crmcore.text import one_line
from crmcore_tui import tablewordings as tw
from crmcore_tui import wordings as words
from crmcore_tui.boardquery import Lanes, Loaded, whole
from crmcore_tui.boardstate import BoardState, Column
from crmcore_tui.cells import Line, Part
from crmcore_tui.keymap import ON_TABLE, TABLE, Key, bindings
from crmcore_tui.keymap import Section as Keys
from crmcore_tui.presenter import Summary, summary_line
from crmcore_tui.screens.boardloading import AHEAD
from crmcore_tui.screens.columns import ColumnsScreen
from crmcore_tui.screens.customers import View
from crmcore_tui.screens.onelist import OneListScreen
from crmcore_tui.screens.today import TodayDoor
from crmcore_tui.tabletext import (
    USUAL,
    Layout,
    RowWriter,
    Sort,
    first_for,
    heading_line,
    lay_out,
    named_columns,
)
from crmcore_tui.widgets.filterbar import FilterBar
from crmcore_tui.widgets.lines import Lines
from crmcore_tui.widgets.moverlist import MoverList
from crmcore_tui.widgets.statusline import StatusLine
from crmcore_tui.widgets.tablehead import TableHead

if TYPE_CHECKING:
    from crmcore_tui.app import CrmApp

_MOST_WRITTEN = 2_000


@define
class TablePlace:
    """How the table was left: the column under the cursor, the first one seen, what it is sorted by."""

    here: int = 0
    first: int = 1
    sort: Sort | None = None


class TableScreen(OneListScreen, TodayDoor):
    """Closes with the `View` it was left with."""

    ROWS: ClassVar[tuple[Key, ...]] = (*TABLE.keys, *ON_TABLE)
    OWN: ClassVar[Keys | None] = TABLE
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(ROWS)]

    def __init__(self, crm: Crm, view: View, place: TablePlace) -> None:
        super().__init__(crm)
        self._view = view
        self._spot = place
        self._written: dict[tuple[str, int, bool], Line] = {}
        self._edition: tuple[object, ...] = ()
        self._writer: RowWriter | None = None
        self._specs: tuple[FieldSpec, ...] = ()
        self._to_top = False
        self._marks: frozenset[str] = frozenset()

    def make_state(self) -> BoardState:
        """One list of everybody."""
        return BoardState(self.crm.pipeline(), [Column()])

    def lanes(self) -> Lanes:
        """Everybody in the order of the sorted column, else in that of the board's cards."""
        sort = self._spot.sort
        order = self.sorting.order if sort is None else (Order(sort.key, sort.descending),)
        return whole(self.state.pipeline, self._where(), order)

    def compose(self) -> ComposeResult:
        """The summary, the headings, the rows, the filter and the keys."""
        yield Lines(self._summary, id="summary")
        yield TableHead(self._headings, id="table-head")
        yield MoverList(self._row, self._empty)
        yield FilterBar(self.crm.dialect)
        yield StatusLine(self._idle)
        yield Lines(self._footer, id="footer")

    def on_mount(self) -> None:
        """Show what the board showed."""
        self._choose()
        self.take(self._view)

    @property
    def _app(self) -> CrmApp:
        return cast("CrmApp", self.app)

    # the columns

    def _choose(self) -> None:
        fields = self.crm.fields
        keys, unknown = named_columns(self._app.columns, fields)
        self._specs = tuple(fields.named(key) for key in keys or USUAL)
        place = self._spot
        place.here = min(place.here, len(self._specs) - 1)
        self._pan()
        if unknown:
            self.tell(self.say(tw.NO_SUCH_COLUMN, name=one_line(unknown[0])), error=True)

    def _pan(self) -> None:
        place, width = self._spot, max(self.size.width - 2, 1)
        place.first = first_for(self._specs, place.first, place.here, width, self.crm.dialect)

    def _layout(self) -> Layout:
        return lay_out(self._specs, self._spot.first, max(self.size.width - 2, 1), self.crm.dialect)

    def on_resize(self) -> None:
        """Other columns fit now."""
        self._pan()
        self._show_columns()

    def _show_columns(self) -> None:
        self._prepare()
        self.query_one(TableHead).refresh()
        self.movers.refresh()

    # what is written

    def _summary(self, width: int) -> tuple[Line, ...]:
        shown = (self.figure_words(), self.filter_text)
        name = self.crm.dialect.say(self.state.pipeline.label)
        summary = Summary(
            f"{name} · {self.say(tw.TABLE_TITLE)}",
            [column.standing for column in self.state.columns],
            range(1),
            " · ".join(text for text in shown if text),
            self.closed,
            self.state.revision < 0,
            self._sorted_words(),
        )
        return (summary_line(summary, width, self.crm.dialect),)

    def _sorted_words(self) -> str:
        sort = self._spot.sort
        if sort is None:
            return self.sorting_words()
        label = one_line(self.crm.dialect.say(self.crm.fields.named(sort.key).label))
        return self.say(tw.SORTED_BY, label=label, arrow="↓" if sort.descending else "↑")

    def _headings(self, width: int) -> tuple[Line, ...]:
        place = self._spot
        line = heading_line(self._layout(), place.here, place.sort, self.crm.dialect, width - 1)
        return ((Part(" "), *line),)

    def _prepare(self) -> None:
        """Forget the rows written in other columns, in another language or at another minute."""
        now, dialect, layout = self.crm.clock(), self.crm.dialect, self._layout()
        edition = (layout, dialect.spoken, int(now.timestamp()) // 60)
        if edition == self._edition and len(self._written) < _MOST_WRITTEN:
            return
        names = {stage.key: dialect.say(stage.label) for stage in self.state.pipeline.stages}
        self._edition = edition
        self._written.clear()
        self._writer = RowWriter(layout, self.crm.fields, names, dialect, now)

    def _row(self, number: int, width: int) -> Line:
        writer, rows = self._writer, self.state.column.rows
        if writer is None or number >= len(rows):
            return (Part(" "), Part("…", "dim"))
        customer = rows[number]
        key = (customer.id, customer.revision, customer.id in self.state.marked)
        if key not in self._written:
            self._written[key] = writer.row(customer, marked=key[2])
        return self._written[key]

    def _empty(self) -> str:
        if self.state.revision < 0:
            return self.say(words.LOADING)
        return self.say(words.NOTHING_FOUND if self.filter_text else words.EMPTY)

    def show(self, *, afresh: bool = True, follow_cursor: bool = True) -> None:
        """Draw the state."""
        self._prepare()
        column = self.state.column
        marks = frozenset(self.state.marked)
        afresh, self._marks = afresh or marks != self._marks, marks
        self.movers.show(column.count, column.at, follow=follow_cursor, afresh=afresh)
        if afresh:
            self.query_one("#summary").refresh()
        self.show_around()
        self.want_on()

    def reword(self, dialect: Dialect) -> None:
        """Write the rows in another language."""
        self._prepare()
        super().reword(dialect)

    # the mouse

    def on_mover_list_seen(self, event: MoverList.Seen) -> None:
        """Read on where the user scrolls to."""
        self.want(0, event.last + AHEAD)

    def on_mover_list_picked(self, event: MoverList.Picked) -> None:
        """The mouse puts the cursor on a customer, or looks into it."""
        self._go(rows=event.row - self.state.column.at)
        if event.twice:
            self.action_detail()

    def on_table_head_picked(self, event: TableHead.Picked) -> None:
        """The mouse sorts by a column."""
        number = self._layout().at(event.x - 1)
        if number is not None:
            self._spot.here = number
            self.action_sort()

    # the columns, by keys

    def _to_column(self, number: int) -> None:
        place = self._spot
        place.here = max(0, min(number, len(self._specs) - 1))
        self._pan()
        self._show_columns()

    def action_left(self) -> None:
        """To the column to the left."""
        self._to_column(self._spot.here - 1)

    def action_right(self) -> None:
        """To the column to the right."""
        self._to_column(self._spot.here + 1)

    def action_first(self) -> None:
        """To the first column."""
        self._to_column(0)

    def action_last(self) -> None:
        """To the last column."""
        self._to_column(len(self._specs) - 1)

    def action_sort(self) -> None:
        """By the column under the cursor: upwards, downwards, then as the board's cards are."""
        place = self._spot
        key, sort = self._specs[place.here].key, place.sort
        if sort is None or sort.key != key:
            place.sort = Sort(key)
        else:
            place.sort = None if sort.descending else Sort(key, descending=True)
        self._to_top, self.state.column.at = True, 0
        self.state.end_range()
        self._show_columns()
        self.query_one("#summary").refresh()
        self.reload()

    def _loaded(self, generation: int, loaded: Loaded) -> None:
        if self._to_top and generation == self._generation:
            # What was sorted for stands at the top, not where the customer went that was there before.
            self._to_top = False
            self.state.columns[0] = Column()
        super()._loaded(generation, loaded)

    def action_columns(self) -> None:
        """Choose the columns."""
        keys = tuple(spec.key for spec in self._specs)
        self.when_free(lambda: self.app.push_screen(ColumnsScreen(self.crm, keys), self._chosen))

    def _chosen(self, keys: tuple[str, ...] | None) -> None:
        if keys is None or keys == tuple(spec.key for spec in self._specs):
            return
        here = self._specs[self._spot.here].key
        self._app.columns = ", ".join(keys)
        self._choose()
        if here in keys:
            self._to_column(keys.index(here))
        self._show_columns()
        if self.crm.config.board.columns is not None:
            self.tell(self.say(tw.COLUMNS_FIXED))
            return
        kept = self._app.keep_columns(() if keys == USUAL else keys)
        self.ask(kept, lambda _: self.tell(self.say(tw.COLUMNS_KEPT)))

    # leaving

    def action_leave(self) -> None:
        """Back to the board, the cursor on the same customer."""
        if not self.at_work():
            self.when_free(lambda: self.dismiss(self.view()))
