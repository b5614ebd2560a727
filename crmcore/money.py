"""Money as people in sales write it: `10万`, `1.5亿`, `¥100,000`, `$22,700.00`, `10万-20万`.

Amounts are exact decimals with an ISO 4217 currency code; nothing here converts currencies.
"""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation

from attrs import field, frozen

DEFAULT_CURRENCY = "CNY"

_SYMBOLS = {
    "HK$": "HKD", "US$": "USD", "NT$": "TWD", "¥": "CNY", "￥": "CNY", "$": "USD", "＄": "USD",
    "€": "EUR", "£": "GBP", "₩": "KRW", "₹": "INR",
    "人民币": "CNY", "美元": "USD", "欧元": "EUR", "港币": "HKD", "英镑": "GBP", "日元": "JPY",
}  # fmt: skip
_SIGN_OF = {"CNY": "¥", "USD": "$", "EUR": "€", "GBP": "£", "HKD": "HK$", "TWD": "NT$"}
_SUFFIXES = {"元": "CNY", "块": "CNY", "RMB": "CNY", "美金": "USD", **_SYMBOLS}
_UNITS = {
    "": 1, "千": 10**3, "万": 10**4, "萬": 10**4, "十万": 10**5, "百万": 10**6, "千万": 10**7,
    "亿": 10**8, "億": 10**8, "百亿": 10**10, "万亿": 10**12,
    "k": 10**3, "m": 10**6, "mn": 10**6, "b": 10**9, "bn": 10**9, "w": 10**4,
}  # fmt: skip
_NUMBER = re.compile(r"([+-]?)(\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+)")
_RANGE = re.compile(r"\s*(?:-|–|—|~|～|至|到|\bto\b)\s*", re.IGNORECASE)
_LARGEST = Decimal(10) ** 18


class MoneyError(ValueError):
    """A text that is not money."""


def _exact(amount: Decimal) -> Decimal:
    if not amount.is_finite() or abs(amount) >= _LARGEST:
        raise MoneyError(f"{amount} is not an amount of money below {_LARGEST:,}")
    # 100000, 1E+5 and 100000.00 are one amount; one spelling keeps bytes and hashes equal.
    return amount.quantize(Decimal(1)) if amount == amount.to_integral_value() else amount.normalize()


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

    @property
    def middle(self) -> Money:
        """The middle of the range; of an open one, its known end."""
        ends = [end for end in (self.low, self.high) if end is not None]
        return Money(sum(ends, Decimal(0)) / len(ends), self.currency)

    def __str__(self) -> str:
        return format_range(self)


def _currency_and_rest(text: str, default: str) -> tuple[str, str]:
    code = re.match(r"([A-Z]{3})\s*(?=[\d.+-])|.*?\d\s*([A-Z]{3})$", text)
    for sign, currency in _SYMBOLS.items():
        if text.startswith(sign):
            return currency, text[len(sign) :].strip()
        if text.startswith("-" + sign):
            return currency, "-" + text[len(sign) + 1 :].strip()
    for suffix, currency in _SUFFIXES.items():
        if text.endswith(suffix):
            return currency, text[: -len(suffix)].strip()
    if code and (found := code.group(1) or code.group(2)):
        return found, text.replace(found, "", 1).strip()
    if spelled := re.search(r"(?<=[\d万亿kKmM])\s*([A-Z]{3})$", text):
        return spelled.group(1), text[: spelled.start()].strip()
    return default, text


def _amount(text: str) -> tuple[Decimal, str]:
    """The number and the unit behind it, `10万` as (10, "万")."""
    found = _NUMBER.match(text)
    if not found:
        raise MoneyError(f"{text!r} does not begin with a number")
    unit = text[found.end() :].strip().casefold()
    if unit not in _UNITS:
        raise MoneyError(f"{unit!r} is not a unit of money")
    try:
        return Decimal(found.group(1) + found.group(2).replace(",", "")), unit
    except InvalidOperation as error:  # pragma: no cover - the pattern admits only numbers
        raise MoneyError(f"{text!r} is not a number") from error


