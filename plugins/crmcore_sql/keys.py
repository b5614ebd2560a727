"""Values as text that sorts as the values do: one form for every database.

A database compares these by code point (SQLite's BINARY, PostgreSQL's "C" collation), and so answers
as `crmcore.evaluate` does, without decimals, time zones or collations of its own getting in between.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any
from urllib.parse import quote

from crmcore.codec import moment_from_json, moment_to_json
from crmcore.evaluate import searchable, sort_key
from crmcore.fieldspec import FieldSpec, Kind, Verb
from crmcore.money import Money, MoneyRange

TEXTS = (Kind.TEXT, Kind.LONG_TEXT)
NUMBERS = (Kind.INTEGER, Kind.NUMBER, Kind.YES_NO)
MONEYS = (Kind.MONEY, Kind.MONEY_RANGE)
SEVERAL = (Kind.TAGS, Kind.RECORDS)
RANK = 4
"""How much of a choice's key is its rank, the `:` included."""
FRACTIONS = 10**9
"""Parts of one unit of money in which sums are kept exactly."""

Key = str | list[str] | None
"""The key text of a value, those of several, or None where the value is not of its field's kind."""

_NINES = str.maketrans("0123456789", "9876543210")


def number_text(number: Decimal | int | float) -> str:
    """*number* as text: `p0212.5`, how many whole digits before them; negatives (`n`) complemented."""
    exact = Decimal(repr(number)) if isinstance(number, float) else Decimal(number)
    whole, _, fraction = f"{abs(exact):f}".partition(".")
    digits = f"{len(whole):02}{whole}"
    if fraction.strip("0"):
        digits += "." + fraction.rstrip("0")
    # `~` sorts after every digit: of two negatives the one with more decimals is the smaller.
    return f"p{digits}" if exact >= 0 else f"n{digits.translate(_NINES)}~"


def integer_of(text: str) -> int:
    """The whole number that `number_text` wrote."""
    return int(text[3:]) if text[0] == "p" else -int(text[1:-1].translate(_NINES)[2:])


def moment_text(moment: datetime) -> str:
    """*moment* in UTC, `2024-05-01T02:00:00`, with microseconds where there are any."""
    return moment_to_json(moment)[:-1]


def rank_text(spec: FieldSpec, value: Any) -> str:
    """The rank of a choice, three digits."""
    return f"{sort_key(spec, value):03}"


def key_text(spec: FieldSpec, value: Any) -> str | None:
    """*value* of a field with one value as text; None for a value that is not of its kind."""
    if spec.kind in TEXTS:
        return value if isinstance(value, str) else None
    if spec.kind is Kind.CHOICE:
        return f"{rank_text(spec, value)}:{value}" if isinstance(value, str) else None
    if spec.kind in MONEYS:
        return _key_of_money(value)
    if spec.kind is Kind.MOMENT:
        return moment_text(value) if isinstance(value, datetime) else None
    if spec.kind in NUMBERS and isinstance(value, (int, Decimal)):
        return number_text(value)
    return None


def indexable(spec: FieldSpec | None) -> bool:
    """Whether the database can answer questions about the field itself."""
    if spec is None or spec.key == "revision":
        return False
    computed_by_plugin = spec.verb is Verb.COMPUTED and spec.namespaced
    return spec.kind is not Kind.RECORD and not computed_by_plugin


def json_name(key: str) -> str:
    """How the field *key* is called within a JSON column: without quotes or backslashes."""
    return quote(key, safe="")


def keyer(spec: FieldSpec) -> Callable[[Any], Key]:
    """What gives the key of a known value of the field *spec*."""
    if spec.kind in SEVERAL:
        return _keys_of_several
    if spec.kind in MONEYS and not spec.namespaced:
        return _key_of_money
    if spec.kind is Kind.CHOICE or (spec.kind in NUMBERS and not spec.namespaced):
        return lru_cache(maxsize=1000, typed=True)(lambda value: key_text(spec, value))
    return lambda value: key_text(spec, value)


def json_keyer(spec: FieldSpec) -> Callable[[Any], Key] | None:
    """As `keyer`, from the value's JSON in a customer's document; None where that says too little.

    What plugins describe may be of any kind there.
    """
    if spec.namespaced or spec.verb is Verb.COMPUTED:
        return None
    if spec.kind is Kind.CHOICE:
        return keyer(spec)
    return _key_of_moment_json if spec.kind is Kind.MOMENT else None


def _key_of_moment_json(raw: str) -> str:
    return raw[:-1] if raw[-1] == "Z" else moment_text(moment_from_json(raw))


def stands_in_document(spec: FieldSpec, dialect: str) -> bool:
    """Whether the field's key is what the document says: then `keys` does without it.

    That makes SQLite's rows a third shorter. On PostgreSQL the document is no JSONB.
    """
    core = not spec.namespaced and spec.verb is not Verb.COMPUTED
    return dialect == "sqlite" and core and spec.kind in TEXTS


def folded(key: Key) -> Key:
    """What `contains` looks for in the text *key* (in several), where that is not just *key* with its
    ASCII letters in lower case; else None.

    Databases do so much themselves (SQLite always, PostgreSQL in its "C" collation).
    """
    if isinstance(key, list):
        return list(map(str.casefold, key)) if any(map(_folded_text, key)) else None
    return None if key is None else _folded_text(key)


@lru_cache(maxsize=4096)
def _folded_text(text: str) -> str | None:
    if text.isascii() or (folds := text.casefold()) == text:
        return None
    lowered = text.encode(errors="surrogatepass").lower()  # of bytes: the ASCII letters alone
    return None if folds.encode(errors="surrogatepass") == lowered else folds


def _keys_of_several(value: Any) -> list[str]:
    return list(map(searchable, value)) if isinstance(value, tuple) else []


def _key_of_money(value: Any) -> str | None:
    money = value.middle if isinstance(value, MoneyRange) else value
    return f"{money.currency} {_amount(money.amount)[0]}" if isinstance(money, Money) else None


def money_parts(money: Money | None) -> tuple[str | None, int | None, int | None]:
    """Currency, whole units and 10⁻⁹ parts of *money*, parts None where that is not exact."""
    return (None, None, None) if money is None else (money.currency, *_amount(money.amount)[1:])


@lru_cache(maxsize=4096)
def _amount(amount: Decimal) -> tuple[str, int | None, int | None]:
    """An amount as text, and in whole units and parts: round ones come again and again."""
    whole = int(amount)
    parts = (amount - whole) * FRACTIONS
    exact = parts == int(parts)
    return number_text(amount), whole if exact else None, int(parts) if exact else None
