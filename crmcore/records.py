"""What a customer has several of: activities, checks, proposals, objections, contract changes, links."""

from __future__ import annotations

from datetime import datetime

from attrs import frozen

from crmcore.money import Money


@frozen
class Activity:
    """One contact with the customer: a call, visit, meeting, message, or a note about them."""

    at: datetime
    kind: str
    content: str
    by: str = ""


@frozen
class ValidityCheck:
    """Whether a lead is what it says: one question, its outcome, and why or how it is known.

    `kind` is one of `customer.VALIDITY_CHECKS`, `outcome` one of `customer.CHECK_OUTCOMES`.
    """

    kind: str
    outcome: str
    reason: str = ""
    at: datetime | None = None
    by: str = ""


@frozen
class Proposal:
    """A solution offered; not *sent* until `sent_at` is known."""

    summary: str
    sent_at: datetime | None = None
    price: Money | None = None
    feedback: str = ""


@frozen
class Objection:
    """What the customer doubts, and what was answered with which evidence."""

    content: str
    response: str = ""
    evidence: str = ""
    resolved: bool = False
    at: datetime | None = None


@frozen
class ContractChange:
    """One clause of the contract, before and after, why it was changed, and in which version."""

    clause: str
    before: str
    after: str
    reason: str
    at: datetime | None = None
    version: str = ""


@frozen
class Link:
    """To another customer: `referred_by`, `repurchase_of`, `repurchase`, `referral`, `duplicate_of`."""

    kind: str
    id: str


@frozen
class Debt:
    """A gate's requirement that was passed unmet, by an import or a forced move."""

    stage: str
    requirement: str
    since: datetime


@frozen
class RuleEvidence:
    """What one rule of a grader said. `points` is None where it could not speak: *value* unknown.

    `dimension` is the group the rule belongs to, such as "budget"; "" when the card has no groups.
    """

    rule: str
    field: str
    value: str
    points: float | None
    reason_zh: str
    reason_en: str
    dimension: str = ""


@frozen
class OpinionRecord:
    """What one of several graders said, and what it weighed."""

    grader: str
    version: str
    digest: str
    grade: str
    score: float | None = None
    weight: float = 1.0


@frozen
class GradeRecord:
    """Where a grade came from, enough to explain it again: who said it, by which rules.

    `grader` is "manual" for a grade set by hand; `digest` identifies the exact rules used.
    `raise_with`, `raise_to`, `best` and `share_unknown` are the opinion's (`hooktypes.Opinion`).
    `policy` joined `opinions` when several graders spoke. `stale` says why the grade could not be
    renewed; "" is fresh.
    """

    grader: str
    version: str
    digest: str
    at: datetime
    score: float | None = None
    rules: tuple[RuleEvidence, ...] = ()
    raise_with: tuple[str, ...] = ()
    raise_to: tuple[str, ...] = ()
    best: float | None = None
    share_unknown: float | None = None
    policy: str = ""
    opinions: tuple[OpinionRecord, ...] = ()
    stale: str = ""
