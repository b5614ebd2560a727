"""What is to be done: the open customers by when they are due, and those nobody has planned for."""

from __future__ import annotations

from datetime import datetime, timedelta, tzinfo

from attrs import frozen

from crmcore.figures.attention import overdue, stale, start_of_day
from crmcore.pipeline import Pipeline
from crmcore.query import Compare, Condition, Or, both, unknown
from crmcore.wording import Text

SOON = timedelta(days=7)
_OPEN = Compare("status", "=", "open")


@frozen
class AgendaItem:
    """One kind of thing to do: `where` are the customers it concerns."""

    key: str
    label: Text
    where: Condition


def agenda(
    pipeline: Pipeline, now: datetime, zone: tzinfo, owner: str | None = None
) -> tuple[AgendaItem, ...]:
    """What is to be done at *now*, days by *zone*, of *owner* or of everybody; most urgent first.

    Due is the next step, or the first follow-up while it is owed; overdue and stale as
    `crmcore.figures.attention` defines them.
    """
    today = start_of_day(now, zone)
    tomorrow, later = today + timedelta(days=1), today + timedelta(days=1) + SOON
    late = overdue(now, zone)
    unplanned = both(_OPEN, unknown("next_step_due"), unknown("follow_up_owed"))
    items = (
        AgendaItem("overdue", Text("逾期", "Overdue"), late),
        AgendaItem("today", Text("今天到期", "Due today"), _due(now, today, tomorrow)),
        AgendaItem("soon", Text("7 天内到期", "Due within 7 days"), _due(now, tomorrow, later)),
        AgendaItem("unplanned", Text("未安排下一步", "No next step"), unplanned),
        AgendaItem("stale", Text("停滞", "Stale"), stale(pipeline, now, zone)),
    )
    here: Condition = Compare("pipeline", "=", pipeline.name)
    mine = here if owner is None else both(here, Compare("owner", "=", owner))
    return tuple(AgendaItem(item.key, item.label, both(mine, item.where)) for item in items)


def _due(now: datetime, since: datetime, until: datetime) -> Condition:
    """Due from *since* to *until*, and not over: what is due at the very beginning of a day is due on
    that day."""

    def between(key: str) -> Condition:
        ahead = both(Compare(key, ">", max(now, since)), Compare(key, "<", until))
        return Or((ahead, Compare(key, "=", since)))

    return both(_OPEN, Or((between("next_step_due"), between("follow_up_owed"))))
