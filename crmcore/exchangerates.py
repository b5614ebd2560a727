"""Rates that figures are put into one currency with: given by people, never fetched or guessed."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from attrs import field, frozen

from crmcore.errors import UsageError
from crmcore.money import DEFAULT_CURRENCY, Money, MoneyError, MoneyRange, is_currency
from crmcore.text import one_line
from crmcore.wording import Text

NONE = "none"
"""Said in place of rates: currencies stay apart."""

_MOST = Decimal(10) ** 9


@frozen
class ExchangeRates:
    """What one unit of each currency in `rates` is worth in the currency `to`; others are left alone.

    >>> usual = ExchangeRates("CNY", {"USD": Decimal("7.1")})
    >>> usual.converted(Money(Decimal(100), "USD")), usual.converted(Money(Decimal(5), "EUR"))
    (Money(amount=Decimal('710'), currency='CNY'), Money(amount=Decimal('5'), currency='EUR'))
    """

    to: str = DEFAULT_CURRENCY
    rates: Mapping[str, Decimal] = field(factory=dict, hash=False)

    def __bool__(self) -> bool:
        return bool(self.rates)

    def converted(self, value: Any) -> Any:
        """*value*, money or a range of it in `to` where its rate is known; anything else as it is.

        Nothing is rounded to cents, so that sums of what was converted are what their sums convert to.
        Raises UsageError for money that gets too large.
        """
        if not isinstance(value, (Money, MoneyRange)) or value.currency not in self.rates:
            return value
        rate = self.rates[value.currency]
        try:
            if isinstance(value, Money):
                return Money(value.amount * rate, self.to)
            low, high = (None if end is None else end * rate for end in (value.low, value.high))
            return MoneyRange(low, high, self.to)
        except MoneyError as error:
            raise UsageError(
                f"{value} at {rate} {self.to} each: {error}. Correct it, or leave out that rate."
            ) from error

    def sums(self, values: Mapping[str, Decimal]) -> dict[str, Decimal]:
        """Sums by currency, those of known rates put together."""
        found: dict[str, Decimal] = {}
        for code, amount in values.items():
            to, rate = (self.to, self.rates[code]) if code in self.rates else (code, 1)
            found[to] = found.get(to, Decimal(0)) + amount * rate
        return found

    def become(self, currency: str) -> tuple[str, ...]:
        """The currencies that are told as *currency*, itself first."""
        return (currency, *(self.rates if currency == self.to else ()))

    @property
    def note(self) -> Text:
        """The rates, for readers of a figure."""
        said = ", ".join(f"1 {code} = {rate:f} {self.to}" for code, rate in self.rates.items())
        told = Text("按给定汇率折算：{rates}", "Converted at the rates given: {rates}")
        return told.with_(rates=said)


APART = ExchangeRates()
"""No rates: each currency by itself."""


def rates_from(said: Mapping[str, Any], to: str) -> ExchangeRates:
    """The rates that *said* gives by currency, as numbers or texts of them.

    Raises UsageError for what is no currency, or no rate above 0.
    """
    rates: dict[str, Decimal] = {}
    for name, value in said.items():
        code = str(name).strip().upper()
        if not is_currency(code):
            raise UsageError(f"{one_line(str(name))!r} is no currency; write a code such as USD.")
        if code == to:
            raise UsageError(f"A rate of {to} in {to} is always 1. Leave it out.")
        try:
            rate = Decimal(str(value).strip()) if not isinstance(value, bool) else Decimal(0)
        except InvalidOperation:
            rate = Decimal(0)
        if not rate.is_finite() or not 0 < rate < _MOST or len(rate.as_tuple().digits) > 12:
            raise UsageError(
                f"One {code} is worth a number of {to} above 0, such as 7.12, not "
                f"{one_line(str(value))[:40]!r}."
            )
        rates[code] = rate
    return ExchangeRates(to, rates)


def parse_rates(text: str, to: str) -> ExchangeRates:
    """The rates that *text* gives, `USD=7.12, EUR=7.8`; of `none` there are none.

    Raises UsageError like `rates_from`.
    """
    if text.strip().casefold() == NONE:
        return ExchangeRates(to)
    parts = [part.partition("=") for part in text.replace(",", " ").split()]
    if not parts or not all(mark for _, mark, _ in parts):
        raise UsageError(
            f"{one_line(text)[:60]!r} gives no rates. Write what one unit is worth in {to}, as in "
            f"USD=7.12,EUR=7.8, or {NONE}."
        )
    return rates_from({name: value for name, _, value in parts}, to)
