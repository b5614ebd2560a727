"""Money as JSON values, and what a customer's document is worth."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Any

from crmcore.money import DEFAULT_CURRENCY, Money, MoneyRange

_KEPT = 10_000
"""How many values are remembered: round sums come again and again."""


def money_from_json(raw: Any) -> Money:
    """The money that `money_to_json` wrote."""
    return _money(raw["amount"], raw.get("currency", DEFAULT_CURRENCY))


@lru_cache(maxsize=_KEPT)
def _money(amount: str, currency: str) -> Money:
    return Money(Decimal(amount), currency)


def range_from_json(raw: Any) -> MoneyRange:
    """The range that `range_to_json` wrote."""
    return _range(raw["low"], raw["high"], raw.get("currency", DEFAULT_CURRENCY))


@lru_cache(maxsize=_KEPT)
def _range(low: str | None, high: str | None, currency: str) -> MoneyRange:
    return MoneyRange(_end(low), _end(high), currency)


def _end(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def money_to_json(money: Money) -> dict[str, Any]:
    """`{"amount": "100000"}`, with a `currency` where it is not the usual one."""
    return _in_currency({"amount": str(money.amount)}, money.currency)


def range_to_json(money: MoneyRange) -> dict[str, Any]:
    """`{"low": "100000", "high": null}`, with a `currency` where it is not the usual one."""
    low, high = money.low, money.high
    ends = {"low": None if low is None else str(low), "high": None if high is None else str(high)}
    return _in_currency(ends, money.currency)


def _in_currency(said: dict[str, Any], currency: str) -> dict[str, Any]:
    return said if currency == DEFAULT_CURRENCY else {**said, "currency": currency}


def worth_of(doc: Mapping[str, Any]) -> Money | None:
    """`Customer.value` of a document; of its records nothing but prices is read."""
    return worth_said(said_of(doc))


def said_of(doc: Mapping[str, Any]) -> Any:
    """The JSON of the money, or the range of it, that says what a document is worth; None where none does."""
    return said_by(doc.get("price"), doc.get("proposals"), doc.get("budget"))


def said_by(price: Any, proposals: Sequence[Mapping[str, Any]] | None, budget: Any) -> Any:
    """`said_of` a document with these fields: its price, else the last one proposed, else its budget."""
    if price is not None:
        return price
    for proposal in reversed(proposals or ()):
        if (offered := proposal.get("price")) is not None:
            return offered
    return budget


def worth_said(said: Any) -> Money | None:
    """What `said_of` a document comes to."""
    if said is None:
        return None
    return money_from_json(said) if "amount" in said else range_from_json(said).middle


def worths_of(said: Sequence[Any], known: dict[int, Money | None]) -> list[Money | None]:
    """`worth_said` of each. Documents may share what says it: *known* are those by its `id`, to be kept
    for as long as the documents are."""
    told = list(map(id, said))
    new = {
        each: one for each, one in dict(zip(told, said, strict=True)).items() if each not in known
    }
    if len(known) + len(new) > _KEPT:
        known = {each: known[each] for each in set(told).intersection(known)}
    known.update({each: worth_said(one) for each, one in new.items()})
    return list(map(known.__getitem__, told))
