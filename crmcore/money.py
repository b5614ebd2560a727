"""Money as people in sales write it: `10万`, `1.5亿`, `¥100,000`, `$22,700.00`, `10万-20万`.

Amounts are exact decimals with an ISO 4217 currency code; nothing here converts currencies, which
`crmcore.exchangerates` does where people give rates.
"""

from __future__ import annotations

import re
from decimal import Decimal
from functools import cached_property

from attrs import field, frozen

from crmcore.text import half_width

DEFAULT_CURRENCY = "CNY"

_NAMES = {
    "HK$": "HKD", "US$": "USD", "NT$": "TWD", "¥": "CNY", "￥": "CNY", "$": "USD", "€": "EUR",
    "£": "GBP", "₩": "KRW", "₹": "INR", "人民币": "CNY", "美元": "USD", "美金": "USD", "欧元": "EUR",
    "港币": "HKD", "港元": "HKD", "英镑": "GBP", "日元": "JPY", "RMB": "CNY", "rmb": "CNY",
    "A$": "AUD", "AU$": "AUD", "C$": "CAD", "CA$": "CAD", "S$": "SGD", "R$": "BRL", "CN¥": "CNY", "JP¥": "JPY",
}  # fmt: skip
_BARE_UNITS = {"元": "CNY", "块": "CNY"}
# The longest first: 美元 before 元.
_AT_START = sorted(_NAMES.items(), key=lambda item: -len(item[0]))
_AT_END = sorted({**_NAMES, **_BARE_UNITS}.items(), key=lambda item: -len(item[0]))
_SIGN_OF = {"CNY": "¥", "USD": "$", "EUR": "€", "GBP": "£", "HKD": "HK$", "TWD": "NT$"}
_ISO_4217 = (
    "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN "
    "BZD CAD CDF CHF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL "
    "GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF "
    "KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN "
    "MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD "
    "SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX "
    "USD UYU UZS VES VND VUV WST XAF XCD XOF XPF YER ZAR ZMW ZWG"
)
_CODES = frozenset(_ISO_4217.split())
_UNITS = {
    "": 1, "千": 10**3, "万": 10**4, "萬": 10**4, "十万": 10**5, "百万": 10**6, "千万": 10**7,
    "亿": 10**8, "億": 10**8, "百亿": 10**10, "万亿": 10**12,
    "k": 10**3, "m": 10**6, "mn": 10**6, "b": 10**9, "bn": 10**9, "w": 10**4,
}  # fmt: skip
# ASCII digits only: what other scripts call digits is more often a pasting accident than money.
_NUMBER = re.compile(
    r"([+-]?)("
    r"(?:\d{1,3}(?:,\d{3})+(?:\.\d+)?"
    r"|\d{1,3}(?:\.\d{3})+,\d{1,2}|\d{1,3}(?:\.\d{3}){2,}|\d+,\d\d$"  # 1.234,56
    r"|\d{1,3}(?:[ '’]\d{3})+(?:[.,]\d{1,2})?)(?!\d|[.,'’ ]\d)"  # 1 234,56 and 1'234.56
    r"|\d+(?:\.\d+)?|\.\d+)",
    re.ASCII,
)
_COMMA_IS_POINT = re.compile(r",\d{1,2}$|\.\d{3}\.", re.ASCII)
# The first part of a range holds a digit, so that the minus of `-5万-10万` does not divide it.
_RANGE = re.compile(r"(.*?\d.*?)\s*(?:-|–|—|~|至|到|\bto\b)\s*(.+)", re.IGNORECASE | re.ASCII)
_LARGEST = Decimal(10) ** 18
_MOST_DIGITS = 28
_LONGEST_TEXT = 80


class MoneyError(ValueError):
    """A text that is not money."""


def is_currency(code: str) -> bool:
    """Whether *code* is one of ISO 4217, `USD`."""
    return code in _CODES


def is_sign(text: str) -> bool:
    """Whether *text* is a sign or a Chinese name of a currency, `$` or `美元`."""
    return text.upper() in _NAMES


def _exact(amount: Decimal) -> Decimal:
    if not amount.is_finite() or abs(amount) >= _LARGEST:
        raise MoneyError(f"{amount} is not an amount of money below {_LARGEST:,}")
    # 100000, 1E+5 and 100000.00 are one amount; one spelling keeps bytes and hashes equal.
    whole = amount == amount.to_integral_value()
    return (amount.quantize(Decimal(1)) if whole else amount.normalize()) + 0  # no -0