def parse_money(text: str, currency: str = DEFAULT_CURRENCY) -> Money:
    """The amount *text* states, in *currency* where it names none.

    >>> parse_money("1.5亿").amount
    Decimal('150000000')
    >>> parse_money("$22,700.00")
    Money(amount=Decimal('22700'), currency='USD')

    Raises MoneyError for anything else.
    """
    found, rest = _currency_and_rest(text.strip(), currency)
    number, unit = _amount(rest)
    return Money(number * _UNITS[unit], found)


def parse_range(text: str, currency: str = DEFAULT_CURRENCY) -> MoneyRange:
    """The range *text* states: `10万-20万`, `10-20万`, `≥50万`, `20万以下`, or one amount.

    >>> str(parse_range("10-20万").middle)
    '15万'

    Raises MoneyError for anything else.
    """
    text = text.strip()
    if found := re.match(r"(?:>=?|≥|大于|不低于|over\b)\s*(.+)|(.+?)(?:以上|\+|起)$", text):
        low = parse_money((found.group(1) or found.group(2)), currency)
        return MoneyRange(low.amount, None, low.currency)
    if found := re.match(r"(?:<=?|≤|小于|不超过|under\b|up to\b)\s*(.+)|(.+?)(?:以下|以内|内)$", text):
        high = parse_money((found.group(1) or found.group(2)), currency)
        return MoneyRange(None, high.amount, high.currency)
    parts = _RANGE.split(text)
    if len(parts) != 2 or not parts[0]:
        only = parse_money(text, currency)
        return MoneyRange(only.amount, only.amount, only.currency)
    named, high_rest = _currency_and_rest(parts[1], "")
    low_currency, low_rest = _currency_and_rest(parts[0], named or currency)
    if named and named != low_currency:
        raise MoneyError(f"{text!r} mixes {low_currency} and {named}")
    high_number, high_unit = _amount(high_rest)
    low_number, low_unit = _amount(low_rest)
    # `10-20万` means 10万 to 20万: a bare first number takes the unit of the second.
    low_unit = low_unit or (high_unit if low_number <= high_number else "")
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


def format_money(money: Money, language: str = "zh") -> str:
    """*money* exactly, as that language's readers write it; `parse_money` reads it back.

    >>> format_money(Money(Decimal(100000)), "zh"), format_money(Money(Decimal(100000)), "en")
    ('10万', '¥100,000')
    """
    if language == "zh" and money.currency == "CNY" and (short := _in_units(money.amount)):
        return short
    return _plain(money.amount, money.currency)


def format_range(value: MoneyRange, language: str = "zh") -> str:
    """*value* exactly, `10万-20万`; `parse_range` reads it back."""

    def end(amount: Decimal) -> str:
        return format_money(Money(amount, value.currency), language)

    if value.low is None:
        assert value.high is not None
        return f"≤{end(value.high)}"
    if value.high is None:
        return f"≥{end(value.low)}"
    return end(value.low) if value.low == value.high else f"{end(value.low)}-{end(value.high)}"


def round_money(money: Money, language: str = "zh") -> str:
    """*money* to three or four digits for a narrow column: `1.23亿`, `¥12.3M`. Not exact."""
    units = (("亿", 10**8), ("万", 10**4)) if language == "zh" else (("M", 10**6), ("k", 10**3))
    symbol = _SIGN_OF.get(money.currency, f"{money.currency} ")
    if language == "zh" and money.currency == "CNY":
        symbol = ""
    for unit, size in units:
        if abs(money.amount) >= size:
            scaled = money.amount / size
            digits = Decimal("0.1") if abs(scaled) < 100 else Decimal(1)
            rounded = scaled.quantize(digits)
            text = f"{rounded:,f}"
            return f"{symbol}{text.removesuffix('.0')}{unit}"
    whole = money.amount.quantize(Decimal(1)) if abs(money.amount) >= 1 else money.amount.normalize()
    return f"{_SIGN_OF.get(money.currency, money.currency + ' ')}{whole:,f}"
