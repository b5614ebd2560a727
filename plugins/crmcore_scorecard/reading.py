"""From a scorecard's file to a scorecard, or to what is wrong with it, and where."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from itertools import pairwise
from typing import Any, NoReturn

from crmcore.customer import GRADES
from crmcore.dialect import Dialect
from crmcore.errors import ConfigError, UnknownFieldError, ValueRefusedError
from crmcore.fields import FieldCatalogue
from crmcore.fieldspec import FieldSpec, Kind, Verb
from crmcore.money import DEFAULT_CURRENCY
from crmcore.query import Compare, Op
from crmcore.text import nearest, one_line
from crmcore.values import parse_value
from crmcore.wording import Text
from crmcore_scorecard.card import Band, Rule, Scorecard, Threshold
from crmcore_scorecard.lines import Lines

_MOST_POINTS = 1_000_000
_OPS: dict[str, Op] = {
    "is": "=", "in": "in", "at_least": ">=", "more_than": ">", "at_most": "<=", "less_than": "<",
    "contains": "contains",
}  # fmt: skip
_NUMERIC = ("at_least", "more_than", "at_most", "less_than", "is", "in")
_TESTS = {
    Kind.CHOICE: ("is", "in"),
    Kind.YES_NO: ("is", "in"),
    Kind.TEXT: ("is", "in", "contains"),
    Kind.LONG_TEXT: ("is", "in", "contains"),
    Kind.TAGS: ("is", "in", "contains"),
    Kind.INTEGER: _NUMERIC,
    Kind.NUMBER: _NUMERIC,
    Kind.MONEY: _NUMERIC,
    Kind.MONEY_RANGE: _NUMERIC,
}
_CARD_KEYS = ("name", "version", "label", "industries", "currency", "grades", "rule")
_RULE_KEYS = ("key", "field", "bands")
_BAND_KEYS = ("points", "zh", "en", *_OPS)
_NO_MOMENT = datetime(2000, 1, 1, tzinfo=UTC)


def read_card(text: str, source: str) -> Scorecard:
    """The scorecard that *text* holds; *source* is what errors call its file.

    Raises ConfigError with the file, the line where it can be told, and what was expected.
    """
    return _Reader(text, source).card()


class _Reader:
    def __init__(self, text: str, source: str) -> None:
        self._source = source
        self._lines = Lines(text)
        try:
            self._raw = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            raise ConfigError(f"The scorecard {source} is not TOML: {error}.") from error
        self._fields = FieldCatalogue()
        self._rule_count = 0

    def _fail(self, line: int | None, message: str) -> NoReturn:
        where = f", line {line}" if line else ""
        raise ConfigError(f"The scorecard {self._source}{where}: {message}.")

    def card(self) -> Scorecard:
        raw = self._raw
        for key in raw:
            if key not in _CARD_KEYS:
                line = self._lines.key(key) or self._lines.table(key)
                self._fail(line, _unknown(key, _CARD_KEYS))
        rules = self._rules(raw.get("rule"))
        return Scorecard(
            name=self._text(raw, "name"),
            version=self._text(raw, "version"),
            label=self._label(raw.get("label")),
            rules=rules,
            thresholds=self._thresholds(raw.get("grades"), sum(rule.best for rule in rules)),
            lowest=GRADES[-1].key,
            industries=self._industries(raw.get("industries", [])),
        )

    def _text(self, table: Mapping[str, Any], key: str) -> str:
        value = table.get(key)
        if not isinstance(value, str) or not value.strip() or value != one_line(value):
            found = "it is missing" if value is None else f"not {value!r}"
            self._fail(self._lines.key(key), f'{key} must be a text, as in {key} = "…", {found}')
        return value

    def _label(self, value: Any) -> Text:
        if not _is_wording(value):
            self._fail(self._lines.key("label"), 'label must be { zh = "…", en = "…" }')
        return Text(value["zh"], value["en"])

    def _industries(self, value: Any) -> tuple[str, ...]:
        if not isinstance(value, list) or not all(isinstance(name, str) for name in value):
            self._fail(self._lines.key("industries"), 'industries must be a list, as in ["制造业"]')
        return tuple(value)

    def _thresholds(self, value: Any, best: float) -> tuple[Threshold, ...]:
        grades = [choice.key for choice in GRADES[:-1]]
        example = "[grades] with A = 70 and B = 40; what is below is C"
        if not isinstance(value, dict) or set(value) != set(grades):
            line = self._lines.table("grades") or self._lines.key("grades")
            self._fail(line, f"it needs {example}")
        thresholds = tuple(
            Threshold(key, self._points(value[key], key, self._lines.key(key, "grades")))
            for key in grades
        )
        for higher, lower in pairwise(thresholds):
            if higher.points <= lower.points:
                self._fail(
                    self._lines.key(higher.grade, "grades"),
                    f"{higher.grade} must begin above {lower.grade}, as in A = 70 and B = 40; "
                    f"{higher.points:g} is not above {lower.points:g}",
                )
        if thresholds[0].points > best:
            self._fail(
                self._lines.key(thresholds[0].grade, "grades"),
                f"nobody can reach {thresholds[0].points:g} points: the best case of all rules "
                f"is {best:g}",
            )
        return thresholds

    def _points(self, value: Any, what: str, line: int | None) -> float:
        number = isinstance(value, (int, float)) and not isinstance(value, bool)
        if not number or not math.isfinite(value) or abs(value) > _MOST_POINTS:
            found = "it is missing" if value is None else f"not {value!r}"
            self._fail(line, f"{what} must be a number of points such as 15, {found}")
        return float(value)

    def _rules(self, value: Any) -> tuple[Rule, ...]:
        if not isinstance(value, list) or not value or not all(isinstance(r, dict) for r in value):
            self._fail(self._lines.key("rule"), "it needs rules, each begun by [[rule]]")
        self._rule_count = len(value)
        rules = tuple(self._rule(number, raw) for number, raw in enumerate(value))
        keys = [rule.key for rule in rules]
        for number, key in enumerate(keys):
            if key in keys[:number]:
                line = self._lines.rule(number, len(rules))
                self._fail(line, f'there are two rules {key!r}; name this one apart: key = "…"')
        return rules

    def _rule(self, number: int, raw: Mapping[str, Any]) -> Rule:
        def line(key: str = "") -> int | None:
            return self._lines.rule(number, self._rule_count, key)

        for key in raw:
            if key not in _RULE_KEYS:
                self._fail(line(key), _unknown(key, _RULE_KEYS))
        name = raw.get("field")
        if not isinstance(name, str):
            self._fail(
                line("field"), 'a rule needs the field it looks at, as in field = "employees"'
            )
        try:
            spec = self._fields.named(name)
        except UnknownFieldError as error:
            self._fail(line("field"), str(error).rstrip("."))
        if spec.kind not in _TESTS or spec.verb is Verb.GRADE:
            self._fail(line("field"), f"a rule cannot look at {spec.key} ({spec.kind.value})")
        key = raw.get("key", spec.key)
        if not isinstance(key, str) or not key or key != one_line(key):
            self._fail(line("key"), f"key must be a text, not {key!r}")
        bands = raw.get("bands")
        if not isinstance(bands, list) or not bands or not all(isinstance(b, dict) for b in bands):
            self._fail(
                line("bands"), "a rule needs bands = [ { … points = 10, zh = …, en = … }, … ]"
            )
        read = tuple(self._band(spec, number, place, bands) for place in range(len(bands)))
        for place, band in enumerate(read):
            if (band.test is None) != (place == len(read) - 1):
                self._fail(
                    self._lines.band(number, self._rule_count, place, len(bands)),
                    "the last band, and no other, has no condition: it takes the values left",
                )
        return Rule(key, spec.key, spec.label, read)

    def _band(self, spec: FieldSpec, rule: int, place: int, bands: Sequence[Any]) -> Band:
        raw = bands[place]
        line = self._lines.band(rule, self._rule_count, place, len(bands))
        for key in raw:
            if key not in _BAND_KEYS:
                self._fail(line, _unknown(key, _BAND_KEYS))
        points = self._points(raw.get("points"), "points", line)
        if not _is_wording({key: raw.get(key) for key in ("zh", "en")}):
            self._fail(line, 'a band needs its reason in both languages: zh = "…", en = "…"')
        tests = [key for key in raw if key in _OPS]
        if len(tests) > 1:
            self._fail(line, f"one condition a band, not {' and '.join(tests)}")
        test = self._test(spec, tests[0], raw[tests[0]], line) if tests else None
        return Band(test, points, Text(raw["zh"], raw["en"]))

    def _test(self, spec: FieldSpec, word: str, value: Any, line: int | None) -> Compare:
        allowed = tuple(_OPS) if spec.namespaced else _TESTS[spec.kind]
        if word not in allowed:
            self._fail(
                line, f"{spec.key} ({spec.kind.value}) has the conditions {', '.join(allowed)}"
            )
        if word == "contains":
            if not isinstance(value, str) or not value:
                self._fail(line, f"contains needs a text, not {value!r}")
            return Compare(spec.key, "contains", value)
        if word == "in":
            if not isinstance(value, list) or not value:
                self._fail(line, f"in needs a list of values, not {value!r}")
            return Compare(spec.key, "in", tuple(self._value(spec, v, line) for v in value))
        return Compare(spec.key, _OPS[word], self._value(spec, value, line))

    def _value(self, spec: FieldSpec, value: Any, line: int | None) -> Any:
        if isinstance(value, float):
            value = Decimal(str(value))
        if not isinstance(value, (str, int, Decimal)):
            self._fail(line, f"{value!r} is not a value of {spec.key}")
        if spec.namespaced and not isinstance(value, str):
            return value
        text = value if isinstance(value, str) else str(value).lower()
        currency = self._raw.get("currency", DEFAULT_CURRENCY)
        if not isinstance(currency, str) or len(currency) != 3 or not currency.isupper():
            self._fail(
                self._lines.key("currency"),
                f"currency must be a code such as CNY, not {currency!r}",
            )
        try:
            parsed = parse_value(spec, text, Dialect("zh", UTC, currency), _NO_MOMENT)
        except ValueRefusedError as error:
            self._fail(line, str(error).rstrip("."))
        if parsed is None or parsed == ():
            self._fail(line, f"an empty text is not a value of {spec.key}")
        return parsed[0] if spec.kind is Kind.TAGS else parsed


def _is_wording(value: Any) -> bool:
    return (
        isinstance(value, dict)
        and set(value) == {"zh", "en"}
        and all(isinstance(text, str) and text.strip() for text in value.values())
    )


def _unknown(key: str, known: Sequence[str]) -> str:
    near = nearest(key, known)
    hint = f"did you mean {' or '.join(near)}?" if near else f"known are {', '.join(known)}"
    return f"{key!r} is not known here; {hint}"
