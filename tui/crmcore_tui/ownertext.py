"""Who may own customers, and what an assigner chose and why, written; pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from typing import TYPE_CHECKING

from crmcore.assigning import OPEN, AssignmentPlan, PlannedAssignment
from crmcore.dialect import Dialect
from crmcore.query import Compare, Condition
from crmcore.text import one_line
from crmcore_tui import stepwordings as sw
from crmcore_tui.cells import Line, Part, crop, wrap
from crmcore_tui.presenter import name_of

if TYPE_CHECKING:
    from crmcore.crm import Crm

_LONGEST = 400


def owners_there_are(crm: Crm) -> tuple[list[str], Counter[str]]:
    """Who may own customers, those with the fewest open ones first, and how many each has: the team,
    or where there is none whoever has some."""
    load: Counter[str] = Counter()
    for bucket in crm.tally(OPEN, ("owner",)):
        if bucket.key[0]:
            load[str(bucket.key[0])] += bucket.count
    return sorted(crm.config.team or load, key=lambda name: (load[name], name)), load


def owners_to_offer(crm: Crm) -> tuple[str, ...]:
    """What may be filled in for an owner: by the rules where there are some, then the owners."""
    rules = (crm.dialect.say(sw.BY_RULES),) if crm.config.assigner else ()
    return (*rules, *owners_there_are(crm)[0])


def is_by_rules(text: str, dialect: Dialect) -> bool:
    """Whether *text*, filled in for an owner, leaves the choice to the rules."""
    return text.strip() in {sw.BY_RULES.zh, sw.BY_RULES.en, dialect.say(sw.BY_RULES)}


def of_ids(ids: Collection[str]) -> Condition:
    """The customers with these ids."""
    return Compare("id", "in", tuple(ids))


def plan_lines(plan: AssignmentPlan, dialect: Dialect, width: int) -> tuple[Line, ...]:
    """Each customer: who has it and who gets it, why, and below it who was passed over and why."""
    if not plan.rows:
        return ((Part(dialect.say(sw.NOBODY_TO_ASSIGN), "dim"),),)
    given = sum(bool(row.owner) and row.owner != row.customer.owner for row in plan.rows)
    nobody = sum(not row.owner for row in plan.rows)
    same = len(plan.rows) - given - nobody
    head = dialect.say(sw.PLAN_COUNT).format(given=given, same=same, nobody=nobody)
    lines: list[Line] = [(Part(head, "dim"),), ()]
    for row in plan.rows:
        lines += _row_lines(row, dialect, width)
    return tuple(crop(line, width) for line in lines)


def _row_lines(row: PlannedAssignment, dialect: Dialect, width: int) -> Iterator[Line]:
    say, nobody = dialect.say, dialect.say(sw.NOBODY)
    had = one_line((row.customer.owner or nobody)[:80])
    gets = one_line((row.owner or nobody)[:80])
    yield (
        Part(name_of(row.customer), "company"),
        Part(f"  {one_line(row.customer.id)}  ", "dim"),
        Part(f"{had} → "),
        Part(gets, "owner" if row.owner else "stale"),
    )
    for text, role in _reasons(row, dialect):
        for piece in wrap(text, max(width - 4, 8)):
            yield (Part("    "), Part(piece, role))
    if row.assignment is not None:
        for passed in row.assignment.passed_over:
            told = say(sw.PASSED_OVER).format(owner=passed.owner[:80], reason=say(passed.reason))
            for piece in wrap(one_line(told[:_LONGEST]), max(width - 4, 8)):
                yield (Part("    "), Part(piece, "dim"))


def _reasons(row: PlannedAssignment, dialect: Dialect) -> Sequence[tuple[str, str]]:
    if row.assignment is not None:
        return ((one_line(dialect.say(row.assignment.reason)[:_LONGEST]), "step"),)
    return ((one_line((row.problem or dialect.say(sw.NO_RULE))[:_LONGEST]), "stale"),)
