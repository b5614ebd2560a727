"""Grading many customers: what a run would do, customer by customer, before anything is written."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Literal

from attrs import evolve, frozen

from crmcore.changes import Commit, Write
from crmcore.config import GradingConfig, Policy
from crmcore.customer import Customer
from crmcore.dialect import Dialect
from crmcore.errors import ConflictError, NotFoundError, PluginError
from crmcore.grading.evidence import MANUAL, given_by_hand, graded, unrenewed
from crmcore.grading.policy import Said, choose, giving_way, join
from crmcore.hooktypes import Grader
from crmcore.host import PluginHost
from crmcore.query import EVERYBODY, Condition, Query
from crmcore.records import RuleEvidence

if TYPE_CHECKING:
    from crmcore.crm import Crm

GradingOutcome = Literal["moved", "first", "explained", "same", "by hand", "stale", "unserved"]
"""What a run does to a customer: another grade, its first grade, the same grade with other evidence,
nothing; a grade given by hand stays, a grade whose grader failed is marked, nobody grades it."""

_CHUNK = 500
_MOST_RULES = 3


@frozen
class GradingRow:
    """What a run would do to one customer. `deciding` are the rules that did it, the weightiest
    first; `after` is the customer then, None where nothing is written."""

    before: Customer
    after: Customer | None
    outcome: GradingOutcome
    deciding: tuple[RuleEvidence, ...] = ()
    problem: str = ""


@frozen
class GradingPlan:
    """What a run would do, and the revision of the store it was worked out from.

    `rows` are all but those to whom nothing happens; `counts` say how many there are of each.
    """

    rows: tuple[GradingRow, ...]
    counts: Mapping[GradingOutcome, int]
    moves: Mapping[tuple[str | None, str | None], int]
    base_revision: int
    at: datetime

    @property
    def token(self) -> str:
        """Names this plan: the revision, and a digest of what would be written."""
        said = [
            (row.before.id, row.after.grade, row.after.grade_evidence)
            for row in self.rows
            if row.after is not None
        ]
        digest = hashlib.sha256(json.dumps(said).encode()).hexdigest()
        return f"{self.base_revision}-{digest[:8]}"


class Grading:
    """Grades by the graders of one workspace, or by *graders* in their place."""

    def __init__(
        self,
        host: PluginHost,
        settings: GradingConfig,
        dialect: Dialect,
        now: datetime,
        graders: Sequence[Grader] | None = None,
    ) -> None:
        self._host = host
        self._settings = settings
        self._dialect = dialect
        self._now = now
        self._graders = tuple(host.graders()) if graders is None else tuple(graders)
        self._chosen: dict[tuple[str | None, str], tuple[Grader, ...]] = {}
        self._excuse = host.graders().excuse

    def one(self, customer: Customer) -> Customer:
        """*customer* graded, or marked where its grader failed. Raises NotFoundError."""
        row = self._rows([customer])[0]
        if row.outcome == "unserved":
            raise NotFoundError(row.problem)
        return row.after or customer

    def rows(
        self, customers: Iterable[Customer], *, replace_manual: bool = False
    ) -> Iterator[GradingRow]:
        """What grading does to each of *customers*, a chunk at a time."""
        chunk: list[Customer] = []
        for customer in customers:
            if given_by_hand(customer) and not replace_manual:
                yield GradingRow(customer, None, "by hand")
                continue
            chunk.append(customer)
            if len(chunk) == _CHUNK:
                yield from self._rows(chunk)
                chunk = []
        yield from self._rows(chunk)

    def _choose(self, customer: Customer, policy: Policy | None) -> tuple[Grader, ...]:
        whom = (customer.industry, customer.pipeline)
        if whom not in self._chosen:
            self._chosen[whom] = choose(customer, self._graders, policy)
        return self._chosen[whom]

    def _rows(self, customers: Sequence[Customer]) -> list[GradingRow]:
        chosen: list[tuple[Grader, ...]] = []
        unserved: dict[int, str] = {}
        by_grader: dict[str, tuple[Grader, list[int]]] = {}
        for place, customer in enumerate(customers):
            policy = self._settings.policy_of(customer.pipeline)
            try:
                chosen.append(self._choose(customer, policy))
            except NotFoundError as error:
                unserved[place] = f"{error}{self._excuse}"
                chosen.append(())
            for grader in chosen[-1]:
                by_grader.setdefault(grader.name, (grader, []))[1].append(place)
        said: list[list[Said]] = [[] for _ in customers]
        failed: dict[int, PluginError] = {}
        for grader, places in by_grader.values():
            opinions = self._host.opinions(
                grader, [customers[p] for p in places], self._now, self._settings.seconds
            )
            for place, opinion in zip(places, opinions, strict=True):
                if isinstance(opinion, PluginError):
                    failed[place] = opinion
                else:
                    said[place].append(Said(grader, opinion))
        return [
            GradingRow(customer, None, "unserved", problem=unserved[place])
            if place in unserved
            else self._row(customer, chosen[place], said[place], failed.get(place))
            for place, customer in enumerate(customers)
        ]

    def _row(
        self,
        before: Customer,
        chosen: Sequence[Grader],
        said: Sequence[Said],
        failure: PluginError | None,
    ) -> GradingRow:
        if failure is not None:
            why = str(failure)
            after = unrenewed(before, chosen[0].name, why, self._now)
            return GradingRow(before, None if after == before else after, "stale", problem=why)
        order = {grader.name: place for place, grader in enumerate(chosen)}
        in_order = sorted(said, key=lambda one: order[one.grader.name])
        policy = self._settings.policy_of(before.pipeline)
        after = graded(
            before, join(in_order, policy, self._settings.weights), self._now, self._dialect
        )
        if after == before:
            return GradingRow(before, None, "same")
        outcome: GradingOutcome = "explained"
        if after.grade != before.grade:
            outcome = "first" if before.grade is None else "moved"
        return GradingRow(before, after, outcome, deciding(before, after))


def deciding(before: Customer, after: Customer) -> tuple[RuleEvidence, ...]:
    """The rules that made the difference between two gradings, the weightiest first.

    Those whose points changed, when both gradings give evidence, rules that are gone included; else
    those that give most points.
    """
    now, past = _rules(after), _rules(before)
    changes = [
        (abs((rule.points or 0.0) - (past[key].points or 0.0 if key in past else 0.0)), rule)
        for key, rule in now.items()
    ]
    changes += [
        (abs(rule.points or 0.0), _gone(rule)) for key, rule in past.items() if key not in now
    ]
    spoke = sorted((c for c in changes if c[0]), key=lambda c: (-c[0], c[1].rule))
    return tuple(rule for _, rule in spoke[:_MOST_RULES])


def _rules(customer: Customer) -> dict[str, RuleEvidence]:
    return {} if customer.grading is None else {r.rule: r for r in customer.grading.rules}


def _gone(rule: RuleEvidence) -> RuleEvidence:
    return evolve(
        rule,
        points=-(rule.points or 0.0),
        reason_zh=f"不再计分：{rule.reason_zh}",
        reason_en=f"no longer counted: {rule.reason_en}",
    )


def plan_grading(
    crm: Crm,
    where: Condition = EVERYBODY,
    *,
    graders: Sequence[Grader] | None = None,
    replace_manual: bool = False,
    seen: Callable[[int], object] = lambda count: None,
) -> GradingPlan:
    """What grading all those *where* holds would do; nothing is written.

    *graders* stand in place of the workspace's; a grade given by hand stays unless *replace_manual*.
    *seen* hears how many customers were read so far, now and then; what it raises ends the run.
    """
    base, now = crm.refresh(), crm.clock()
    grading = Grading(crm.host, crm.config.grading, crm.config.dialect, now, graders)
    counts: Counter[GradingOutcome] = Counter()
    moves: Counter[tuple[str | None, str | None]] = Counter()
    rows: list[GradingRow] = []
    for row in grading.rows(_each(crm, where, seen), replace_manual=replace_manual):
        counts[row.outcome] += 1
        if row.outcome in ("moved", "first") and row.after is not None:
            moves[row.before.grade, row.after.grade] += 1
        if row.outcome != "same":
            rows.append(row)
    return GradingPlan(tuple(rows), counts, moves, base, now)


def _each(crm: Crm, where: Condition, seen: Callable[[int], object]) -> Iterator[Customer]:
    query, count = Query(where, limit=_CHUNK), 0
    while True:
        page = crm.page(query)
        count += len(page.customers)
        seen(count)
        yield from page.customers
        if page.next is None:
            return
        query = query.next(page.next)


def apply_grading(crm: Crm, plan: GradingPlan, reason: str = "") -> Commit | None:
    """Do what *plan* says, as one commit; None when it changes nothing.

    Raises ConflictError when the data changed since.
    """
    if crm.refresh() != plan.base_revision:
        raise ConflictError(
            f"The data changed since the grading was planned (revision {plan.base_revision}, now "
            f"{crm.revision}). Plan it again.",
            expected=plan.base_revision,
            found=crm.revision,
        )
    writes = [Write(row.before, row.after) for row in plan.rows if row.after is not None]
    return crm.writer.commit(writes, "grade", reason) if writes else None


def with_grader(graders: Iterable[Grader], new: Grader) -> tuple[Grader, ...]:
    """*graders* as they are once *new* is in force: it comes first, in place of the one of its name and
    of those that give way to it."""
    return (new, *giving_way(graders, new))


def renewed(customer: Customer, grading: Grading) -> Customer:
    """*customer*, when rules graded it before, graded again; else as it is.

    A customer that nobody serves any more keeps its grade.
    """
    record = customer.grading
    if record is None or record.grader == MANUAL:
        return customer
    row = next(grading.rows([customer]))
    return row.after or customer
