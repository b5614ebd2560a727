"""What a scorecard says of a customer."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache
from operator import attrgetter
from typing import Any

from crmcore.customer import Customer
from crmcore.dialect import Dialect
from crmcore.evaluate import is_unknown
from crmcore.fields import FieldCatalogue
from crmcore.fieldspec import FieldSpec, Kind
from crmcore.hooktypes import Grader, Opinion
from crmcore.money import Money, MoneyRange
from crmcore.records import RuleEvidence
from crmcore.values import show_value
from crmcore_scorecard.card import DECIMALS, Band, Rule, Scorecard
from crmcore_scorecard.conditions import band_finder
from crmcore_scorecard.outlook import Outlook
from crmcore_scorecard.vocabulary import DAYS

Say = Callable[[Customer, datetime], RuleEvidence]
"""What a rule says of a customer at a moment."""

_SHARED = frozenset({str, int, bool, datetime, Money, MoneyRange})
"""Types whose equal values also read equal."""
_REMEMBERED = 4096
_ANY_TIME = datetime(2000, 1, 1, tzinfo=UTC)


def grader_of(card: Scorecard, dialect: Dialect, fields: FieldCatalogue | None = None) -> Grader:
    """A grader that applies *card* and writes values in evidence in *dialect*."""
    fields = fields or FieldCatalogue()
    blanks = [_evidence(rule, rule.unknown, "", "未知", "unknown") for rule in card.rules]
    sayings = [
        _saying(rule, fields.named(rule.field), dialect, blank)
        for rule, blank in zip(card.rules, blanks, strict=True)
    ]
    beside = _beside(card)
    look = lru_cache(maxsize=_REMEMBERED)(Outlook(card, fields).look)
    digest, best = card.digest, card.best

    def grade(customer: Customer, now: datetime) -> Opinion:
        said = tuple([say(customer, now) for say in sayings])
        points = [evidence.points for evidence in said]
        score = round(math.fsum([p for p in points if p is not None]), DECIMALS)
        silent = tuple([n for n, p in enumerate(points) if p is None or said[n] is blanks[n]])
        asked = tuple(sorted({p for n in silent for p in beside[n]})) if beside else silent
        look_at = look(score, silent, asked, tuple([points[n] or 0.0 for n in asked]))
        return Opinion(
            grade=card.grade(score),
            rules=said,
            version=card.version,
            digest=digest,
            score=score,
            raise_with=look_at.ask,
            raise_to=look_at.leads_to,
            share_unknown=look_at.share_unknown,
            best=best,
        )

    return Grader(card.name, card.label, grade, card.industries, card.pipelines)


def _saying(rule: Rule, spec: FieldSpec, dialect: Dialect, blank: RuleEvidence) -> Say:
    get = _getter(spec)
    find = band_finder(rule, spec, dialect)

    def speak(value: Any, now: datetime = _ANY_TIME) -> RuleEvidence:
        shown = _shown(spec, value, dialect)
        return _evidence(rule, find(value, now), shown, "无法比较", "cannot be compared")

    # Customers share the values of most fields; typed, since 1 and True read differently.
    remembered = lru_cache(maxsize=_REMEMBERED, typed=True)(speak)
    shared = _SHARED | {tuple} if spec.kind is Kind.TAGS and not spec.namespaced else _SHARED

    def say_now(customer: Customer, now: datetime) -> RuleEvidence:
        value = get(customer)
        if is_unknown(value):
            return blank
        return (remembered if type(value) in shared else speak)(value, now)

    def say(customer: Customer, _: datetime) -> RuleEvidence:
        value = get(customer)
        if type(value) in shared and (value or type(value) is not tuple):
            return remembered(value)
        return blank if is_unknown(value) else speak(value)

    timed = any(band.test is not None and band.test.word in DAYS for band in rule.bands)
    return say_now if timed else say


def _shown(spec: FieldSpec, value: Any, dialect: Dialect) -> str:
    # What `show_value` would answer too, but later: most values differ from customer to customer.
    if type(value) is int or (type(value) is str and spec.kind is not Kind.CHOICE):
        return str(value)
    return show_value(spec, value, dialect)


def _evidence(rule: Rule, band: Band | None, shown: str, zh: str, en: str) -> RuleEvidence:
    points = None if band is None else band.points
    reason = (
        (f"{rule.label.zh}{zh}", f"{rule.label.en} {en}")
        if band is None
        else (band.reason.zh, band.reason.en)
    )
    return RuleEvidence(rule.key, rule.field, shown, points, *reason, rule.dimension)


def _getter(spec: FieldSpec) -> Callable[[Customer], Any]:
    if spec.compute is not None:
        return spec.compute
    if spec.namespaced:
        return lambda customer: customer.extra.get(spec.key)
    return attrgetter(spec.key)


def _beside(card: Scorecard) -> list[list[int]]:
    """For each rule the places of those that look at its field; empty when no two look at one."""
    places: dict[str, list[int]] = {}
    for place, rule in enumerate(card.rules):
        places.setdefault(rule.field, []).append(place)
    if len(places) == len(card.rules):
        return []
    return [places[rule.field] for rule in card.rules]
