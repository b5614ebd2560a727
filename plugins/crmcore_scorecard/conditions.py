"""Conditions at work: which band of a rule a value falls in."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from crmcore.dialect import Dialect
from crmcore.errors import ValueRefusedError
from crmcore.evaluate import searchable
from crmcore.fieldspec import FieldSpec, Kind
from crmcore.money import Money, MoneyRange
from crmcore.values import parse_value
from crmcore.wording import Text
from crmcore_scorecard.card import Band, Condition, Rule
from crmcore_scorecard.patterns import LONGEST_TEXT, compiled
from crmcore_scorecard.vocabulary import DAYS

Check = Callable[[Any, datetime], bool | None]
"""Whether a known value meets a condition at a moment; None when that cannot be told."""

_LIMITS: dict[str, Callable[[Any, Any], bool]] = {
    "at_least": operator.ge,
    "more_than": operator.gt,
    "at_most": operator.le,
    "less_than": operator.lt,
}
_YEARS = (datetime(2000, 1, 1, tzinfo=UTC), datetime(2001, 2, 2, 3, tzinfo=UTC))


def band_finder(
    rule: Rule, spec: FieldSpec, dialect: Dialect
) -> Callable[[Any, datetime], Band | None]:
    """Gives the band a known value falls in at a moment; None when that cannot be told, as with
    money of another currency."""
    *tested, rest = rule.known
    checks = [(check_of(spec, b.test, dialect), b) for b in tested if b.test is not None]

    def find(value: Any, now: datetime) -> Band | None:
        for check, band in checks:
            verdict = check(value, now)
            if verdict:
                return band
            if verdict is None:
                return None
        return rest

    return find


def check_of(spec: FieldSpec, condition: Condition, dialect: Dialect) -> Check:
    """*condition* on values of the field *spec*; of several values (tags), one has to meet it."""
    check = _check(spec, condition, dialect)
    if spec.kind is not Kind.TAGS and not spec.namespaced:
        return check

    def check_each(value: Any, now: datetime) -> bool | None:
        if not isinstance(value, (tuple, list)):
            return check(value, now)
        verdicts = [check(item, now) for item in value]
        return True if any(verdicts) else (None if None in verdicts else False)

    return check_each


def _check(spec: FieldSpec, condition: Condition, dialect: Dialect) -> Check:
    word, wanted = condition.word, condition.value
    if word == "contains":
        needle = wanted.casefold()
        return lambda value, _: needle in searchable(value).casefold()
    if word == "matches":
        return _matching(wanted)
    if word in DAYS:
        return _days(spec, word, timedelta(days=wanted), dialect)
    if word == "in":
        checks = [_check(spec, Condition("is", each), dialect) for each in wanted]
        return lambda value, now: any(check(value, now) for check in checks)
    read = _reader(spec, wanted, dialect)
    goal = read(wanted)
    if word == "is":
        return lambda value, _: bool(read(value) == goal)
    holds = _LIMITS[word]

    def limit(value: Any, _: datetime) -> bool | None:
        found = read(value)
        return None if found is None else holds(found, goal)

    return limit


def _matching(pattern: str) -> Check:
    search = compiled(pattern).search

    def check(value: Any, _: datetime) -> bool | None:
        text = searchable(value)
        return None if len(text) > LONGEST_TEXT else search(text) is not None

    return check


def _days(spec: FieldSpec, word: str, days: timedelta, dialect: Dialect) -> Check:
    def check(value: Any, now: datetime) -> bool | None:
        moment = value if isinstance(value, datetime) else _written_moment(value, dialect)
        if moment is None:
            return None
        return bool((moment - now <= days) == (word == "within_days"))

    return check


def _written_moment(value: Any, dialect: Dialect) -> datetime | None:
    """The moment a sheet's text names; None for `明天`, which was said on an unknown day."""
    if not isinstance(value, str):
        return None
    once, again = (_parsed(Kind.MOMENT, value, dialect, now) for now in _YEARS)
    return once if once == again else None


def _reader(spec: FieldSpec, wanted: Any, dialect: Dialect) -> Callable[[Any], Any]:
    """Turns a value into what it is compared by; None when it cannot be compared with *wanted*."""
    if isinstance(wanted, Money):
        return _money_reader(wanted.currency, dialect)
    if not spec.namespaced:
        return lambda value: value
    if isinstance(wanted, bool):
        return lambda value: _yes_or_no(value, dialect)
    if isinstance(wanted, Decimal):
        return lambda value: _number(value, dialect)
    return lambda value: " ".join(value.split()) if isinstance(value, str) else str(value)


def _money_reader(currency: str, dialect: Dialect) -> Callable[[Any], Decimal | None]:
    def read(value: Any) -> Decimal | None:
        if isinstance(value, str):
            value = _parsed(Kind.MONEY, value, Dialect(dialect.language, dialect.zone, currency))
        if isinstance(value, MoneyRange):
            value = value.middle
        if isinstance(value, Money):
            return value.amount if value.currency == currency else None
        return _number(value, dialect)

    return read


def _number(value: Any, dialect: Dialect) -> Decimal | None:
    if isinstance(value, str):
        read = _parsed(Kind.NUMBER, value, dialect)
        return read if read is not None else _number(_parsed(Kind.INTEGER, value, dialect), dialect)
    if isinstance(value, bool) or not isinstance(value, (int, float, Decimal)):
        return None
    number = Decimal(str(value)) if isinstance(value, float) else Decimal(value)
    return number if math.isfinite(number) else None


def _yes_or_no(value: Any, dialect: Dialect) -> bool | None:
    read = _parsed(Kind.YES_NO, value, dialect) if isinstance(value, str) else value
    return read if isinstance(read, bool) else None


def _parsed(kind: Kind, text: str, dialect: Dialect, now: datetime = _YEARS[0]) -> Any:
    try:
        return parse_value(FieldSpec("", kind, "", _NOTHING, _NOTHING), text, dialect, now)
    except ValueRefusedError:
        return None


_NOTHING = Text("", "")
