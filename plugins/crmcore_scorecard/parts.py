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
from crmcore.wording import Text, listed
from crmcore_scorecard.bands import BandReader, points_of
from crmcore_scorecard.card import Dimension, Rule, Scorecard, Threshold
from crmcore_scorecard.page import Page, instead
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
_NEEDS_GRADES = Text(
    "需要 [grades]，如 A = 70、B = 40；更低的是 C",
    "it needs [grades] with A = 70 and B = 40; what is below is C",
)


_RULES = Text("规则，每条以 [[rule]] 开头", "rules, each begun by [[rule]]")


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
            wanted = Text("currency 应为币种代码，如 CNY", "currency must be a code such as CNY")
            page.refuse(instead(wanted, currency), "currency")
    drop = page.texts("drop", '"priority"')
    known = [rule.key for rule in base.rules] if base else []
    for place, key in enumerate(drop):
        if key not in known:
            there = (
                Text("它的规则有 {rules}", "its rules are {rules}").with_(rules=listed(known))
                if base
                else Text("这张评分卡没有 base", "there is no base")
            )
            page.refuse(
                Text(
                    "drop：base 中没有规则 {key!r}；{there}",
                    "drop: the base has no rule {key!r}; {there}",
                ).with_(key=key, there=there),
                "drop", place,
            )  # fmt: skip
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
    what = Text("维度，每个以 [[dimension]] 开头", "dimensions, each begun by [[dimension]]")
    tables = page.tables(page.raw.get("dimension", []), what, "dimension")
    for place, raw in enumerate(tables):
        page.check_keys(raw, DIMENSION_KEYS, "dimension", place)
        key = page.text(raw, "key", "dimension", place)
        if key in (other.key for other in found):
            page.refuse(
                Text("维度 {key!r} 出现了两次", "there are two dimensions {key!r}").with_(key=key),
                "dimension", place, "key",
            )  # fmt: skip
        found.append(Dimension(key, page.label(raw, "dimension", place)))
    return tuple(found)


