"""Owners chosen by the workspace's assigner: for one customer, or for many as one commit."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from attrs import frozen

from crmcore.customer import Customer
from crmcore.errors import ConflictError, CrmError, UsageError
from crmcore.evaluate import matches
from crmcore.hooktypes import Assignment, AssignRequest
from crmcore.query import Compare, Condition, Order, Query, both
from crmcore.together import Together
from crmcore.wording import Text

if TYPE_CHECKING:
    from crmcore.crm import Crm

OPEN = Compare("status", "=", "open")
ASSIGN = "assign"
_BY_HAND = Text("手动指定", "named by hand")


@frozen
class PlannedAssignment:
    """What an assigner says of one customer; `problem` is why it could not."""

    customer: Customer
    assignment: Assignment | None
    problem: str = ""

    @property
    def owner(self) -> str | None:
        """Who is to have the customer; None when it stays with whom it has."""
        return self.assignment.owner if self.assignment else None


@frozen
class AssignmentPlan:
    """What a run would do, and the revision of the store it was worked out from."""

    rows: tuple[PlannedAssignment, ...]
    base_revision: int


class Chooser:
    """Asks one assigner for one customer after the other; what it gave counts for the next."""

    def __init__(self, crm: Crm, assigner: str, without: tuple[str, ...] = ()) -> None:
        self._crm = crm
        self._assigner = assigner
        self._without = without
        buckets = crm.tally(OPEN, ("owner",))
        self._load = Counter({str(bucket.key[0]): bucket.count for bucket in buckets})

    def choose(self, customer: Customer) -> Assignment | None:
        """Whom the assigner gives *customer* to. Raises what `PluginHost.assignment` raises."""
        crm = self._crm

        def holds(text: str) -> bool:
            condition = crm.condition(text)
            return (
                matches(condition, lambda key: crm.fields.value(customer, key), crm.fields) is True
            )

        request = AssignRequest(
            customer, crm.clock().astimezone(crm.dialect.zone), lambda owner: self._load[owner], holds,
            crm.deadlines, self._without,
        )  # fmt: skip
        chosen = crm.host.assignment(self._assigner, request)
        if chosen is not None and chosen.owner and chosen.owner != customer.owner:
            self._load[chosen.owner] += 1
            if customer.owner:
                self._load[customer.owner] -= 1
        return chosen


def assigner_of(crm: Crm) -> str:
    """The assigner that crm.toml names. Raises UsageError where it names none."""
    if not crm.config.assigner:
        known = ", ".join(crm.host.assigners().names) or "none"
        raise UsageError(
            f'No assigner is chosen. Name one in crm.toml: assigner = "…" (there is {known}), '
            "or say who: crmcore assign ID OWNER"
        )
    return crm.config.assigner


def plan(
    crm: Crm, where: Condition, to: str | None = None, without: tuple[str, ...] = ()
) -> AssignmentPlan:
    """Who would get each of the open customers *where* holds: *to*, or whom the assigner chooses, but
    none of those it is to do *without*."""
    base = crm.refresh()
    chooser = None if to else Chooser(crm, assigner_of(crm), without)
    rows = []
    for customer in crm.page(Query(both(OPEN, where), (Order("id"),))).customers:
        if chooser is None:
            rows.append(PlannedAssignment(customer, Assignment(to, _BY_HAND)))
            continue
        try:
            rows.append(PlannedAssignment(customer, chooser.choose(customer)))
        except CrmError as error:
            rows.append(PlannedAssignment(customer, None, str(error)))
    return AssignmentPlan(tuple(rows), base)


def apply(crm: Crm, planned: AssignmentPlan, reason: str = "") -> Together:
    """Give everybody to whom *planned* says, as one commit. Raises ConflictError when the data changed."""
    if crm.refresh() != planned.base_revision:
        raise ConflictError(
            f"The data changed since owners were chosen (revision {planned.base_revision}, now "
            f"{crm.revision}). Choose again.",
            expected=planned.base_revision,
            found=crm.revision,
        )
    owners = {row.customer.id: row.owner for row in planned.rows if row.owner}

    def verb(customer_id: str) -> object:
        return crm.assign(customer_id, owners[customer_id] or "")

    return crm.together(owners, verb, action=ASSIGN, reason=reason)