@frozen
class Money:
    """An amount in one currency (ISO 4217 code)."""

    amount: Decimal = field(converter=_exact)
    currency: str = DEFAULT_CURRENCY

    def __str__(self) -> str:
        return format_money(self)


def _exact_end(amount: Decimal | None) -> Decimal | None:
    return None if amount is None else _exact(amount)


@frozen
class MoneyRange:
    """A range such as a budget, in one currency; an end that is None is open."""

    low: Decimal | None = field(converter=_exact_end)
    high: Decimal | None = field(converter=_exact_end)
    currency: str = DEFAULT_CURRENCY

    def __attrs_post_init__(self) -> None:
        if self.low is None and self.high is None:
            raise MoneyError("a range of money needs at least one end")
        if self.low is not None and self.high is not None and self.low > self.high:
            raise MoneyError(f"the range {self.low}-{self.high} runs backwards")

    @cached_property
    def middle(self) -> Money:
        """The middle of the range; of an open one, its known end."""
        ends = [end for end in (self.low, self.high) if end is not None]
        return Money(sum(ends, Decimal(0)) / len(ends), self.currency)

    def __str__(self) -> str:
        return format_range(self)


def _named(text: str, at_end: bool) -> tuple[str, str]:
    """The currency named at one end of *text* ("" for none), and what is left of it."""
    for name, currency in _AT_END if at_end else _AT_START:
        if at_end and text.endswith(name):
            return currency, text[: -len(name)].rstrip()
        if not at_end and text.startswith(name):
            return currency, text[len(name) :].lstrip()
    code, rest = (text[-3:], text[:-3]) if at_end else (text[:3], text[3:])
    return (code.upper(), rest.strip()) if code.upper() in _CODES else ("", text)


def _currency_and_rest(text: str, default: str) -> tuple[str, str]:
    """The currency *text* names, else *default*, and the signed number with its unit."""
    minus = "-" if text.startswith("-") else ""
    before, rest = _named(text.removeprefix("-").lstrip(), at_end=False)
    after, rest = _named(rest, at_end=True)
    if before and after and before != after:
        raise MoneyError(f"{text!r} names both {before} and {after}")
    return before or after or default, minus + rest


def _amount(text: str) -> tuple[Decimal, str]:
    """The number and the unit behind it, `10万` as (10, "万")."""
    found = _NUMBER.match(text)
    if not found:
        raise MoneyError(f"{text!r} does not begin with a number")
    unit = text[found.end() :].strip().casefold()
    if unit not in _UNITS:
        raise MoneyError(f"{unit!r} is not a unit of money")
    number = _with_point(found.group(2))
    if len(number) > _MOST_DIGITS:
        raise MoneyError(f"{text!r} has more than {_MOST_DIGITS} digits")
    return Decimal(found.group(1) + number), unit


def _with_point(number: str) -> str:
    """*number* without what groups its digits, and with a point before its decimals."""
    if _COMMA_IS_POINT.search(number):
        number = number.replace(".", "").replace(",", ".")
    return re.sub(r"[, '’]", "", number)


def _plain_text(text: str) -> str:
    if len(text) > _LONGEST_TEXT:
        raise MoneyError("a text this long is not money")
    return half_width(text).strip()


def parse_money(text: str, currency: str = DEFAULT_CURRENCY) -> Money:
    """The amount *text* states, in *currency* where it names none.

    >>> parse_money("1.5亿").amount
    Decimal('150000000')
    >>> parse_money("$22,700.00")
    Money(amount=Decimal('22700'), currency='USD')

    Raises MoneyError for anything else.
    """
    found, rest = _currency_and_rest(_plain_text(text), currency)
    number, unit = _amount(rest)
    return Money(number * _UNITS[unit], found)


