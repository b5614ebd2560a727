"""What is known of lists already: a longer word leaves fewer of the same customers, in the same order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from attrs import frozen

from crmcore.crm import Crm
from crmcore.customer import Customer
from crmcore.evaluate import matches, tally
from crmcore.funnel import together
from crmcore.query import And, Compare, Condition
from crmcore_tui.boardquery import (
    After,
    Figures,
    Lanes,
    Loaded,
    Merging,
    Read,
    answer,
    at_least,
    extend,
)

_MOST_AT_ONCE = 1_000
"""Customers that are looked at in a few milliseconds."""


@frozen
class Known:
    """What was read of some lists."""

    lanes: Lanes
    loaded: Loaded


@frozen
class Place:
    """Where the cursor of a list is, and how many rows below it are to be there.

    The customer of a cursor further down than a list is known is gone: nothing is read up to there.
    """

    at: int
    below: int


@frozen
class Start:
    """How far lists are read already, and the figures of all of them where these are known."""

    lists: tuple[Read, ...]
    figures: tuple[Figures, ...] | None


def narrows(new: Condition, old: Condition) -> bool:
    """Whether *old* holds all that *new* does; False where that is not plain to see.

    >>> narrows(Compare("words", "contains", "acme"), Compare("words", "contains", "AC"))
    True
    """
    return all(any(_implies(part, wanted) for part in _parts(new)) for wanted in _parts(old))


def _parts(condition: Condition) -> tuple[Condition, ...]:
    return condition.parts if isinstance(condition, And) else (condition,)


def _implies(part: Condition, wanted: Condition) -> bool:
    if part == wanted:
        return True
    if not isinstance(part, Compare) or not isinstance(wanted, Compare):
        return False
    alike = part.field == wanted.field and part.op == wanted.op == "contains"
    return alike and str(wanted.value).casefold() in str(part.value).casefold()


def at_once(
    crm: Crm, lanes: Lanes, places: Sequence[Place], known: Sequence[Known]
) -> Loaded | None:
    """*lanes* without a question to the store and without making anybody wait; None where that cannot be."""
    revision = crm.revision
    start = begun(crm, lanes, [k for k in known if _same(k.lanes, lanes) or _short(k)], revision)
    if start is None or start.figures is None or max(_missing(start, places), default=0) > 0:
        return None
    return load_on(crm, lanes, places, start, revision)


def _same(lanes: Lanes, others: Lanes) -> bool:
    return (lanes.wheres, lanes.parts) == (others.wheres, others.parts)


def _short(known: Known) -> bool:
    """Whether there is nobody else, and all can be looked at while a key is answered."""
    columns = known.loaded.columns
    ended = all(rows.after is None for rows in columns)
    return ended and sum(len(rows.customers) for rows in columns) <= _MOST_AT_ONCE


def begun(crm: Crm, lanes: Lanes, known: Iterable[Known], revision: int) -> Start | None:
    """How far *lanes* are read by what is *known* at *revision*, the newest first; None for not at all."""
    fresh = [each for each in known if each.loaded.revision == revision]
    fresh = [each for each in fresh if each.lanes.order == lanes.order]
    for each in fresh:
        if _same(each.lanes, lanes):
            lists = tuple((rows.customers, rows.after) for rows in each.loaded.columns)
            return Start(lists, tuple((rows.standing, rows.open) for rows in each.loaded.columns))
    for each in fresh:
        if _all_narrow(lanes, each.lanes):
            return _narrowed(crm, lanes, each)
    return None


def _all_narrow(lanes: Lanes, wider: Lanes) -> bool:
    new, old = ([*each.wheres, *sum(each.parts, ())] for each in (lanes, wider))
    shape = [len(parts) for parts in lanes.parts] == [len(parts) for parts in wider.parts]
    return shape and all(map(narrows, new, old))


def _narrowed(crm: Crm, lanes: Lanes, wider: Known) -> Start:
    lists: list[Read] = []
    for new, old, rows in zip(lanes.wheres, wider.lanes.wheres, wider.loaded.columns, strict=True):
        more = And(tuple(part for part in _parts(new) if part not in _parts(old)))
        keep = partial(_holds, crm, more)
        lists.append((tuple(filter(keep, rows.customers)), _left(rows.after, keep)))
    if any(after is not None for _, after in lists):
        return Start(tuple(lists), None)
    return Start(tuple(lists), tuple(_figures(crm, customers) for customers, _ in lists))


def _holds(crm: Crm, where: Condition, customer: Customer) -> bool:
    return bool(matches(where, partial(crm.fields.value, customer), crm.fields))


def _left(after: After | None, keep: Callable[[Customer], bool]) -> After | None:
    if not isinstance(after, Merging):
        return after
    return Merging(tuple((tuple(filter(keep, rows)), cursor) for rows, cursor in after.parts))


def _figures(crm: Crm, customers: Sequence[Customer]) -> Figures:
    """What a store would tell of a list that is read to its end."""
    rows = [partial(crm.fields.value, customer) for customer in customers]
    buckets = tally(rows, ("status",), crm.fields)
    return together(buckets), together(b for b in buckets if b.key == ("open",))


def load_on(crm: Crm, lanes: Lanes, places: Sequence[Place], start: Start, revision: int) -> Loaded:
    """Every list from *start* on, as it is at *revision*, as far as its place asks."""
    missing = _missing(start, places)

    def read() -> Sequence[Read]:
        return [
            extend(crm, parts, rows, after, at_least(len(rows) + more), more, lanes.order)
            if more > 0
            else (rows, after)
            for parts, (rows, after), more in zip(lanes.parts, start.lists, missing, strict=True)
        ]

    if start.figures is not None:
        return answer(revision, read(), start.figures)
    if max(missing) <= 0:
        return answer(revision, start.lists, lanes.count(crm))
    with ThreadPoolExecutor(1) as counting:
        figures = counting.submit(lanes.count, crm)
        lists = read()
    return answer(revision, lists, figures.result())


def _missing(start: Start, places: Sequence[Place]) -> list[int]:
    """How many rows are to be read of each list; none where it is 0 or less."""
    return [
        0 if after is None else min(place.at, len(rows)) + place.below + 1 - len(rows)
        for (rows, after), place in zip(start.lists, places, strict=True)
    ]
