"""The most that the rules on one field can give together, and bands that can never speak."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

from crmcore.dialect import Dialect
from crmcore.fieldspec import FieldSpec, Kind
from crmcore.money import Money, MoneyRange
from crmcore_scorecard.card import DECIMALS, Band, Condition, Rule
from crmcore_scorecard.conditions import band_finder

_NOW = datetime(2024, 1, 1, tzinfo=UTC)
_DIALECT = Dialect("zh", UTC)
_MOST_PAIRED = 30


def best_together(spec: FieldSpec, rules: Sequence[Rule]) -> float:
    """The most points one known value of the field gives by *rules*, all of which look at it.

    Exact for choices, numbers, money and moments; of several rules on a text, what is sure to be
    within reach.
    """
    exact, values = _values(spec, rules)
    sums = [_points(spec, rules, value) for value in values]
    found = [points for points in sums if points is not None]
    if not exact:
        tops = [max(band.points for band in rule.known) for rule in rules]
        floors = [top - rule.reach for top, rule in zip(tops, rules, strict=True)]
        found += [sum(floors) - low + top for top, low in zip(tops, floors, strict=True)]
    return round(max(found, default=0.0), DECIMALS)


def idle_band(spec: FieldSpec, rule: Rule) -> int | None:
    """The place of a band that never speaks, because those before it take all its values."""
    exact, values = _values(spec, [rule])
    if exact:
        find = band_finder(rule, spec, _DIALECT)
        spoken = {id(find(value, _NOW)) for value in values}
        waiting = [
            n for n, band in enumerate(rule.bands) if _tests(band) and id(band) not in spoken
        ]
        return next(iter(waiting), None)
    return next((n for n in range(len(rule.bands)) if _shadowed(rule.bands, n)), None)


def _tests(band: Band) -> bool:
    return band.test is not None and not band.for_unknown


def _points(spec: FieldSpec, rules: Sequence[Rule], value: Any) -> float | None:
    bands = [band_finder(rule, spec, _DIALECT)(value, _NOW) for rule in rules]
    return None if None in bands else sum(band.points for band in bands if band is not None)


def _values(spec: FieldSpec, rules: Sequence[Rule]) -> tuple[bool, list[Any]]:
    """Values of the field that meet its rules' conditions in every way there is (True), or some."""
    tests = [b.test for rule in rules for b in rule.known if b.test is not None]
    wanted = [v for t in tests for v in (t.value if t.word == "in" else (t.value,))]
    if spec.namespaced:
        return False, []
    match spec.kind:
        case Kind.CHOICE:
            return True, [choice.key for choice in spec.choices]
        case Kind.YES_NO:
            return True, [True, False]
        case Kind.INTEGER:
            return True, sorted({n + step for n in wanted for step in (-1, 0, 1)}) or [0]
        case Kind.NUMBER:
            return True, _between([Decimal(n) for n in wanted])
        case Kind.MOMENT:
            seconds = _between([Decimal(86400 * days) for days in wanted])
            return True, [_NOW + timedelta(seconds=float(s)) for s in seconds]
        case Kind.MONEY | Kind.MONEY_RANGE:
            currency = wanted[0].currency if wanted else "CNY"
            amounts = _between([money.amount for money in wanted])
            if spec.kind is Kind.MONEY_RANGE:
                return True, [MoneyRange(a, a, currency) for a in amounts]
            return True, [Money(a, currency) for a in amounts]
    said = list(dict.fromkeys(t for test in tests for t in _literals(test)))[:_MOST_PAIRED]
    pairs = [(a, b) for n, a in enumerate(said) for b in said[n + 1 :]]
    if spec.kind is Kind.TAGS:
        return False, [*((text,) for text in said), *pairs, tuple(said)]
    return False, [*said, *(f"{a} {b}" for a, b in pairs)]


def _between(numbers: list[Decimal]) -> list[Decimal]:
    """*numbers*, one number between each two, and one beyond either end."""
    marks = sorted(set(numbers)) or [Decimal(0)]
    middles = [(low + high) / 2 for low, high in pairwise(marks)]
    return sorted([marks[0] - 1, *marks, *middles, marks[-1] + 1])


def _literals(test: Condition) -> tuple[str, ...]:
    if test.word == "matches":
        return ()
    return tuple(test.value) if test.word == "in" else (str(test.value),)


def _shadowed(bands: Sequence[Band], place: int) -> bool:
    """Whether text conditions before *place* surely take all that the one there asks for."""
    test = bands[place].test
    if test is None or test.word not in ("is", "in", "contains"):
        return False
    before = [band.test for band in bands[:place] if band.test is not None]

    def taken(text: Any) -> bool:
        held = isinstance(text, str) and any(
            t.word == "contains" and t.value.casefold() in text.casefold() for t in before
        )
        same = test.word != "contains" and any(
            text in (t.value if t.word == "in" else (t.value,))
            for t in before
            if t.word in ("is", "in")
        )
        return held or same

    return all(taken(text) for text in (test.value if test.word == "in" else (test.value,)))
