"""What is to be done by when, as the record itself tells."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from crmcore.customer import Customer
from crmcore.deadlines import Deadlines
from crmcore.evaluate import matches
from crmcore.fields import FieldCatalogue, follow_up_owed
from crmcore.hooktypes import DueItem, RemindRequest
from crmcore.query import Compare, Condition, Or, Query, both, known, unknown
from crmcore.wording import Text

if TYPE_CHECKING:
    from crmcore.questions import Questions

FIRST_FOLLOW_UP = Text("首次跟进", "first follow-up")
SURVEY = Text("满意度调研", "satisfaction survey")
_NEXT = Text("下一步：{step}", "next: {step}")

MAY_BE_DUE: Condition = Or(
    (
        known("next_step_due"),
        both(known("first_follow_up_due"), known("owner")),
        both(known("survey_due"), unknown("satisfaction")),
    )
)
"""Finds every customer for whom `due_items` can answer."""


def due_now(crm: Questions, owner: str | None, within: timedelta | None) -> list[DueItem]:
    """What is to be done, soonest first; see `Crm.due`."""
    now = crm.clock()
    local = now.astimezone(crm.dialect.zone)
    rules = crm.host.reminders().values
    where: Condition = Or((MAY_BE_DUE, *(rule.among for rule in rules)))
    if owner is not None:
        where = both(Compare("owner", "=", owner), where)
    found = crm.store.find(Query(where)).customers
    items = [item for customer in found for item in due_for(crm, customer, local)]
    wanted = (item for item in items if within is None or item.due <= now + within)
    return sorted(wanted, key=lambda item: (item.due, item.customer_id))


def due_for(crm: Questions, customer: Customer, local: datetime) -> Iterator[DueItem]:
    """What is to be done for *customer*, plugins' reminders among it; *local* is the present moment in
    the workspace's zone."""
    stages = crm.pipeline(customer.pipeline)
    request = RemindRequest(customer, local, stages.stages[stages.index(customer.stage)])
    yield from due_items(customer, crm.deadlines)
    yield from crm.host.remind(request, partial(_holds, crm.fields, customer))


def _holds(fields: FieldCatalogue, customer: Customer, condition: Condition) -> bool:
    return matches(condition, lambda key: fields.value(customer, key), fields) is True


def due_items(customer: Customer, deadlines: Deadlines | None = None) -> Iterator[DueItem]:
    """What is due for *customer*: first follow-up until one is logged, next step, survey.

    With the workspace's *deadlines*, one that was worked out where no calendar is published says so.
    """
    if customer.status in ("lost", "invalid"):
        return

    def item(what: Text, due: datetime) -> DueItem:
        return DueItem(customer.id, customer.title, customer.owner, what, due)

    if owed := follow_up_owed(customer):
        yield item(_marked(FIRST_FOLLOW_UP, customer.assigned_at, owed, deadlines), owed)
    if customer.next_step_due:
        step = customer.next_step or "…"
        yield item(_NEXT.with_(step=step), customer.next_step_due)
    if customer.survey_due and customer.satisfaction is None and customer.delivered_at:
        due = customer.survey_due
        yield item(_marked(SURVEY, customer.delivered_at, due, deadlines), due)


def _marked(what: Text, since: datetime | None, due: datetime, deadlines: Deadlines | None) -> Text:
    guessed = deadlines.guessed(since, due) if deadlines and since else ()
    if not guessed:
        return what
    years = ", ".join(map(str, guessed))
    return Text(
        "{what}（{years} 年放假安排未公布，按周一至周五推算）",
        "{what} (holidays of {years} not published, by weekdays)",
    ).with_(what=what, years=years)
