"""What lists of customers ask the store: whom they show, in which order, page by page."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

from attrs import Factory, field, frozen

from crmcore.crm import Crm
from crmcore.customer import Customer
from crmcore.evaluate import matches, order_keys, place
from crmcore.funnel import Standing, together
from crmcore.pipeline import Pipeline
from crmcore.query import Compare, Condition, Cursor, Order, Query, both
from crmcore.wording import Text

ORDER = (Order("next_step_due"), Order("first_follow_up_due"), Order("value", descending=True))
"""Soonest due first: by the next step, without one by the first follow-up; then the greatest value."""


@frozen
class Sorting:
    """An order of the cards, by name."""

    key: str
    label: Text
    order: tuple[Order, ...]


SORTINGS = (
    Sorting("due", Text("到期时间", "due first"), ORDER),
    Sorting("value", Text("金额", "greatest value"), (Order("value", descending=True),)),
    Sorting("grade", Text("等级", "best grade"), (Order("grade"), *ORDER)),
    Sorting("age", Text("停留最久", "longest in stage"), (Order("entered_stage_at"),)),
    Sorting("name", Text("名称", "name"), (Order("company"), Order("contact"))),
    Sorting("quiet", Text("最久未跟进", "longest without contact"), (Order("last_activity_at"),)),
)
"""The orders of the cards one can choose from, the usual one first."""

PAGE = 50
LONG_PAGE = 500
"""What one question asks for: in step with scrolling, and on the way to a far row."""

NOTHING = Standing(0, {}, 0)

FOLLOWED_AT_MOST = 2_000
NEAR = 300
"""How many rows are read to find the card that the cursor was on; in a list that is read in parts."""


def whom(pipeline: Pipeline, closed: bool, wanted: Condition) -> Condition:
    """Who is on the board: of *pipeline*, in the funnel or *closed*, and *wanted* by the filter."""
    standing = Compare("in_funnel", "=", not closed)
    return both(Compare("pipeline", "=", pipeline.name), standing, wanted)


def in_stage(where: Condition, stage: str) -> Condition:
    """Those of *where* who stand in *stage*."""
    return both(where, Compare("stage", "=", stage))


Figures = tuple[Standing, Standing]
"""The figures of a list: of all its customers, and of the open ones."""

Counts = Callable[[Crm], Sequence[Figures]]
"""Counts each list's customers."""


@frozen
class Lanes:
    """The lists of one screen: whom each holds, their order, and how they are counted.

    `parts` are, for each list, the questions it is read by: one, or several that leave nobody out and
    share nobody, where a store answers those sooner.
    """

    wheres: tuple[Condition, ...]
    order: tuple[Order, ...]
    count: Counts
    parts: tuple[tuple[Condition, ...], ...] = field(
        default=Factory(lambda self: tuple((where,) for where in self.wheres), takes_self=True)
    )

    def holding(self, crm: Crm, customer: Customer) -> tuple[int, ...]:
        """The lists that *customer* belongs to."""

        def get(key: str) -> object:
            return crm.fields.value(customer, key)

        return tuple(n for n, where in enumerate(self.wheres) if matches(where, get, crm.fields))


def stages(pipeline: Pipeline, where: Condition, order: tuple[Order, ...] = ORDER) -> Lanes:
    """Those of *where* in one list a stage, counted in one question."""

    def count(crm: Crm) -> Sequence[tuple[Standing, Standing]]:
        found = standings(crm, where, pipeline)
        return [found[stage.key] for stage in pipeline.stages]

    return Lanes(tuple(in_stage(where, stage.key) for stage in pipeline.stages), order, count)


def whole(pipeline: Pipeline, where: Condition, order: tuple[Order, ...] = ORDER) -> Lanes:
    """Those of *where* in one list, read stage by stage: stores have the stages at hand in order."""
    by_stage = stages(pipeline, where, order)

    def count(crm: Crm) -> Sequence[tuple[Standing, Standing]]:
        buckets = crm.tally(where, ("stage", "status"))
        return [(together(buckets), together(b for b in buckets if b.key[1] == "open"))]

    return Lanes((where,), order, count, (by_stage.wheres,))


def lists(wheres: Sequence[Condition], order: tuple[Order, ...] = ORDER) -> Lanes:
    """One list for each of *wheres*; a customer may be in several."""

    def count(crm: Crm) -> Sequence[tuple[Standing, Standing]]:
        tallies = [crm.tally(where, ("status",)) for where in wheres]
        return [(together(t), together(b for b in t if b.key == ("open",))) for t in tallies]

    return Lanes(tuple(wheres), order, count)


@frozen
class Merging:
    """Where several questions were left: for each, what it has answered beyond, and where to go on."""

    parts: tuple[tuple[tuple[Customer, ...], Cursor | None], ...]


After = Cursor | Merging
"""Where to go on reading a list."""


Read = tuple[tuple[Customer, ...], After | None]
"""The first rows of a list, and where to go on; None at the end."""


@frozen
class Rows:
    """The first rows of one list, where to go on (None at the end), and the figures of the whole
    list: of all in it, and of the open ones."""

    customers: tuple[Customer, ...]
    after: After | None
    standing: Standing
    open: Standing = NOTHING


