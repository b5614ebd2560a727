"""What a screen of customers shows and where its cursor is; changed on the app's own thread only."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Container, Iterable

from attrs import Factory, define, field

from crmcore.customer import Customer
from crmcore.funnel import Standing
from crmcore.pipeline import Pipeline
from crmcore_tui.boardquery import NOTHING, PAGE, After, Loaded, Rows

Place = Callable[[Customer], tuple[object, ...]]
"""Where a customer stands in the board's order; sorts like the store does."""


@define
class Column:
    """One list, on the board a stage: the rows read so far, where to go on, the figures of all its customers and of the
    open ones."""

    rows: list[Customer] = field(factory=list)
    after: After | None = None
    standing: Standing = NOTHING
    open: Standing = NOTHING
    at: int = 0
    asking: bool = False
    most: int | None = None
    """How many rows are shown at most; None for all."""

    @property
    def count(self) -> int:
        """How many rows there are to be shown, read or not."""
        there = max(self.standing.count, len(self.rows)) if self.after else len(self.rows)
        return there if self.most is None else min(there, self.most)

    def row_of(self, customer_id: str) -> int | None:
        """The row that shows this customer, among those read."""
        for number, customer in enumerate(self.rows):
            if customer.id == customer_id:
                return number
        return None

    def clamp(self) -> None:
        """Keep the cursor on a row that exists."""
        self.at = max(0, min(self.at, self.count - 1))


@define
class BoardState:
    """Lists of a pipeline's customers, one a stage unless said otherwise, and the cursor: a list, and in
    each list a row."""

    pipeline: Pipeline
    columns: list[Column] = Factory(
        lambda self: [Column() for _ in self.pipeline.stages], takes_self=True
    )
    col: int = 0
    revision: int = -1
    marked: dict[str, Customer] = Factory(dict)
    """Those chosen to be changed together, by id, as they were last seen."""

    anchor: tuple[int, int] | None = None
    """Where a range began, column and row, while one is being marked."""

    before_range: dict[str, Customer] = Factory(dict)
    """Those who were marked when it began."""

    @property
    def column(self) -> Column:
        """The column the cursor is in."""
        return self.columns[self.col]

    def selected(self) -> Customer | None:
        """The customer under the cursor; None in an empty column or on a row not read yet."""
        column = self.column
        return column.rows[column.at] if column.at < len(column.rows) else None

    def known(self, customer_id: str) -> Customer | None:
        """The customer as the board last saw it, wherever it is shown."""
        for column in self.columns:
            row = column.row_of(customer_id)
            if row is not None:
                return column.rows[row]
        return None

    def fullest(self) -> int:
        """The count of the column with the most customers."""
        return max((column.standing.count for column in self.columns), default=0)

    def go(self, rows: int = 0, columns: int = 0) -> None:
        """Move the cursor; it stops at the edges."""
        self.col = max(0, min(self.col + columns, len(self.columns) - 1))
        if rows:
            self.column.at += rows
        self.column.clamp()

    def toggle_mark(self) -> None:
        """Mark the customer under the cursor, or no more."""
        customer = self.selected()
        if customer is not None and self.marked.pop(customer.id, None) is None:
            self.marked[customer.id] = customer

    def begin_range(self) -> None:
        """Mark from here on, wherever the cursor goes in this column."""
        self.anchor, self.before_range = (self.col, self.column.at), dict(self.marked)
        self.mark_range()

    def mark_range(self) -> None:
        """Mark those between the anchor and the cursor, beside those marked before."""
        if self.anchor is None:
            return
        column, row = self.anchor
        here = self.columns[column].at
        first, last = sorted((row, here))
        between = self.columns[column].rows[first : last + 1]
        self.marked = {**self.before_range, **{customer.id: customer for customer in between}}

    def end_range(self) -> None:
        """Keep what is marked."""
        self.anchor, self.before_range = None, {}

    def unmark(self) -> None:
        """Nobody is marked."""
        self.end_range()
        self.marked = {}

    def see_marked_again(self) -> None:
        """Keep those marked as they are now, where they are shown."""
        shown = {customer.id: customer for column in self.columns for customer in column.rows}
        self.marked = {key: shown.get(key, seen) for key, seen in self.marked.items()}

    def go_to_somebody(self) -> None:
        """From an empty column to the first that is not, if there is one."""
        if not self.column.count:
            filled = [number for number, column in enumerate(self.columns) if column.count]
            self.col = filled[0] if filled else self.col

    def follow(self, customer_id: str) -> bool:
        """Put the cursor on this customer; False when it is not among the rows read."""
        here = [self.col, *(n for n in range(len(self.columns)) if n != self.col)]
        for number in here:
            row = self.columns[number].row_of(customer_id)
            if row is not None:
                self.col, self.columns[number].at = number, row
                return True
        return False

    def limits(self, visible: int) -> list[int]:
        """How many rows of each column a reload must read, so that what is seen stays."""
        return [
            PAGE * (1 + min(column.at + visible, len(column.rows)) // PAGE)
            for column in self.columns
        ]

    def loaded(self) -> Loaded:
        """What is shown, as it was loaded and read on."""
        columns = (Rows(tuple(c.rows), c.after, c.standing, c.open) for c in self.columns)
        return Loaded(self.revision, tuple(columns))

    def replace(self, loaded: Loaded, followed: str | None) -> None:
        """Show what was *loaded*; the cursors stay on their customers where these still stand."""
        before = [
            column.rows[column.at].id if column.at < len(column.rows) else None
            for column in self.columns
        ]
        for column, rows, was in zip(self.columns, loaded.columns, before, strict=True):
            column.rows, column.after = list(rows.customers), rows.after
            column.standing, column.open = rows.standing, rows.open
            column.asking = False
            row = column.row_of(was) if was is not None else None
            if row is not None:
                column.at = row
            elif was is not None:
                column.at = min(column.at, max(len(column.rows) - 1, 0))
            column.clamp()
        self.revision = loaded.revision
        self.see_marked_again()
        if followed is not None:
            self.follow(followed)

    def append(self, number: int, rows: Iterable[Customer], after: After | None) -> None:
        """Take in the next page of a column; who moved in the meantime is not shown twice."""
        column = self.columns[number]
        have = {customer.id for customer in column.rows}
        column.rows += [customer for customer in rows if customer.id not in have]
        column.after, column.asking = after, False
        column.clamp()

    def put(self, customer: Customer, homes: Container[int], place: Place) -> None:
        """Show *customer* as it is after a change, at once: in the lists *homes*, and no others."""
        for column in self.columns:
            row = column.row_of(customer.id)
            if row is not None:
                del column.rows[row]
                column.standing = _counted(column.standing, -1)
        here = place(customer)
        for column in (c for number, c in enumerate(self.columns) if number in homes):
            row = bisect_left(column.rows, here, key=place)
            if row < len(column.rows) or column.after is None:
                column.rows.insert(row, customer)
            column.standing = _counted(column.standing, +1)
        for column in self.columns:
            column.clamp()


def _counted(standing: Standing, more: int) -> Standing:
    return Standing(max(standing.count + more, 0), standing.values, standing.unknown_value)
