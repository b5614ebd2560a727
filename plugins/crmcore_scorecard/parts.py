"""What a scorecard's file says itself, and how it goes together with what its base says."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

from attrs import frozen

from crmcore.customer import GRADES
from crmcore.errors import UnknownFieldError
from crmcore.fields import FieldCatalogue
from crmcore.fieldspec import FieldSpec, Verb
from crmcore.text import one_line
from crmcore.wording import Text
from crmcore_scorecard.bands import BandReader, points_of
from crmcore_scorecard.card import Dimension, Rule, Scorecard, Threshold
from crmcore_scorecard.page import Page
from crmcore_scorecard.reach import idle_band
from crmcore_scorecard.vocabulary import (
    CARD_KEYS,
    DIMENSION_KEYS,
    GRADE_KEYS,
    HORIZONS,
    MOST_DAYS,
    RULE_KEYS,
    words_for,
)

_GRADES = tuple(choice.key for choice in GRADES[:-1])
_GRADES_EXAMPLE = "[grades] with A = 70 and B = 40; what is below is C"


@frozen
class Own:
    """What a card's file says itself, without its base."""

    name: str
    version: str
    label: Text
    industries: tuple[str, ...]
    pipelines: tuple[str, ...]
    currency: str
    dimensions: tuple[Dimension, ...]
    rules: tuple[Rule, ...]
    drop: tuple[str, ...]
    thresholds: Mapping[str, Threshold]


def read_own(page: Page, fields: FieldCatalogue, base: Scorecard | None, currency: str) -> Own:
    """What *page* says itself; *currency* is of amounts that name none, unless the page says.

    Raises ConfigError with the file, the line and what was expected.
    """
    raw = page.raw
    page.check_keys(raw, CARD_KEYS)
    if "currency" in raw:
        currency = raw["currency"]
        if not isinstance(currency, str) or len(currency) != 3 or not currency.isupper():
            page.refuse(f"currency must be a code such as CNY, not {currency!r}", "currency")
    drop = page.texts("drop", '"priority"')
    known = [rule.key for rule in base.rules] if base else []
    for place, key in enumerate(drop):
        if key not in known:
            among = f"its rules are {', '.join(known)}" if base else "there is no base"
            page.refuse(f"drop: the base has no rule {key!r}; {among}", "drop", place)
    return Own(
        name=page.text(raw, "name"),
        version=page.text(raw, "version"),
        label=page.label(raw),
        industries=page.texts("industries", '"制造业"'),
        pipelines=page.texts("pipelines", '"standard"'),
        currency=currency,
        dimensions=_dimensions(page),
        rules=_rules(page, fields, currency),
        drop=drop,
        thresholds=_thresholds(page),
    )


def _dimensions(page: Page) -> tuple[Dimension, ...]:
    found: list[Dimension] = []
    tables = page.tables(
        page.raw.get("dimension", []), "dimensions, each begun by [[dimension]]", "dimension"
    )
    for place, raw in enumerate(tables):
        page.check_keys(raw, DIMENSION_KEYS, "dimension", place)
        key = page.text(raw, "key", "dimension", place)
        if key in (other.key for other in found):
            page.refuse(f"there are two dimensions {key!r}", "dimension", place, "key")
        found.append(Dimension(key, page.label(raw, "dimension", place)))
    return tuple(found)


def _rules(page: Page, fields: FieldCatalogue, currency: str) -> tuple[Rule, ...]:
    tables = page.tables(page.raw.get("rule", []), "rules, each begun by [[rule]]", "rule")
    rules: list[Rule] = []
    for place, raw in enumerate(tables):
        rule = _rule(page, place, raw, fields, currency)
        if rule.key in (other.key for other in rules):
            page.refuse(
                f'there are two rules {rule.key!r}; name this one apart: key = "…"',
                "rule", place, "key",
            )  # fmt: skip
        rules.append(rule)
    return tuple(rules)


def _rule(
    page: Page, place: int, raw: Mapping[str, Any], fields: FieldCatalogue, currency: str
) -> Rule:
    page.check_keys(raw, RULE_KEYS, "rule", place)
    spec = _field(page, raw.get("field"), fields, place)
    key = raw.get("key", spec.key)
    if not isinstance(key, str) or not key or key != one_line(key):
        page.refuse(f"key must be a text, not {key!r}", "rule", place, "key")
    dimension = raw.get("dimension", "")
    if not isinstance(dimension, str):
        page.refuse(
            f'dimension is the key of one, as in "budget", not {dimension!r}',
            "rule", place, "dimension",
        )  # fmt: skip
    bands = BandReader(page, spec, currency).bands(raw.get("bands"), "rule", place, "bands")
    rule = Rule(key, spec.key, spec.label, bands, dimension)
    if (idle := idle_band(spec, rule)) is not None:
        page.refuse(
            "this band never speaks: those before it take all its values. Bands are tried from the "
            "top: put the narrower ones first, at_least from the highest down",
            "rule", place, "bands", idle,
        )  # fmt: skip
    return rule