@frozen
class Loaded:
    """The lists as they were at a revision, one `Rows` each."""

    revision: int
    columns: tuple[Rows, ...]


def standings(
    crm: Crm, where: Condition, pipeline: Pipeline
) -> Mapping[str, tuple[Standing, Standing]]:
    """Count and value of each stage's customers: of all, and of the open ones."""
    buckets = crm.tally(where, ("stage", "status"))
    return {
        stage.key: (
            together(bucket for bucket in buckets if bucket.key[0] == stage.key),
            together(bucket for bucket in buckets if bucket.key == (stage.key, "open")),
        )
        for stage in pipeline.stages
    }


def load(crm: Crm, lanes: Lanes, limits: Sequence[int], followed: str | None = None) -> Loaded:
    """The first rows of every list, *limits* of each; more where *followed* stands further down."""
    # Read before the rows: a commit in between makes the next look reload.
    revision = crm.revision
    with ThreadPoolExecutor(1) as counting:  # a database counts while rows are read from it
        figures = counting.submit(lanes.count, crm)
        columns = _rows(crm, lanes, limits, followed)
    return answer(revision, columns, figures.result())


def answer(
    revision: int,
    columns: Sequence[Read],
    figures: Sequence[Figures],
) -> Loaded:
    """Lists that were read, with their figures, as they were at *revision*."""
    rows = (
        Rows(customers, after, *figure)
        for (customers, after), figure in zip(columns, figures, strict=True)
    )
    return Loaded(revision, tuple(rows))


def _rows(crm: Crm, lanes: Lanes, limits: Sequence[int], followed: str | None) -> Sequence[Read]:
    """The first rows of every list, and where to go on."""
    sought = None if followed is None else crm.store.get(followed)
    homes = () if sought is None else lanes.holding(crm, sought)
    columns = []
    for number, (parts, limit) in enumerate(zip(lanes.parts, limits, strict=True)):
        rows, after = extend(crm, parts, (), None, at_least(limit), order=lanes.order)
        if sought is not None and number in homes[:1]:
            # Several questions cost more a row: not as far, and in small steps.
            far, step = (FOLLOWED_AT_MOST, LONG_PAGE) if len(parts) == 1 else (NEAR, PAGE)
            found = _until_found(sought.id, far)
            rows, after = extend(crm, parts, rows, after, found, order=lanes.order, further=step)
        columns.append((rows, after))
    return columns


def at_least(number: int) -> Callable[[Sequence[Customer]], bool]:
    """Enough is *number* rows."""
    return lambda rows: len(rows) >= number


def _until_found(customer_id: str, at_most: int) -> Callable[[Sequence[Customer]], bool]:
    def enough(rows: Sequence[Customer]) -> bool:
        newest = rows[-LONG_PAGE:] if len(rows) > LONG_PAGE else rows
        return len(rows) >= at_most or any(row.id == customer_id for row in newest)

    return enough


def extend(
    crm: Crm,
    parts: tuple[Condition, ...],
    rows: tuple[Customer, ...],
    after: After | None,
    enough: Callable[[Sequence[Customer]], bool],
    page: int = PAGE,
    order: tuple[Order, ...] = ORDER,
    further: int = LONG_PAGE,
) -> Read:
    """*rows* and those of all *parts* behind *after*, page by page until *enough* or the end."""
    found = list(rows)
    ended = bool(rows) and after is None
    while not ended and not enough(found):
        more, after = _page(crm, parts, order, page, after)
        found += more
        ended = after is None
        page = further
    return tuple(found), after


def _page(
    crm: Crm,
    parts: tuple[Condition, ...],
    order: tuple[Order, ...],
    limit: int,
    after: After | None,
) -> tuple[Sequence[Customer], After | None]:
    """The next *limit* of all *parts* in *order*; None behind the last."""
    if not isinstance(after, Merging) and len(parts) == 1:
        answer = crm.page(Query(parts[0], order, limit, after))
        return answer.customers, answer.next

    def ask(where: Condition, cursor: Cursor | None) -> tuple[list[Customer], Cursor | None]:
        answer = crm.page(Query(where, order, limit, cursor))
        return list(answer.customers), answer.next

    def here(customer: Customer) -> tuple[object, ...]:
        fields = crm.fields
        keys = order_keys(order, lambda key: fields.value(customer, key), fields)
        return place(order, keys, customer.id)

    if isinstance(after, Merging):
        left = [
            ask(where, cursor) if not rows and cursor is not None else (list(rows), cursor)
            for where, (rows, cursor) in zip(parts, after.parts, strict=True)
        ]
    else:
        left = [ask(where, None) for where in parts]
    heads = [here(rows[0]) if rows else None for rows, _ in left]
    taken: list[Customer] = []
    while len(taken) < limit:
        there = [number for number, head in enumerate(heads) if head is not None]
        if not there:
            break
        number = min(there, key=lambda n: heads[n])  # type: ignore[arg-type,return-value]
        rows, cursor = left[number]
        taken.append(rows.pop(0))
        if not rows and cursor is not None and len(taken) < limit:
            rows, cursor = left[number] = ask(parts[number], cursor)
        heads[number] = here(rows[0]) if rows else None
    more = any(rows or cursor is not None for rows, cursor in left)
    return taken, Merging(tuple((tuple(r), c) for r, c in left)) if more else None
