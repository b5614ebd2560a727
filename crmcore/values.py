"""From what people type to a field's value and back, by the field's kind."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

import attrs

from crmcore.dialect import Dialect
from crmcore.errors import ValueRefusedError
from crmcore.fieldspec import FieldSpec, Kind
from crmcore.moments import parse_moment, show_moment
from crmcore.money import (
    Money,
    MoneyRange,
    format_money,
    format_range,
    parse_money,
    parse_range,
)
from crmcore.text import clean, half_width
from crmcore.wording import Text

YES = Text("是", "yes")
NO = Text("否", "no")
YES_WORDS = frozenset({"是", "yes", "y", "true", "1", "有", "对"})
NO_WORDS = frozenset({"否", "no", "n", "false", "0", "无", "不"})
_TAG_SPLIT = re.compile(r"[;,；，、|\n]+")
_DIGITS = r"[+-]?(?:\d{1,3}(?:,\d{3})+|\d+)"
_COUNT = re.compile(rf"({_DIGITS})(?:\.0+)?\s*(?:人|名|分)?", re.ASCII)
_DECIMAL = re.compile(rf"{_DIGITS}(?:\.\d+)?|[+-]?\.\d+", re.ASCII)
_LONGEST_NUMBER = 24


def parse_value(spec: FieldSpec, text: str, dialect: Dialect, now: datetime) -> Any:
    """The value that *text* means for the field *spec*; None for an empty text.

    Relative dates count from *now*; money without a currency is in the dialect's. Raises
    ValueRefusedError naming the field, the text and what was expected.
    """
    cleaned = clean(text)
    if not cleaned:
        return () if spec.kind in (Kind.TAGS, Kind.RECORDS) else None
    try:
        return _parse(spec, cleaned, dialect, now)
    except ValueError as error:  # MoneyError and MomentError are ValueErrors
        raise ValueRefusedError(spec.key, cleaned, expected(spec, dialect)) from error


def _parse(spec: FieldSpec, text: str, dialect: Dialect, now: datetime) -> Any:
    match spec.kind:
        case Kind.TEXT:
            return " ".join(text.split())
        case Kind.LONG_TEXT:
            return text
        case Kind.INTEGER:
            return int(_number(_COUNT, text).group(1).replace(",", ""))
        case Kind.NUMBER:
            return Decimal(_number(_DECIMAL, text).group().replace(",", ""))
        case Kind.YES_NO:
            return _yes_no(text)
        case Kind.MONEY:
            return parse_money(text, dialect.currency)
        case Kind.MONEY_RANGE:
            return parse_range(text, dialect.currency)
        case Kind.MOMENT:
            return parse_moment(text, now, dialect.zone)
        case Kind.CHOICE:
            if choice := spec.choice(text):
                return choice.key
            raise ValueError(text)
        case Kind.TAGS:
            tags = (tag.lstrip("# \t＃").rstrip() for tag in _TAG_SPLIT.split(text))
            return tuple(dict.fromkeys(tag for tag in tags if tag))
        case Kind.RECORD | Kind.RECORDS:
            raise ValueError(text)


def _number(pattern: re.Pattern[str], text: str) -> re.Match[str]:
    found = pattern.fullmatch(half_width(text))
    if not found or len(text) > _LONGEST_NUMBER:
        raise ValueError(text)
    return found


def _yes_no(text: str) -> bool:
    word = text.casefold()
    if word in YES_WORDS | NO_WORDS:
        return word in YES_WORDS
    raise ValueError(text)


_EXPECTED = {
    Kind.TEXT: "text",
    Kind.LONG_TEXT: "text",
    Kind.INTEGER: "a whole number such as 500",
    Kind.NUMBER: "a number such as 0.5",
    Kind.YES_NO: "yes or no (是 or 否)",
    Kind.MONEY: "money such as 10万, ¥100,000 or $22,700.00",
    Kind.MONEY_RANGE: "money or a range such as 10万-20万 or $10k-$20k",
    Kind.MOMENT: "a date or time such as 2026-12-01, 2026-12-01 14:30, 明天 or +3d",
    Kind.TAGS: "tags separated by ;",
    Kind.RECORD: "nothing: it is recorded by its own command",
    Kind.RECORDS: "nothing: it is recorded by its own command (log, propose, object, clause)",
}


def expected(spec: FieldSpec, dialect: Dialect) -> str:
    """What a text for the field *spec* should look like, in a few words."""
    if spec.kind is Kind.CHOICE:
        return "one of " + ", ".join(f"{c.key} ({dialect.say(c.label)})" for c in spec.choices)
    return _EXPECTED[spec.kind]


def show_value(spec: FieldSpec, value: Any, dialect: Dialect) -> str:
    """*value* as text in the dialect's language, "" when unknown; `parse_value` reads it back.

    Records are shown one a line and are not read back.
    """
    if value is None or value == ():
        return ""
    if isinstance(value, Money):
        return format_money(value, dialect.language, dialect.currency)
    if isinstance(value, MoneyRange):
        return format_range(value, dialect.language, dialect.currency)
    if isinstance(value, datetime):
        return show_moment(value, dialect.zone)
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, bool):
        return dialect.say(YES if value else NO)
    if spec.kind is Kind.CHOICE:
        found = spec.choice(str(value))
        return dialect.say(found.label) if found else str(value)
    if isinstance(value, (dict, list)):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, Sequence) and not isinstance(value, str):
        joint = "\n" if spec.kind is Kind.RECORDS else "; "
        return joint.join(show_record(item, dialect) for item in value)
    return show_record(value, dialect)


def show_record(record: Any, dialect: Dialect) -> str:
    """One nested record on one line: its known parts, in order."""
    if not attrs.has(type(record)):
        return str(record)
    anonymous = FieldSpec("", Kind.TEXT, "", Text("", ""), Text("", ""))
    parts = (getattr(record, attribute.name) for attribute in attrs.fields(type(record)))
    return " · ".join(
        show_value(anonymous, part, dialect)
        for part in parts
        if part not in (None, "", ()) and part is not False
    )
