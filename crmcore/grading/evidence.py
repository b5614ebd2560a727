"""From graders' opinions to a grade with its evidence written down."""

from __future__ import annotations

from datetime import datetime
from functools import cache

from attrs import evolve

from crmcore.customer import Customer
from crmcore.dialect import Dialect
from crmcore.fields import FieldCatalogue
from crmcore.grading.policy import Joint
from crmcore.records import GradeRecord, RuleEvidence
from crmcore.wording import Text, listed

MANUAL = "manual"
"""The grader of a grade that a person gave."""


def graded(customer: Customer, joint: Joint, now: datetime, dialect: Dialect) -> Customer:
    """*customer* with the grade of *joint* and why; unchanged when it says the same as before."""
    opinion = joint.opinion
    record = GradeRecord(
        grader=joint.grader,
        version=opinion.version,
        digest=opinion.digest,
        at=now,
        score=opinion.score,
        rules=opinion.rules,
        raise_with=opinion.raise_with,
        raise_to=opinion.raise_to,
        best=opinion.best,
        share_unknown=opinion.share_unknown,
        policy=joint.policy,
        opinions=joint.opinions,
    )
    words = evidence_words(record, opinion.grade, dialect)
    known = customer.grading
    if known is not None and evolve(record, at=known.at) == known:
        record = known
        if (customer.grade, customer.grade_evidence) == (opinion.grade, words):
            return customer
    return evolve(customer, grade=opinion.grade, grade_evidence=words, grading=record)


def unrenewed(customer: Customer, grader: str, why: str, now: datetime) -> Customer:
    """*customer* with the grade it had, marked as one that could not be renewed, and why."""
    known = customer.grading or GradeRecord(grader=grader, version="", digest="", at=now)
    return evolve(customer, grading=evolve(known, stale=why))


def given_by_hand(customer: Customer) -> bool:
    """Whether a person gave the grade, here or in a sheet: a run leaves it alone."""
    if customer.grade is None:
        return False
    return customer.grading is None or customer.grading.grader == MANUAL


def evidence_words(record: GradeRecord, grade: str, dialect: Dialect) -> str:
    """评估依据: the score, each rule that spoke with its points, what was unknown and what knowing it
    would change, the card used."""
    chinese = dialect.language == "zh"
    parts = [f"{one.grader} {one.grade}" for one in record.opinions]
    if record.score is not None:
        parts.append(f"{'得分' if chinese else 'score'} {record.score:g}")
    parts += [rule_words(rule, dialect) for rule in record.rules if rule.points is not None]
    silent = [rule.field for rule in record.rules if rule.points is None]
    if silent:
        share = "" if record.share_unknown is None else f" ({record.share_unknown:.0%})"
        names = [field_word(key, dialect) for key in dict.fromkeys(silent)]
        parts.append(f"未知：{'、'.join(names)}" if chinese else f"unknown: {', '.join(names)}")
        parts[-1] += share
    parts += raise_words(record, grade, dialect)[:1]
    card = f"{record.grader} {record.version}".strip()
    if record.policy:
        card = f"{record.policy}: {card}"
    return "; ".join(parts) + (f"（{card}）" if chinese else f" ({card})")


def raise_words(record: GradeRecord, grade: str, dialect: Dialect) -> list[str]:
    """What to ask next: the unknown fields that could lift *grade*, the most valuable first."""
    names = [field_word(key, dialect) for key in record.raise_with]
    lifts = [
        dialect.say(
            Text(
                "补充 {name} 可由 {grade} 升为 {to}",
                "{name} would move this from {grade} to {to}",
            ).with_(name=name, grade=grade, to=to)
        )
        for name, to in zip(names, record.raise_to, strict=False)
        if to
    ]
    if lifts or not names:
        return lifts
    return [
        dialect.say(
            Text(
                "知道这些可能提高等级：{names}",
                "together these could raise it: {names}",
            ).with_(names=listed(names))
        )
    ]


def field_word(key: str, dialect: Dialect) -> str:
    """What evidence calls the field *key*: by its label in Chinese, else by the key itself, which
    commands take too."""
    spec = _core_fields().get(key) if dialect.language == "zh" else None
    return key if spec is None else spec.label.zh


@cache
def _core_fields() -> FieldCatalogue:
    return FieldCatalogue()


def rule_words(rule: RuleEvidence, dialect: Dialect) -> str:
    """One rule's say: its reason, the value and the points, `规模较大 (800) +20`."""
    reason = rule.reason_zh if dialect.language == "zh" else rule.reason_en
    points = "?" if rule.points is None else f"{rule.points:+g}"
    return f"{reason} ({rule.value}) {points}" if rule.value else f"{reason} {points}"
