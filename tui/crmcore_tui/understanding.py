"""What was understood of a text that is being typed, for people; pure."""

from __future__ import annotations

import re
from datetime import datetime

from crmcore.dialect import Dialect
from crmcore.errors import ValueRefusedError
from crmcore.fieldspec import FieldSpec, Kind
from crmcore.moments import show_moment
from crmcore.money import Money, MoneyRange
from crmcore.text import half_width, one_line
from crmcore.values import parse_value, show_value
from crmcore_tui import formwordings as fw
from crmcore_tui import wordings as words
from crmcore_tui.formfields import FormField

_PHONE = re.compile(r"\+?[\d\s()\-.]{6,}(?:(?:#|x|ext\.?|转)\s*\d+)?", re.ASCII | re.IGNORECASE)
_FEWEST_DIGITS = 7
_EMAIL = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+")


def understood(field: FormField, text: str, dialect: Dialect, now: datetime) -> str:
    """What *text* means in this field, "" where that is plain or nothing is understood.

    A day with its weekday and how far away it is, an amount in digits, tags one by one; of a number
    or an address that does not look like one, that.
    """
    spec = field.spec
    if spec is None or not text.strip() or field.choices:
        return ""
    if spec.key in _LOOKS:
        looks_right, says = _LOOKS[spec.key]
        return "" if looks_right(half_width(text).strip()) else f"? {dialect.say(says)}"
    try:
        value = parse_value(spec, text, dialect, now)
    except ValueRefusedError:
        return ""
    meaning = _meaning(spec, value, dialect, now)
    return "" if not meaning or meaning == text.strip() else f"= {one_line(meaning)}"


def _meaning(spec: FieldSpec, value: object, dialect: Dialect, now: datetime) -> str:
    match value:
        case datetime():
            return _day(value, dialect, now)
        case Money():
            return f"{value.currency} {value.amount:,f}"
        case MoneyRange(low=None):
            return f"{value.currency} ≤ {value.high:,f}"
        case MoneyRange(high=None):
            return f"{value.currency} ≥ {value.low:,f}"
        case MoneyRange() if value.low == value.high:
            return f"{value.currency} {value.low:,f}"
        case MoneyRange():
            return f"{value.currency} {value.low:,f} – {value.high:,f}"
        case tuple():
            return " ".join(f"#{tag}" for tag in value)
        case _ if spec.kind in (Kind.INTEGER, Kind.NUMBER):
            return show_value(spec, value, dialect)
    return ""


def _day(moment: datetime, dialect: Dialect, now: datetime) -> str:
    say, local = dialect.say, moment.astimezone(dialect.zone)
    days = (local.date() - now.astimezone(dialect.zone).date()).days
    near = {0: words.TODAY, 1: words.TOMORROW}.get(days)
    if near is None:
        near = (fw.IN_DAYS if days > 0 else fw.DAYS_PAST).with_(n=f"{abs(days):,}")
    weekday = say(fw.WEEKDAYS[local.weekday()])
    return f"{show_moment(moment, dialect.zone)} {weekday} · {say(near)}"


def _phone(text: str) -> bool:
    parts = re.split(r"[,;/、，；]", text)
    return all(
        _PHONE.fullmatch(part.strip()) and sum(c.isdigit() for c in part) >= _FEWEST_DIGITS
        for part in parts
    )


def _email(text: str) -> bool:
    return bool(_EMAIL.fullmatch(text))


_LOOKS = {"phone": (_phone, fw.NO_PHONE), "email": (_email, fw.NO_EMAIL)}
