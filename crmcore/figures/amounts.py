"""Exact sums of money, and what a value weighs."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Context, Decimal
from fractions import Fraction

EXACT = Context(prec=1000)
"""Adds without rounding whatever money there is."""


def weigh(amount: Decimal, chance: Fraction) -> Decimal:
    """*amount* × *chance*, rounded half up to whole units, or to the decimals that *amount* has.

    So it never weighs more than it is, and amounts that were weighed one by one add up.

    >>> weigh(Decimal(1000), Fraction(4238, 6711)), weigh(Decimal("0.60"), Fraction(9, 10))
    (Decimal('632'), Decimal('0.54'))
    """
    exponent = amount.as_tuple().exponent
    places = -exponent if isinstance(exponent, int) and exponent < 0 else 0
    scaled = Fraction(amount) * chance * 10**places
    whole = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    return EXACT.scaleb(Decimal(whole), -places)


class Sums:
    """Sums by currency."""

    __slots__ = ("_sums",)

    def __init__(self) -> None:
        self._sums: dict[str, Decimal] = {}

    def add(self, currency: str, amount: Decimal) -> None:
        """Put *amount* to the others of its currency."""
        self._sums[currency] = EXACT.add(self._sums.get(currency, Decimal(0)), amount)

    def all(self) -> Mapping[str, Decimal]:
        """The sums so far."""
        return dict(sorted(self._sums.items()))
