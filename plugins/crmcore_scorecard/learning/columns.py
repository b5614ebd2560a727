"""What can be learned from a field: which fields never, and how the values of the others read."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from enum import Enum
from typing import Any

from attrs import evolve, frozen

from crmcore.dialect import Dialect
from crmcore.errors import ValueRefusedError
from crmcore.evaluate import is_unknown
from crmcore.fieldspec import FieldSpec, Kind, Verb
from crmcore.money import DEFAULT_CURRENCY, Money, MoneyRange
from crmcore.values import parse_value
from crmcore.wording import Text

Key = Decimal | str | tuple[str, ...]
"""A known value as it is learned from: a number, a word, or the tags."""

_LATE_GROUPS = ("negotiation", "contract", "after_sales", "follow_up")
_LATE_FIELDS = ("validity", "validity_reason", "grade_evidence")
_IDENTITIES = ("external_id", "company", "contact", "phone", "wechat", "email")
_PREDICTING_VERBS = (Verb.EDIT, Verb.APPEND, Verb.ASSIGN)
_NUMERIC_SHARE = 0.98
"""The share of texts that must read as numbers for a sheet's column to be one of numbers."""
_ENGLISH = Dialect("en", UTC)
_ANY_TIME = datetime(2000, 1, 1, tzinfo=UTC)
_NOTHING = Text("", "")

LATE = Text("由成交结果决定或事后才知道", "known only after the fact")
IDENTITY = Text("只标识客户", "it only tells which customer it is")
NO_KIND = Text("此类字段不能学习", "this kind of field cannot be learned from")
ALIKE = Text("所有客户都一样", "it is the same for all")


class Form(Enum):
    """How the values of a column read."""

    NUMBERS = "numbers"
    WORDS = "words"
    FLAGS = "yes/no"
    TAGS = "tags"


@frozen
class Shape:
    """The form of a field's values, and the currency of amounts ("" where they are none)."""

    spec: FieldSpec
    form: Form
    currency: str = ""

    def key(self, value: Any) -> Key | None:
        """*value* as it is learned from; None for one that is unknown or cannot be compared."""
        if is_unknown(value):
            return None
        match self.form:
            case Form.NUMBERS:
                return self._number(value)
            case Form.TAGS:
                tags = value if isinstance(value, (tuple, list)) else (value,)
                return tuple(self._word(tag) for tag in tags)
            case Form.FLAGS:
                read = _read(value, Kind.YES_NO) if isinstance(value, str) else value
                return str(read).lower()
            case Form.WORDS:
                return self._word(value)

    @property
    def free(self) -> bool:
        """Whether words are written freely, so that letter case may differ by accident."""
        return self.form is Form.WORDS and not self.spec.choices

    def can_ask_for(self, word: str) -> bool:
        """Whether a rule that names *word* is read as asking for just that."""
        if self.form is Form.FLAGS:
            return True
        kind = Kind.TEXT if self.spec.namespaced else self.spec.kind
        try:
            read = parse_value(evolve(self.spec, kind=kind), word, _ENGLISH, _ANY_TIME)
        except ValueRefusedError:
            return False
        return bool(read == ((word,) if kind is Kind.TAGS else word))

    def keys(self, values: Iterable[Any]) -> list[Key | None]:
        """The key of each of *values*."""
        heard: dict[str, Key | None] = {}  # a column holds the same texts again and again

        def key(value: Any) -> Key | None:
            if not isinstance(value, str):
                return self.key(value)
            if value not in heard:
                heard[value] = self.key(value)
            return heard[value]

        return [key(value) for value in values]

    def _word(self, value: Any) -> str:
        """*value* as a rule compares it: a text of an own field without needless space."""
        spaced = self.spec.namespaced and isinstance(value, str)
        return " ".join(value.split()) if spaced else str(value)

    def _number(self, value: Any) -> Decimal | None:
        if isinstance(value, MoneyRange):
            value = value.middle
        if isinstance(value, Money):
            return value.amount if value.currency == self.currency else None
        return None if self.currency else number_in(value)


def why_never(spec: FieldSpec, after_the_fact: Iterable[str] = ()) -> Text | None:
    """Why the field may not predict anything: what a closed deal has and an open one has not,
    what the team says is known *after_the_fact*, or what only identifies. None when it may."""
    late = (
        spec.key in after_the_fact
        or spec.key in _LATE_FIELDS
        or spec.group in _LATE_GROUPS
        or spec.verb not in _PREDICTING_VERBS
    )
    if late:
        return LATE
    return IDENTITY if spec.key in _IDENTITIES else None


def shape_of(spec: FieldSpec, values: Sequence[Any]) -> Shape | Text:
    """How *values* of the field read; or why nothing can be learned from them."""
    known = [value for value in values if not is_unknown(value)]
    form = _form(spec, known)
    if form is None:
        return NO_KIND
    if form in (Form.NUMBERS, Form.WORDS) and spec.kind is Kind.TEXT and _identifies(known):
        return IDENTITY
    currency = _currency(known) if form is Form.NUMBERS else ""
    return Shape(spec, form, currency)


def number_in(value: Any) -> Decimal | None:
    """*value* as a number, a text as the scorecard's rules read it; None when it is none."""
    if isinstance(value, str):
        found = _read(value, Kind.NUMBER)
        found = _read(value, Kind.INTEGER) if found is None else found
        return None if found is None else Decimal(found)
    if isinstance(value, bool) or not isinstance(value, (int, float, Decimal)):
        return None
    number = Decimal(str(value)) if isinstance(value, float) else Decimal(value)
    return number if math.isfinite(number) else None


def _read(text: str, kind: Kind) -> Any:
    try:
        return parse_value(FieldSpec("", kind, "", _NOTHING, _NOTHING), text, _ENGLISH, _ANY_TIME)
    except ValueRefusedError:
        return None


def _form(spec: FieldSpec, known: Sequence[Any]) -> Form | None:
    match spec.kind:
        case Kind.INTEGER | Kind.NUMBER | Kind.MONEY | Kind.MONEY_RANGE:
            return Form.NUMBERS
        case Kind.CHOICE:
            return Form.WORDS
        case Kind.YES_NO:
            return Form.FLAGS
        case Kind.TAGS:
            return Form.TAGS
        case Kind.TEXT:
            return _form_of_text(known) if spec.namespaced else Form.WORDS
        case _:
            return None


def _form_of_text(known: Sequence[Any]) -> Form:
    """A sheet's own column is kept as text, and other sources may keep any type in it."""
    if any(isinstance(value, (tuple, list)) for value in known):
        return Form.TAGS
    if known and all(isinstance(value, bool) for value in known):
        return Form.FLAGS
    heard = Counter(str(value) for value in known if not isinstance(value, bool))
    numeric = sum(count for text, count in heard.items() if number_in(text) is not None)
    return Form.NUMBERS if known and numeric >= _NUMERIC_SHARE * len(known) else Form.WORDS


def _identifies(known: Sequence[Any]) -> bool:
    """Whether no two customers share a value: an id, an address; not a measured fraction."""
    texts = [str(value) for value in known]
    measured = any("." in text and number_in(text) is not None for text in texts)
    return len(texts) > 1 and len(set(texts)) == len(texts) and not measured


def _currency(known: Sequence[Any]) -> str:
    """The currency most of the amounts are in; "" for plain numbers."""
    found = Counter(v.currency for v in known if isinstance(v, (Money, MoneyRange)))
    if not found:
        return ""
    return min(found, key=lambda code: (-found[code], code != DEFAULT_CURRENCY, code))