def _field(page: Page, name: Any, fields: FieldCatalogue, place: int) -> FieldSpec:
    if not isinstance(name, str):
        found = "it is missing" if name is None else f"not {name!r}"
        page.refuse(
            f'a rule needs the field it looks at, as in field = "employees"; {found}',
            "rule", place, "field",
        )  # fmt: skip
    try:
        spec = fields.named(name)
    except UnknownFieldError as error:
        page.refuse(str(error).rstrip("."), "rule", place, "field")
    if not words_for(spec) or spec.verb is Verb.GRADE:
        page.refuse(f"a rule cannot look at {spec.key} ({spec.kind.value})", "rule", place, "field")
    return spec


def _thresholds(page: Page) -> Mapping[str, Threshold]:
    raw = page.raw.get("grades", {})
    if not isinstance(raw, dict) or not set(raw) <= set(_GRADES):
        wrong = next((key for key in raw if key not in _GRADES), "") if raw else ""
        page.refuse(f"it needs {_GRADES_EXAMPLE}", "grades", *([wrong] if wrong else []))
    return {grade: _threshold(page, grade, value) for grade, value in raw.items()}


def _threshold(page: Page, grade: str, value: Any) -> Threshold:
    days = HORIZONS[grade]
    points = value
    if isinstance(value, dict):
        page.check_keys(value, GRADE_KEYS, "grades", grade)
        points, days = value.get("points"), value.get("within_days", days)
        if type(days) is not int or not 0 < days <= MOST_DAYS:
            page.refuse(
                f"within_days must be a whole number of days such as 30, not {days!r}",
                "grades", grade, "within_days",
            )  # fmt: skip
    return Threshold(grade, points_of(page, points, grade, "grades", grade), days)


def joined(page: Page, own: Own, base: Scorecard | None) -> Scorecard:
    """The card of *own* on top of *base*. Raises ConfigError for what does not go together."""
    dimensions = {d.key: d for d in (*(base.dimensions if base else ()), *own.dimensions)}
    rules = {r.key: r for r in (base.rules if base else ()) if r.key not in own.drop}
    rules |= {rule.key: rule for rule in own.rules}
    thresholds = {t.grade: t for t in (base.thresholds if base else ())} | dict(own.thresholds)
    if not rules:
        page.refuse("it needs rules, each begun by [[rule]]", "rule")
    for place, rule in enumerate(own.rules):
        if rule.dimension and rule.dimension not in dimensions:
            among = f"there are {', '.join(dimensions)}" if dimensions else "there are none"
            page.refuse(
                f"there is no dimension {rule.dimension!r}; {among}", "rule", place, "dimension"
            )
    if set(thresholds) != set(_GRADES):
        page.refuse(f"it needs {_GRADES_EXAMPLE}", "grades")
    _check_served(page, base)
    card = Scorecard(
        name=own.name,
        version=own.version,
        label=own.label,
        rules=tuple(rules.values()),
        thresholds=tuple(thresholds[grade] for grade in _GRADES),
        lowest=GRADES[-1].key,
        industries=own.industries,
        pipelines=own.pipelines,
        dimensions=tuple(dimensions.values()),
        currency=own.currency,
    )
    _check_thresholds(page, card)
    return card


def _check_served(page: Page, base: Scorecard | None) -> None:
    """Whom the base serves is not inherited; that it is not must not surprise."""
    if base is None:
        return
    for key, served in (("industries", base.industries), ("pipelines", base.pipelines)):
        if served and key not in page.raw:
            page.refuse(
                f"its base serves the {key} {', '.join(served)}: say which this card serves, "
                f"{key} = [] for all",
                "base",
            )


def _check_thresholds(page: Page, card: Scorecard) -> None:
    for higher, lower in pairwise(card.thresholds):
        if higher.points <= lower.points:
            page.refuse(
                f"{higher.grade} must begin above {lower.grade}, as in A = 70 and B = 40; "
                f"{higher.points:g} is not above {lower.points:g}",
                "grades", higher.grade,
            )  # fmt: skip
        if higher.within_days >= lower.within_days:
            page.refuse(
                f"{higher.grade} must close sooner than {lower.grade}, as in 30 and 60 days; "
                f"{higher.within_days} days are not fewer than {lower.within_days}",
                "grades", higher.grade,
            )  # fmt: skip
    highest = card.thresholds[0]
    if highest.points > card.best:
        page.refuse(
            f"nobody can reach {highest.points:g} points: the best case of all rules is "
            f"{card.best:g}",
            "grades", highest.grade,
        )  # fmt: skip
