"""From graders' opinions to a grade with its evidence written down."""

from __future__ import annotations

from datetime import datetime

from attrs import evolve

from crmcore.catalogue import Catalogue
from crmcore.customer import Customer
from crmcore.dialect import Dialect
from crmcore.errors import NotFoundError
from crmcore.hooktypes import Grader, Opinion
from crmcore.records import GradeRecord, RuleEvidence


def best_grader(customer: Customer, graders: Catalogue[Grader]) -> Grader:
    """The grader for the customer's industry, else the first that serves all. Raises NotFoundError."""
    industry = (customer.industry or "").casefold()
    for grader in graders:
        if industry and industry in (name.casefold() for name in grader.industries):
            return grader
    for grader in graders:
        if not grader.industries:
            return grader
    raise NotFoundError(
        f"No grader serves {customer.id} (industry {customer.industry or 'unknown'}). "
        f"`crmcore plugins` shows what is loaded.{graders.excuse}"
    )


def graded(
    customer: Customer, grader: Grader, opinion: Opinion, now: datetime, dialect: Dialect
) -> Customer:
    """*customer* with the grade *grader* gave it and why."""
    record = GradeRecord(
        grader=grader.name,
        version=opinion.version,
        digest=opinion.digest,
        at=now,
        score=opinion.score,
        rules=opinion.rules,
        raise_with=opinion.raise_with,
    )
    words = evidence_words(record, dialect)
    return evolve(customer, grade=opinion.grade, grade_evidence=words, grading=record)


def evidence_words(record: GradeRecord, dialect: Dialect) -> str:
    """评估依据: the score, each rule that spoke with its points, what was unknown, the card used."""
    chinese = dialect.language == "zh"
    spoke = [rule_words(rule, dialect) for rule in record.rules if rule.points is not None]
    silent = [rule.field for rule in record.rules if rule.points is None]
    parts = (
        [f"{'得分' if chinese else 'score'} {record.score:g}"] if record.score is not None else []
    )
    parts += spoke
    if silent:
        parts.append(("未知：" if chinese else "unknown: ") + ", ".join(silent))
    card = f"{record.grader} {record.version}".strip()
    return "; ".join(parts) + (f"（{card}）" if chinese else f" ({card})")


def rule_words(rule: RuleEvidence, dialect: Dialect) -> str:
    """One rule's say: its reason, the value and the points, `规模较大 (800) +20`."""
    reason = rule.reason_zh if dialect.language == "zh" else rule.reason_en
    points = "?" if rule.points is None else f"{rule.points:+g}"
    return f"{reason} ({rule.value}) {points}" if rule.value else f"{reason} {points}"