def _rules(page: Page, fields: FieldCatalogue, currency: str) -> tuple[Rule, ...]:
    tables = page.tables(page.raw.get("rule", []), _RULES, "rule")
    rules: list[Rule] = []
    for place, raw in enumerate(tables):
        rule = _rule(page, place, raw, fields, currency)
        if rule.key in (other.key for other in rules):
            page.refuse(
                Text(
                    '规则 {key!r} 出现了两次；给这一条另起名字：key = "…"',
                    'there are two rules {key!r}; name this one apart: key = "…"',
                ).with_(key=rule.key),
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
        wanted = Text("key 必须是文字", "key must be a text")
        page.refuse(instead(wanted, key), "rule", place, "key")
    dimension = raw.get("dimension", "")
    if not isinstance(dimension, str):
        wanted = Text(
            'dimension 应为某个维度的 key，如 "budget"',
            'dimension must be the key of one, as in "budget"',
        )
        page.refuse(instead(wanted, dimension), "rule", place, "dimension")
    bands = BandReader(page, spec, currency).bands(raw.get("bands"), "rule", place, "bands")
    rule = Rule(key, spec.key, spec.label, bands, dimension)
    if (idle := idle_band(spec, rule)) is not None:
        page.refuse(
            Text(
                "这一档永远轮不到：前面的档已经包含它的全部取值。各档自上而下比较：范围窄的在前，"
                "at_least 从大到小",
                "this band never speaks: those before it take all its values. Bands are tried from "
                "the top: put the narrower ones first, at_least from the highest down",
            ),
            "rule", place, "bands", idle,
        )  # fmt: skip
    return rule


def _field(page: Page, name: Any, fields: FieldCatalogue, place: int) -> FieldSpec:
    if not isinstance(name, str):
        wanted = Text(
            '规则需要写明所看的字段，如 field = "employees"',
            'a rule needs the field it looks at, as in field = "employees"',
        )
        page.refuse(instead(wanted, name), "rule", place, "field")
    try:
        spec = fields.named(name)
    except UnknownFieldError as error:
        hint = f"是不是 {' 或 '.join(error.near)}？" if error.near else ""
        zh = f"没有字段 {error.name!r}。{hint}crmcore fields 列出所有字段"
        page.refuse(Text(zh, str(error)), "rule", place, "field")
    if not words_for(spec) or spec.verb is Verb.GRADE:
        kind = spec.kind.value
        page.refuse(
            Text(
                "规则不能使用 {label} {field} ({kind})",
                "a rule cannot look at {field} ({kind})",
            ).with_(label=spec.label, field=spec.key, kind=kind),
            "rule", place, "field",
        )  # fmt: skip
    return spec


def _thresholds(page: Page) -> Mapping[str, Threshold]:
    raw = page.raw.get("grades", {})
    if not isinstance(raw, dict) or not set(raw) <= set(_GRADES):
        wrong = next((key for key in raw if key not in _GRADES), "") if raw else ""
        page.refuse(_NEEDS_GRADES, "grades", *([wrong] if wrong else []))
    return {grade: _threshold(page, grade, value) for grade, value in raw.items()}


def _threshold(page: Page, grade: str, value: Any) -> Threshold:
    days = HORIZONS[grade]
    points = value
    if isinstance(value, dict):
        page.check_keys(value, GRADE_KEYS, "grades", grade)
        points, days = value.get("points"), value.get("within_days", days)
        if type(days) is not int or not 0 < days <= MOST_DAYS:
            wanted = Text(
                "within_days 应为天数（整数），如 30",
                "within_days must be a whole number of days such as 30",
            )
            page.refuse(instead(wanted, days), "grades", grade, "within_days")
    return Threshold(grade, points_of(page, points, grade, "grades", grade), days)


def joined(page: Page, own: Own, base: Scorecard | None) -> Scorecard:
    """The card of *own* on top of *base*. Raises ConfigError for what does not go together."""
    dimensions = {d.key: d for d in (*(base.dimensions if base else ()), *own.dimensions)}
    rules = {r.key: r for r in (base.rules if base else ()) if r.key not in own.drop}
    rules |= {rule.key: rule for rule in own.rules}
    thresholds = {t.grade: t for t in (base.thresholds if base else ())} | dict(own.thresholds)
    if not rules:
        page.refuse(Text("需要{rules}", "it needs {rules}").with_(rules=_RULES), "rule")
    for place, rule in enumerate(own.rules):
        if rule.dimension and rule.dimension not in dimensions:
            there = (
                Text("现有 {names}", "there are {names}").with_(names=listed(tuple(dimensions)))
                if dimensions
                else Text("一个也没有", "there are none")
            )
            page.refuse(
                Text(
                    "没有维度 {key!r}；{there}",
                    "there is no dimension {key!r}; {there}",
                ).with_(key=rule.dimension, there=there),
                "rule", place, "dimension",
            )  # fmt: skip
    if set(thresholds) != set(_GRADES):
        page.refuse(_NEEDS_GRADES, "grades")
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
                Text(
                    "它的 base 适用的 {key} 是 {served}：请写明这张评分卡适用于哪些，"
                    "{key} = [] 表示全部",
                    "its base serves the {key} {served}: say which this card serves, "
                    "{key} = [] for all",
                ).with_(key=key, served=listed(served)),
                "base",
            )


def _check_thresholds(page: Page, card: Scorecard) -> None:
    for higher, lower in pairwise(card.thresholds):
        if higher.points <= lower.points:
            page.refuse(
                Text(
                    "{higher} 的起点必须高于 {lower}，如 A = 70、B = 40；{from_:g} 不高于 {than:g}",
                    "{higher} must begin above {lower}, as in A = 70 and B = 40; "
                    "{from_:g} is not above {than:g}",
                ).with_(
                    higher=higher.grade, lower=lower.grade, from_=higher.points, than=lower.points
                ),
                "grades", higher.grade,
            )  # fmt: skip
        if higher.within_days >= lower.within_days:
            page.refuse(
                Text(
                    "{higher} 的成交期限必须短于 {lower}，如 30 天与 60 天；{days} 天不短于 {than} 天",
                    "{higher} must close sooner than {lower}, as in 30 and 60 days; "
                    "{days} days are not fewer than {than}",
                ).with_(
                    higher=higher.grade,
                    lower=lower.grade,
                    days=higher.within_days,
                    than=lower.within_days,
                ),
                "grades", higher.grade,
            )  # fmt: skip
    highest = card.thresholds[0]
    if highest.points > card.best:
        page.refuse(
            Text(
                "没有客户能达到 {points:g} 分：全部规则最多 {best:g} 分",
                "nobody can reach {points:g} points: the best case of all rules is {best:g}",
            ).with_(points=highest.points, best=card.best),
            "grades", highest.grade,
        )  # fmt: skip
