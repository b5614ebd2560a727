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

Keyer = Callable[[Any], tuple[Any, Any]]

_WHOLE = 19
_TO_SECONDS = len("2024-05-01T02:00:00Z")
_NINES = str.maketrans("0123456789", "9876543210")


def number_text(number: Decimal | int | float) -> str:
    """*number* as text: `p0000000000000000012.5`, negatives (`n`) complemented."""
    if isinstance(number, int) and number >= 0:
        return f"p{number:0{_WHOLE}}"
    exact = Decimal(repr(number)) if isinstance(number, float) else Decimal(number)
    whole, _, fraction = f"{abs(exact):f}".partition(".")
    digits = whole.zfill(_WHOLE) + ("." + fraction.rstrip("0") if fraction.strip("0") else "")
    # `~` sorts after every digit: of two negatives the one with more decimals is the smaller.
    return f"p{digits}" if exact >= 0 else f"n{digits.translate(_NINES)}~"


def integer_of(text: str) -> int:
    """The whole number that `number_text` wrote."""
    return int(text[1:]) if text[0] == "p" else -int(text[1:-1].translate(_NINES))


def moment_text(moment: datetime) -> str:
    """*moment* in UTC, microseconds always written."""
    text = moment_to_json(moment)
    return text[:-1] + (".000000" if len(text) == _TO_SECONDS else "")


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
        return _key_of_money(value)[0]
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


def keyer(spec: FieldSpec) -> Keyer:
    """What gives the key text of a known value of the field *spec* (a list, of several), and that
    folded for `contains` where folding changes it, else None."""
    if spec.kind in SEVERAL:
        return _keys_of_several
    if spec.kind in TEXTS:
        return _keys_of_text
    if spec.kind is Kind.CHOICE:
        return lru_cache(maxsize=1000)(lambda value: _folding(key_text(spec, value)))
    if spec.kind is Kind.MOMENT:
        return lambda value: (moment_text(value) if isinstance(value, datetime) else None, None)
    if spec.kind in MONEYS and not spec.namespaced:
        return _key_of_money
    if spec.kind in NUMBERS and not spec.namespaced:
        return lru_cache(maxsize=1000, typed=True)(lambda value: (key_text(spec, value), None))
    return lambda value: (key_text(spec, value), None)


def json_keyer(spec: FieldSpec) -> Keyer | None:
    """As `keyer`, from the value's JSON in a customer's document; None where that says too little."""
    if spec.kind is Kind.CHOICE:
        return keyer(spec)
    if spec.kind is Kind.MOMENT:
        return _key_of_moment_json
    return None


def _key_of_moment_json(raw: str) -> tuple[str, None]:
    """`2024-05-01T02:00:00Z` has all but the microseconds that `moment_text` writes."""
    if len(raw) == _TO_SECONDS and raw[-1] == "Z":
        return raw[:-1] + ".000000", None
    return moment_text(moment_from_json(raw)), None


def stands_in_document(spec: FieldSpec, dialect: str) -> bool:
    """Whether the field's key is what the document says: then `keys` does without it.

    That makes SQLite's rows a third shorter. On PostgreSQL the document is no JSONB.
    """
    core = not spec.namespaced and spec.verb is not Verb.COMPUTED
    return dialect == "sqlite" and core and spec.kind in TEXTS


def _keys_of_several(value: Any) -> tuple[Any, Any]:
    texts = list(map(searchable, value)) if isinstance(value, tuple) else []
    folded = list(map(str.casefold, texts))
    return texts, folded if folded != texts else None


def _key_of_money(value: Any) -> tuple[str | None, None]:
    money = value.middle if isinstance(value, MoneyRange) else value
    if not isinstance(money, Money):
        return None, None
    return f"{money.currency} {_amount(money.amount)[0]}", None


def _keys_of_text(value: Any) -> tuple[Any, Any]:
    return _folding(value) if isinstance(value, str) else (None, None)


def _folding(text: str | None) -> tuple[Any, Any]:
    folded = None if text is None else text.casefold()
    return text, folded if folded != text else None


def money_parts(money: Money) -> tuple[str, int | None, int | None]:
    """Currency, whole units and 10⁻⁹ parts of *money*, parts None where that is not exact."""
    return money.currency, *_amount(money.amount)[1:]


@lru_cache(maxsize=4096)
def _amount(amount: Decimal) -> tuple[str, int | None, int | None]:
    """An amount as text, and in whole units and parts: round ones come again and again."""
    whole = int(amount)
    parts = (amount - whole) * FRACTIONS
    exact = parts == int(parts)
    return number_text(amount), whole if exact else None, int(parts) if exact else None
