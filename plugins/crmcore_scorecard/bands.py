"""From a rule's bands as written to bands."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from attrs import frozen

from crmcore.dialect import Dialect
from crmcore.errors import ValueRefusedError
from crmcore.fieldspec import FieldSpec, Kind
from crmcore.money import Money, MoneyRange
from crmcore.values import parse_value
from crmcore.wording import AND, Text, listed
from crmcore_scorecard.card import DECIMALS, Band, Condition
from crmcore_scorecard.lines import Step
from crmcore_scorecard.page import Page, all_said, instead
from crmcore_scorecard.patterns import PatternError, compiled
from crmcore_scorecard.vocabulary import (
    BAND_KEYS,
    CONDITIONS,
    DAYS,
    LIMITS,
    MOST_DAYS,
    MOST_POINTS,
    words_for,
)

_NEEDS_TEXT = Text("{word} 需要加引号的文字", "{word} needs a text in quotes")
_NEEDS_EITHER = Text("{word} 需要数字或加引号的文字", "{word} needs a number or a text in quotes")
_NO_MOMENT = datetime(2000, 1, 1, tzinfo=UTC)
_QUOTED = (Kind.TEXT, Kind.LONG_TEXT, Kind.TAGS, Kind.CHOICE)


@frozen
class BandReader:
    """Reads the bands of rules on *spec* in *page*; amounts that name none are in *currency*."""

    page: Page
    spec: FieldSpec
    currency: str

    def bands(self, value: Any, *path: Step) -> tuple[Band, ...]:
        """The bands *value*, which stands at *path*. Raises ConfigError."""
        what = "bands = [ { … points = 10, zh = …, en = … }, … ]"
        tables = self.page.tables(value, Text(" {what}", "{what}").with_(what=what), *path)
        if not tables:
            self.page.refuse(Text("规则需要 {what}", "a rule needs {what}").with_(what=what), *path)
        read = tuple(self._band(raw, *path, place) for place, raw in enumerate(tables))
        for place, band in enumerate(read):
            if (band.test is None) != (place == len(read) - 1):
                self.page.refuse(
                    Text(
                        "最后一档没有条件，其余各档都要有：它接收剩下的取值",
                        "the last band, and no other, has no condition: it takes the values left",
                    ),
                    *path,
                    place,
                )
        self._check_together(read, *path)
        return read

    def _check_together(self, bands: tuple[Band, ...], *path: Step) -> None:
        unknown = [place for place, band in enumerate(bands) if band.for_unknown]
        if len(unknown) > 1:
            self.page.refuse(
                Text("一条规则只能有一档给未知值", "one band for unknown values a rule"),
                *path, unknown[1], "unknown",
            )  # fmt: skip
        currencies: dict[str, int] = {}
        for place, band in enumerate(bands):
            for amount in _amounts(band):
                currencies.setdefault(amount.currency, place)
        if len(currencies) > 1:
            self.page.refuse(
                Text(
                    "一条规则只能用一种货币，而不是 {currencies}：不同货币的金额无法比较",
                    "one currency a rule, not {currencies}: amounts of different currencies "
                    "cannot be compared",
                ).with_(currencies=listed(tuple(currencies), AND)),
                *path,
                max(currencies.values()),
            )

    def _band(self, raw: Mapping[str, Any], *path: Step) -> Band:
        self.page.check_keys(raw, BAND_KEYS, *path)
        points = points_of(self.page, raw.get("points"), "points", *path, "points")
        if not all_said(raw.get(key) for key in ("zh", "en")):
            self.page.refuse(
                Text(
                    '每一档都要用两种语言写明理由，各占一行：zh = "…", en = "…"',
                    "a band needs its reason in both languages, each on one line: "
                    'zh = "…", en = "…"',
                ),
                *path,
            )
        words = [key for key in raw if key in CONDITIONS]
        if len(words) > 1:
            self.page.refuse(
                Text(
                    "一档只能有一个条件，而不是 {words}", "one condition a band, not {words}"
                ).with_(words=listed(words, AND)),
                *path, words[1],
            )  # fmt: skip
        test = self._condition(words[0], raw[words[0]], *path, words[0]) if words else None
        return Band(test, points, Text(raw["zh"], raw["en"]))

    def _condition(self, word: str, value: Any, *path: Step) -> Condition:
        allowed = words_for(self.spec)
        if word not in allowed:
            kind = self.spec.kind.value
            self.page.refuse(
                Text(
                    "{field} ({kind}) 可用的条件是 {allowed}，没有 {word}",
                    "{field} ({kind}) has the conditions {allowed}, not {word}",
                ).with_(field=self.spec.key, kind=kind, allowed=listed(allowed), word=word),
                *path,
            )
        if word == "unknown":
            if value is not True:
                wanted = Text(
                    "要么写 unknown = true，要么不要这一档",
                    "write unknown = true, or leave the band out",
                )
                self.page.refuse(instead(wanted, value), *path)
        elif word in DAYS:
            if type(value) is not int or abs(value) > MOST_DAYS:
                wanted = Text(
                    "{word} 需要天数（整数）", "{word} needs a whole number of days"
                ).with_(word=word)
                self.page.refuse(instead(wanted, value), *path)
        elif word in ("contains", "matches"):
            if not isinstance(value, str) or not value.strip():
                wanted = Text("{word} 需要文字", "{word} needs a text").with_(word=word)
                self.page.refuse(instead(wanted, value), *path)
            if word == "matches":
                self._check_pattern(value, *path)
        elif word == "in":
            if not isinstance(value, list) or not value:
                wanted = Text("in 需要一个取值的列表", "in needs a list of values")
                self.page.refuse(instead(wanted, value), *path)
            value = tuple(self._value("is", v, *path, n) for n, v in enumerate(value))
        else:
            value = self._value(word, value, *path)
        return Condition(word, value)

    def _check_pattern(self, pattern: str, *path: Step) -> None:
        try:
            compiled(pattern)
        except PatternError as error:
            self.page.refuse(
                Text(
                    "matches = {pattern!r} 不能使用：{told}",
                    "matches = {pattern!r} cannot be used: {told}",
                ).with_(pattern=pattern, told=error.told),
                *path,
            )

    def _value(self, word: str, value: Any, *path: Step) -> Any:
        spec = self.spec
        if spec.namespaced:
            return self._open_value(word, value, *path)
        if isinstance(value, float):
            value = Decimal(str(value))
        if not isinstance(value, (str, int, Decimal)) or (
            spec.kind in _QUOTED and not isinstance(value, str)
        ):
            wanted = (_NEEDS_TEXT if spec.kind in _QUOTED else _NEEDS_EITHER).with_(word=spec.key)
            self.page.refuse(instead(wanted, value), *path)
        text = value if isinstance(value, str) else f"{value}".lower()
        parsed = self._parsed(spec, text, *path)
        if isinstance(parsed, MoneyRange):
            return parsed.middle
        if spec.kind is Kind.TAGS:
            if len(parsed) != 1:
                example = 'in = ["展会", "会议"]'
                self.page.refuse(
                    instead(
                        Text(
                            "一段文字一个标签，如 {example}", "one tag a text, as in {example}"
                        ).with_(example=example),
                        text,
                    ),
                    *path,
                )
            return parsed[0]
        return _plain(parsed) if isinstance(parsed, Decimal) else parsed

    def _open_value(self, word: str, value: Any, *path: Step) -> Any:
        """A value for a field whose values may be of any type: what it is written as, it is."""
        if isinstance(value, bool) and word == "is":
            return value
        if isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value):
            return _plain(Decimal(str(value)))
        if not isinstance(value, str):
            wanted = _NEEDS_EITHER.with_(word=word)
            self.page.refuse(instead(wanted, value), *path)
        kind = Kind.MONEY if word in LIMITS else Kind.TEXT
        spec = FieldSpec(self.spec.key, kind, "", self.spec.label, self.spec.label)
        return self._parsed(spec, value, *path)

    def _parsed(self, spec: FieldSpec, text: str, *path: Step) -> Any:
        try:
            parsed = parse_value(spec, text, Dialect("zh", UTC, self.currency), _NO_MOMENT)
        except ValueRefusedError as error:
            zh = f"{error.field}：看不懂 {error.text!r}，应为{_expected(spec)}"
            self.page.refuse(Text(zh, str(error)), *path)
        if parsed is None or parsed == ():
            self.page.refuse(
                Text("空文字不是 {field} 的取值", "an empty text is not a value of {field}").with_(
                    field=spec.key
                ),
                *path,
            )
        return parsed


def _expected(spec: FieldSpec) -> str:
    """What a text for *spec* should look like, in Chinese."""
    if spec.kind is Kind.CHOICE:
        return "其中之一：" + "、".join(f"{c.key} ({c.label.zh})" for c in spec.choices)
    return _EXPECTED.get(spec.kind, f" {spec.kind.value}")


_EXPECTED = {
    Kind.INTEGER: "整数，如 300 或 1.2万",
    Kind.NUMBER: "数字，如 4.5",
    Kind.YES_NO: "是或否",
    Kind.MONEY: "金额，如 10万、¥100,000 或 $22,700.00",
    Kind.MONEY_RANGE: "金额或范围，如 10万-20万",
}


def points_of(page: Page, value: Any, what: str, *path: Step) -> float:
    """*value* as points. Raises ConfigError."""
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if not number or not math.isfinite(value) or abs(value) > MOST_POINTS:
        wanted = Text(
            "{what} 必须是分数，如 15", "{what} must be a number of points such as 15"
        ).with_(what=what)
        page.refuse(instead(wanted, value), *path)
    if round(value, DECIMALS) != value:
        wanted = Text("{what} 最多 {most} 位小数", "{what} has at most {most} decimals").with_(
            what=what, most=DECIMALS
        )
        page.refuse(instead(wanted, value), *path)
    return float(value) + 0.0  # no -0


def _plain(number: Decimal) -> Decimal:
    """One spelling for 5, 5.0 and 5.00, so that digests are equal."""
    return number.quantize(Decimal(1)) if number == number.to_integral() else number.normalize()


def _amounts(band: Band) -> list[Money]:
    if band.test is None:
        return []
    value = band.test.value
    return [v for v in (value if isinstance(value, tuple) else (value,)) if isinstance(v, Money)]
