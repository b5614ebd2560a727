"""What a scorecard says of a customer."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import datetime
from functools import lru_cache
from typing import Any

from crmcore.customer import Customer
from crmcore.dialect import Dialect
from crmcore.evaluate import is_unknown, matches
from crmcore.fields import FieldCatalogue
from crmcore.hooktypes import Grader, Opinion
from crmcore.money import Money
from crmcore.records import RuleEvidence
from crmcore.values import show_value
from crmcore_scorecard.card import Band, Rule, Scorecard

Speaker = Callable[[Any], RuleEvidence]
"""What a rule says of a value of its field."""

_SHARED = (type(None), str, int, bool, Money)
"""Types whose equal values also read equal."""


def grader_of(card: Scorecard, dialect: Dialect) -> Grader:
    """A grader that applies *card* and writes values in evidence in *dialect*."""
    fields = FieldCatalogue()
    speakers = tuple((rule, _speaker(rule, fields, dialect)) for rule in card.rules)

    def grade(customer: Customer, now: datetime) -> Opinion:
        said = tuple((rule, say(fields.value(customer, rule.field))) for rule, say in speakers)
        score = math.fsum(e.points for _, e in said if e.points is not None)
        silent = [rule for rule, evidence in said if evidence.points is None]
        return Opinion(
            grade=card.grade(score),
            rules=tuple(evidence for _, evidence in said),
            version=card.version,
            digest=card.digest,
            score=score,
            raise_with=_raise_with(card, score, silent),
        )

    return Grader(card.name, card.label, grade, card.industries)


def _speaker(rule: Rule, fields: FieldCatalogue, dialect: Dialect) -> Speaker:
    spec = fields.named(rule.field)

    def speak(value: Any) -> RuleEvidence:
        unknown = is_unknown(value)
        shown = "" if unknown else show_value(spec, value, dialect)
        band = None if unknown else _band(rule, value, fields)
        if band is None:
            zh, en = ("未知", "unknown") if unknown else ("无法比较", "cannot be compared")
            reason_zh, reason_en = f"{rule.label.zh}{zh}", f"{rule.label.en} {en}"
            return RuleEvidence(rule.key, rule.field, shown, None, reason_zh, reason_en)
        reason = band.reason
        return RuleEvidence(rule.key, rule.field, shown, band.points, reason.zh, reason.en)

    # Customers share the values of most fields; typed, since 1 and True read differently.
    remembered = lru_cache(maxsize=1024, typed=True)(speak)
    return lambda value: remembered(value) if type(value) in _SHARED else speak(value)


def _band(rule: Rule, value: Any, fields: FieldCatalogue) -> Band | None:
    """The band *value* falls in; None when that cannot be told, as with money of another currency."""
    for band in rule.bands:
        verdict = True if band.test is None else matches(band.test, lambda _: value, fields)
        if verdict is None:
            return None
        if verdict:
            return band
    raise AssertionError("unreachable: the last band has no test")


def _raise_with(card: Scorecard, score: float, silent: list[Rule]) -> tuple[str, ...]:
    """The unknown fields any one of which could lift the grade alone; else the fewest that could.

    Most valuable first; none when even all of them at their best would not do.
    """
    now = card.grade(score)
    hopeful = sorted((r for r in silent if r.best > 0), key=lambda r: (-r.best, r.key))
    alone = [rule.field for rule in hopeful if card.grade(score + rule.best) != now]
    if alone:
        return tuple(dict.fromkeys(alone))
    for count in range(2, len(hopeful) + 1):
        if card.grade(score + sum(rule.best for rule in hopeful[:count])) != now:
            return tuple(dict.fromkeys(rule.field for rule in hopeful[:count]))
    return ()
