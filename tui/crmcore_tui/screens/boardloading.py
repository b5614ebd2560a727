"""Reading a screen's customers: page by page, again when others changed something, never twice."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from threading import Event
from typing import Any

from crmcore.crm import Crm
from crmcore.customer import Customer
from crmcore.evaluate import order_keys, place
from crmcore.query import EVERYBODY, Condition
from crmcore_tui.boardquery import SORTINGS, After, Lanes, Loaded, extend, load, stages, whom
from crmcore_tui.boardreuse import Known, Place, at_once, begun, load_on
from crmcore_tui.boardstate import BoardState
from crmcore_tui.storecalls import StoreScreen

AHEAD = 20
"""How many rows behind the last one seen are read in advance."""

_MOST_KNOWN = 24
"""How many answers are kept while a filter is typed."""

_DRAWING, _MOST = 0.01, 0.1
"""Seconds until the screen is being drawn, which keeps timers waiting; and those that are waited at most."""


class LoadingScreen(StoreScreen[Any]):
    """A screen whose state mirrors the store: those on the pipeline whom `wanted` asks for."""

    def __init__(self, crm: Crm) -> None:
        super().__init__()
        self.crm = crm
        self.state = self.make_state()
        self.closed = False
        self.wanted: Condition = EVERYBODY
        self.sorting = SORTINGS[0]
        self._lanes = self._lanes_asked = Lanes((), (), lambda _: ())
        self._known: list[Known] = []
        self._followed: str | None = None
        self._generation = 0
        self._unhurried = False
        self._typed = False
        self._loading = False
        self._looking = False
        self._blind = False

    def make_state(self) -> BoardState:
        """The lists, still empty; one a stage."""
        return BoardState(self.crm.pipeline())

    def show(self, *, afresh: bool = True, follow_cursor: bool = True) -> None:
        """Draw the state."""
        raise NotImplementedError

    def cursor_seen(self) -> bool:
        """Whether the card under the cursor is in view."""
        raise NotImplementedError

    def _where(self) -> Condition:
        return whom(self.state.pipeline, self.closed, self.wanted)

    def lanes(self) -> Lanes:
        """The lists as they are to be read next; one a stage."""
        return stages(self.state.pipeline, self._where(), self.sorting.order)

    @property
    def rows_in_view(self) -> int:
        """How many customers are seen of the list the cursor is in."""
        raise NotImplementedError

    def reload(
        self, followed: str | None = None, *, unhurried: bool = False, typed: bool = False
    ) -> None:
        """Read anew what is shown; an answer to an older question is dropped.

        *unhurried*: draw what is shown now first, which reading would delay. *typed*: nothing but the filter
        is another one, so that who is known already need not be read again.
        """
        self._followed = followed or self._followed
        self._generation += 1
        self._unhurried = unhurried
        self._typed = typed and (self._typed or not self._loading)
        if not self._loading:
            self._load()

    def _load(self) -> None:
        lanes = self._lanes_asked = self.lanes()
        limits, followed = self.state.limits(visible=AHEAD), self._followed
        known = self._known_now()
        places = self._places() if known else ()
        if known and followed is None:
            loaded = at_once(self.crm, lanes, places, known)
            if loaded is not None:
                self._loaded(self._generation, loaded)
                return
        self._loading = True
        begin = Event()
        if self._unhurried:
            self.set_timer(_DRAWING, begin.set)
        else:
            begin.set()

        def work() -> Loaded:
            begin.wait(_MOST)
            revision = self.crm.revision
            start = begun(self.crm, lanes, known, revision)
            if start is None or followed is not None:
                return load(self.crm, lanes, limits, followed)
            return load_on(self.crm, lanes, places, start, revision)

        self.ask(
            work,
            partial(self._loaded, self._generation),
            self._not_loaded,
        )

    def forget_known(self) -> None:
        """Nothing is typed any more: keep what is shown alone."""
        self._known = []

    def _places(self) -> Sequence[Place]:
        """How far the lists must be read for what is seen; in the cursor's, one reads on in advance."""
        seen = self.rows_in_view + 1  # one in part
        return [
            Place(column.at, max(seen, AHEAD) if column is self.state.column else seen)
            for column in self.state.columns
        ]

    def _known_now(self) -> Sequence[Known]:
        """What is shown, and what was shown while the filter was typed, the newest first."""
        if not self._typed or self.state.revision < 0:
            self._known = []
        else:
            now = Known(self._lanes, self.state.loaded())
            before = [each for each in self._known if each.lanes.wheres != now.lanes.wheres]
            self._known = [now, *before][:_MOST_KNOWN]
        return tuple(self._known)

    def _loaded(self, generation: int, loaded: Loaded) -> None:
        self._loading = False
        if generation != self._generation:
            self._known.insert(0, Known(self._lanes_asked, loaded))
            self._load()
            return
        # What others do must not take away what the user has scrolled to.
        follow = self._followed is not None or self.cursor_seen()
        self.state.replace(loaded, self._followed)
        self._lanes = self._lanes_asked
        self._followed = None
        self.show(follow_cursor=follow)

    def _not_loaded(self, error: Exception) -> None:
        self._loading = False
        self.report(error)

    def want(self, number: int, row: int) -> None:
        """Read on in a list until *row* is there; asked for once at a time."""
        column = self.state.columns[number]
        if column.asking or column.after is None or row < len(column.rows):
            return
        column.asking = True
        self.ask(
            self.reading(number, row),
            partial(self._read_on, self._generation, number),
            partial(self._not_read_on, number),
        )

    def reading(
        self, number: int, row: int
    ) -> Callable[[], tuple[Sequence[Customer], After | None]]:
        """Reads a list from where it ends to *row*; for a worker."""
        column, lanes = self.state.columns[number], self._lanes
        rows, after = tuple(column.rows[-1:]), column.after
        more = row + 1 - len(column.rows)
        parts = lanes.parts[number]
        return lambda: extend(
            self.crm, parts, rows, after, lambda found: len(found) > more, order=lanes.order
        )

    def _read_on(
        self, generation: int, number: int, answer: tuple[Sequence[Customer], After | None]
    ) -> None:
        if generation == self._generation:
            self.state.append(number, *answer)
            self.show(follow_cursor=False)

    def _not_read_on(self, number: int, error: Exception) -> None:
        self.state.columns[number].asking = False
        self.report(error)

    def look(self) -> None:
        """See whether others have committed something; then load it."""
        if not self._looking:
            self._looking = True
            self.ask(self.crm.refresh, self._looked, self._looked_in_vain)

    def _looked(self, revision: int) -> None:
        self._looking = self._blind = False
        if revision != self.state.revision and not self._loading:
            self.reload()

    def committed(self, revision: int) -> None:
        """Others have committed: load it."""
        self._looked(revision)

    def _looked_in_vain(self, error: Exception) -> None:
        self._looking = False
        if not self._blind:  # once is enough: the next look comes in a second
            self.report(error)
        self._blind = True

    # what has changed

    def changed(self, customer: Customer) -> None:
        """Show *customer* as it was just stored, the cursor on it, and read the rest anew."""
        homes = self.lanes().holding(self.crm, customer)
        self.state.put(customer, homes, self._place)
        followed = customer.id if homes and not self.state.follow(customer.id) else None
        self.show()
        self.reload(followed, unhurried=True)

    def _place(self, customer: Customer) -> tuple[object, ...]:
        fields = self.crm.fields
        order = self._lanes.order
        keys = order_keys(order, lambda key: fields.value(customer, key), fields)
        return place(order, keys, customer.id)
