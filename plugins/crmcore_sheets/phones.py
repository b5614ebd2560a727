"""What a cell says of a telephone number: the number, what a spreadsheet made of it, or a mask."""

from __future__ import annotations

import re

from crmcore.errors import ValueRefusedError
from crmcore.text import half_width

MASKABLE = frozenset({"contact", "phone", "wechat", "email"})
"""The fields that a masked export hides."""

_MASK = re.compile(r"[*＊•●×xX]{3,}")
_HIDDEN_NAME = re.compile(r"\*+[^*]{1,8}|[^*]{0,8}\*{2,}.{0,8}|\w\*\w?")
_FEWEST_DIGITS = 5
_FLOAT = re.compile(r"(\d{7,15})\.0+", re.ASCII)
_EXPONENT = re.compile(r"\d(?:\.\d+)?[eE]\+?\d\d?", re.ASCII)
_NOT_QUITE_MOBILE = re.compile(r"1[3-9]\d{8}|1[3-9]\d{10}", re.ASCII)
_EXTENSION = re.compile(r"\s*(?:转|分机|ext\.?|x)\s*(?=\d{1,6}$)", re.IGNORECASE)
_PLAIN_MOBILE = re.compile(r"1[3-9]\d{9}", re.ASCII)
_LABELLED = re.compile(
    r"(?:p|t|m|tel|phone|mobile|cell|电话|手机|手机号|联系电话)\s*[:：]\s*(?=[+(]?\d)",
    re.IGNORECASE,
)
_SEVERAL = re.compile(r"[/,;、，；|\n]|\bor\b|或")


def is_masked(key: str, text: str) -> bool:
    """Whether *text*, of a field of `MASKABLE`, hides what it stands for: `138****8000`, `*经理`.

    >>> is_masked("phone", "138****8000"), is_masked("contact", "王**"), is_masked("email", "l***@x.cn")
    (True, True, True)
    """
    if text.isdigit() or (key != "phone" and "*" not in text and "＊" not in text):
        return False
    plain = half_width(text)
    if key == "contact":
        return _HIDDEN_NAME.fullmatch(plain) is not None
    if key == "phone":
        return _MASK.search(plain) is not None and any(map(str.isdigit, plain))
    return re.search(r"\*{2,}|^\*+.|.\*+@", plain) is not None


def understood_phone(text: str, country: str) -> tuple[str, str]:
    """The number in *text*, and what is to be noted ("" for nothing).

    It stays as it is written; *country* (ISO 3166, `CN`) is where numbers without a prefix belong.
    Raises ValueRefusedError for one that a spreadsheet rounded: it is another number.
    """
    if _EXPONENT.fullmatch(text):
        raise ValueRefusedError("phone", text, "all its digits; a spreadsheet rounded it")
    if found := _FLOAT.fullmatch(text):
        text = found.group(1)
    if country == "CN" and _PLAIN_MOBILE.fullmatch(text):
        return text, ""
    text = _LABELLED.sub("", " ".join(text.split()), count=1)
    if sum(character.isdigit() for character in text) < _FEWEST_DIGITS:
        return text, "does not look like a number"
    return text, _doubt(text, country)


def _doubt(text: str, country: str) -> str:
    """What speaks against *text* being a telephone number, "" for nothing."""
    try:
        import phonenumbers
    except ImportError:
        return ""
    if country == "CN" and _NOT_QUITE_MOBILE.fullmatch(text):
        return f"has {len(text)} digits, a mobile number 11"
    for part in filter(None, map(str.strip, _SEVERAL.split(half_width(text)))):
        try:
            number = phonenumbers.parse(_EXTENSION.sub(" ext. ", part), country)
        except phonenumbers.NumberParseException:
            return "does not look like a number"
        match phonenumbers.is_possible_number_with_reason(number):
            case phonenumbers.ValidationResult.TOO_SHORT:
                return f"is no number of {country}: too short"
            case phonenumbers.ValidationResult.TOO_LONG:
                return f"is no number of {country}: too long"
    return ""