def parse_range(text: str, currency: str = DEFAULT_CURRENCY) -> MoneyRange:
    """The range *text* states: `10万-20万`, `10-20万`, `≥50万`, `20万以下`, or one amount.

    >>> str(parse_range("10-20万").middle)
    '15万'

    Raises MoneyError for anything else.
    """
    text = _plain_text(text)
    if found := re.match(r"(?:>=?|≥|大于|不低于|over\b)\s*(.+)|(.+?)(?:以上|\+|起)$", text):
        low = parse_money((found.group(1) or found.group(2)), currency)
        return MoneyRange(low.amount, None, low.currency)
    if found := re.match(
        r"(?:<=?|≤|小于|不超过|under\b|up to\b)\s*(.+)|(.+?)(?:以下|以内|内)$", text
    ):
        high = parse_money((found.group(1) or found.group(2)), currency)
        return MoneyRange(None, high.amount, high.currency)
    parts = _RANGE.fullmatch(text)
    if not parts:
        only = parse_money(text, currency)
        return MoneyRange(only.amount, only.amount, only.currency)
    low_text, high_text = parts.groups()
    named, high_rest = _currency_and_rest(high_text, "")
    low_currency, low_rest = _currency_and_rest(low_text, named or currency)
    if named and named != low_currency:
        raise MoneyError(f"{text!r} mixes {low_currency} and {named}")
    high_number, high_unit = _amount(high_rest)
    low_number, low_unit = _amount(low_rest)
    # `10-20万` means 10万 to 20万: a bare first number takes the unit of the second; `10元` is not bare.
    bare = not low_unit and not low_text.endswith(tuple(_BARE_UNITS))
    low_unit = high_unit if bare and low_number <= high_number else low_unit
    return MoneyRange(low_number * _UNITS[low_unit], high_number * _UNITS[high_unit], low_currency)


def _plain(amount: Decimal, currency: str) -> str:
    sign = "-" if amount < 0 else ""
    number = f"{abs(amount):,f}"
    symbol = _SIGN_OF.get(currency, f"{currency} ")
    return f"{sign}{symbol}{number}"


def _in_units(amount: Decimal) -> str | None:
    for unit, size in (("亿", 10**8), ("万", 10**4)):
        scaled = amount / size
        if abs(scaled) >= 1 and scaled == scaled.quantize(Decimal("0.01")):
            return f"{scaled.normalize():f}{unit}"
    return None


def format_money(money: Money, language: str = "zh", home: str = DEFAULT_CURRENCY) -> str:
    """*money* exactly, as that language's readers write it; `parse_money(…, home)` reads it back.

    >>> format_money(Money(Decimal(100000)), "zh"), format_money(Money(Decimal(100000)), "en")
    ('10万', '¥100,000')
    """
    if language == "zh" and money.currency == "CNY" and (short := _in_units(abs(money.amount))):
        # Where another currency is meant by a bare number, this one says which it is.
        return ("-" if money.amount < 0 else "") + ("" if home == "CNY" else "¥") + short
    return _plain(money.amount, money.currency)


def format_range(value: MoneyRange, language: str = "zh", home: str = DEFAULT_CURRENCY) -> str:
    """*value* exactly, `10万-20万`; `parse_range(…, home)` reads it back."""

    def end(amount: Decimal) -> str:
        return format_money(Money(amount, value.currency), language, home)

    if value.low is None:
        assert value.high is not None
        return f"≤{end(value.high)}"
    if value.high is None:
        return f"≥{end(value.low)}"
    low, high = end(value.low), end(value.high)
    if low[-1].isdigit() and not high[-1].isdigit():
        low = low.replace("¥", "") + "元"  # `¥5-20万` would be read as 5万 to 20万
    return low if value.low == value.high else f"{low}-{high}"


def round_money(money: Money, language: str = "zh") -> str:
    """*money* to three or four digits for a narrow column: `1.2亿`, `¥12.3M`. Not exact."""
    # Each unit begins where the smaller one would round up to it.
    units = (
        (("亿", 10**8, 99_995_000), ("万", 10**4, 10**4))
        if language == "zh"
        else (("M", 10**6, 999_500), ("k", 10**3, 10**3))
    )
    sign = "-" if money.amount < 0 else ""
    symbol = _SIGN_OF.get(money.currency, f"{money.currency} ")
    size = abs(money.amount)
    for unit, scale, begin in units:
        if size >= begin:
            scaled = size / scale
            text = f"{scaled.quantize(Decimal('0.1') if scaled < 100 else Decimal(1)):,f}"
            bare = language == "zh" and money.currency == "CNY"
            return f"{sign}{'' if bare else symbol}{text.removesuffix('.0')}{unit}"
    whole = size.quantize(Decimal(1)) if size >= 1 else size.normalize()
    return f"{sign}{symbol}{whole:,f}"
