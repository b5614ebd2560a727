"""Random customers and random questions about them, for hypothesis."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import attrs
from hypothesis import strategies as st

from crmcore.customer import Customer
from crmcore.fields import FieldCatalogue
from crmcore.fieldspec import FieldSpec, Kind
from crmcore.money import Money, MoneyRange
from crmcore.query import (
    EVERYBODY,
    And,
    Bins,
    By,
    Compare,
    Condition,
    Not,
    Or,
    Order,
    Query,
    Whether,
)
from crmcore.records import OpinionRecord, RuleEvidence
from crmcore.testing.reference import FIELDS
from crmcore.text import clean
from crmcore.words import WORDS

CURRENCIES = st.sampled_from(["CNY", "USD", "EUR", "HKD", "TWD", "JPY", "CHF"])
AMOUNTS = st.decimals(-(10**12), 10**12, places=4) | st.integers(-(10**8), 10**8).map(
    lambda n: Decimal(n) * 10000
)
MONEYS = st.builds(Money, AMOUNTS, CURRENCIES)
MOMENTS = st.datetimes(
    datetime(1900, 1, 2),  # noqa: DTZ001 - hypothesis adds the zone
    datetime(9999, 12, 29),  # noqa: DTZ001
    timezones=st.just(UTC),
).map(lambda moment: moment.replace(microsecond=0))
LINES = st.text(max_size=30).map(lambda text: " ".join(clean(text).split())).filter(bool)
TAGS = (
    st.text(st.characters(exclude_characters=";,；，、|\r\n#＃"), max_size=8)
    .map(clean)
    .filter(bool)
)


@st.composite
def ranges(draw: st.DrawFn) -> MoneyRange:
    """Ranges of money, open ones too."""
    low, high = sorted((draw(AMOUNTS), draw(AMOUNTS)))
    ends = draw(st.sampled_from([(low, high), (low, low), (None, high), (low, None)]))
    return MoneyRange(*ends, draw(CURRENCIES))


_BY_KIND: dict[Kind, st.SearchStrategy[Any]] = {
    Kind.TEXT: LINES,
    Kind.LONG_TEXT: st.text(max_size=60).map(clean).filter(bool),
    Kind.INTEGER: st.integers(-(10**15), 10**15),
    Kind.NUMBER: st.decimals(-(10**9), 10**9, places=3) | st.just(Decimal("0.0000001")),
    Kind.YES_NO: st.booleans(),
    Kind.MONEY: MONEYS,
    Kind.MONEY_RANGE: ranges(),
    Kind.MOMENT: MOMENTS,
    Kind.TAGS: st.lists(TAGS, min_size=1, max_size=4, unique=True).map(tuple),
}
_TEXTS = st.text(max_size=10).map(clean)
_FLOATS = st.floats(allow_nan=False, allow_infinity=False)
_BY_ANNOTATION: dict[str, st.SearchStrategy[Any]] = {
    "str": _TEXTS,
    "bool": st.booleans(),
    "datetime": MOMENTS,
    "datetime | None": st.none() | MOMENTS,
    "Money | None": st.none() | MONEYS,
    "float": _FLOATS,
    "float | None": st.none() | _FLOATS,
    "tuple[str, ...]": st.lists(_TEXTS, max_size=2).map(tuple),
}


def records(cls: type) -> st.SearchStrategy[Any]:
    """Values of one of the nested record classes."""
    rules = st.deferred(lambda: st.lists(records(RuleEvidence), max_size=2).map(tuple))
    said = st.deferred(lambda: st.lists(records(OpinionRecord), max_size=2).map(tuple))
    known = {
        **_BY_ANNOTATION,
        "tuple[RuleEvidence, ...]": rules,
        "tuple[OpinionRecord, ...]": said,
    }
    return st.builds(cls, **{a.name: known[cls.__annotations__[a.name]] for a in attrs.fields(cls)})


def values_of(spec: FieldSpec) -> st.SearchStrategy[Any]:
    """Known values of a field as they are kept: cleaned text, whole seconds, its own choices."""
    if spec.kind is Kind.CHOICE:
        return st.sampled_from([choice.key for choice in spec.choices])
    if spec.kind in (Kind.RECORD, Kind.RECORDS):
        assert spec.record is not None
        one = records(spec.record)
        several = st.lists(one, min_size=1, max_size=2).map(tuple)
        return several if spec.kind is Kind.RECORDS else one
    return _BY_KIND[spec.kind]


_DAYS = st.integers(1, 5).map(lambda day: datetime(2024, 5, day, 2, tzinfo=UTC))
_FEW_MONEYS = st.builds(Money, st.integers(-2, 3).map(Decimal), st.sampled_from(["CNY", "USD"]))
_WORDS = st.sampled_from(
    ["Acme", "acme 上海", "某某科技", "某某公司", "ß", "SS", "É", "é", "1", "😀"]
)
_FEW: dict[str, st.SearchStrategy[Any]] = {
    "company": _WORDS,
    "region": st.sampled_from(["上海", "北京", "Shanghai"]),
    "owner": st.sampled_from(["李娜", "王伟", "li na"]),
    "phone": st.sampled_from(["13800000001", "13800000002", "+86 138"]),
    "email": st.sampled_from(["a@example.com", "A@example.com"]),
    "external_id": st.sampled_from(["OA-1", "OA-2", "1"]),
    "stage": st.sampled_from(["lead", "screening", "solution", "own stage"]),
    "furthest_stage": st.sampled_from(["screening", "solution", "own stage"]),
    "pipeline": st.sampled_from(["standard", "short"]),
    "status": st.sampled_from(["open", "won", "lost", "odd"]),
    "grade": st.sampled_from(["A", "B", "C", "Z", "Y"]),
    "employees": st.integers(-2, 3),
    "price": _FEW_MONEYS,
    "budget": st.builds(MoneyRange, st.just(Decimal(1)), st.sampled_from([None, Decimal(3)])),
    "next_step_due": _DAYS,
    "first_follow_up_due": _DAYS,
    "tags": st.lists(st.sampled_from(["展会", "VIP", "vip"]), min_size=1, unique=True).map(tuple),
    "x.note": _WORDS,
    "x.size": st.integers(-2, 3),
    "x.rate": st.sampled_from([Decimal("0.1"), Decimal("10"), Decimal("-2.5")]),
    "x.paid": _FEW_MONEYS,
    "x.since": _DAYS,
    "x.tier": st.sampled_from(["gold", "silver", "bronze", "tin"]),
    "gone.field": st.sampled_from(["1", 1, 2.5, True, [1, "a"], {"k": "值"}]),
}
"""A few values of the fields that questions are about, so that customers share them."""

_COMPUTED: dict[str, st.SearchStrategy[Any]] = {
    "value": _FEW_MONEYS,
    "proposals_sent": st.integers(0, 2),
    "last_activity_at": _DAYS,
    "follow_up_owed": _DAYS,
    WORDS: st.sampled_from(["c1", "展会", ""]),
}
ASKED = (*_FEW, *_COMPUTED, "id")
"""The fields that random questions are about."""


@st.composite
def customers(draw: st.DrawFn, fields: FieldCatalogue = FIELDS) -> Customer:
    """A customer without an id: most of what questions ask, and a few fields of any content."""
    few = draw(st.fixed_dictionaries({}, optional=_FEW))
    editable = [spec for spec in fields.stored() if spec.key not in _FEW and spec.key != "id"]
    more = draw(st.lists(st.sampled_from(editable), max_size=3, unique_by=lambda spec: spec.key))
    any_values = {spec.key: draw(values_of(spec)) for spec in more}
    return Customer().with_values(**any_values, **few)


@st.composite
def comparisons(draw: st.DrawFn) -> Compare:
    """A comparison of one of the fields `ASKED` with a value of its kind."""
    key = draw(st.sampled_from(ASKED))
    op = draw(st.sampled_from(["=", "=", "in", "<", "<=", ">", ">=", "contains", "known"]))
    if op == "known":
        return Compare(key, "known")
    if op == "contains":
        return Compare(key, "contains", draw(st.sampled_from(["a", "SS", "公司", "é", "1", "v"])))
    if key == "id":
        value: st.SearchStrategy[Any] = st.sampled_from(["C1", "C2", "C10", "客3", ""])
    elif key == "tags":
        value = st.sampled_from(["展会", "VIP"])
    else:
        value = _FEW[key] if key in _FEW else _COMPUTED[key]
    if op == "in":
        return Compare(key, "in", tuple(draw(st.lists(value, max_size=3))))
    return Compare(key, op, draw(value))  # type: ignore[arg-type]


def conditions() -> st.SearchStrategy[Condition]:
    """Conditions of any shape, those of a board (`And` of a few comparisons) among them."""
    nested: st.SearchStrategy[Condition] = st.recursive(
        comparisons(),
        lambda inner: (
            st.lists(inner, max_size=3).map(tuple).map(And)
            | st.lists(inner, max_size=3).map(tuple).map(Or)
            | inner.map(Not)
        ),
        max_leaves=5,
    )
    flat = st.lists(comparisons(), min_size=1, max_size=3).map(tuple).map(And)
    return st.just(EVERYBODY) | flat | comparisons().map(Not) | nested


def orders() -> st.SearchStrategy[tuple[Order, ...]]:
    """Up to three fields to sort by."""
    one = st.builds(Order, st.sampled_from(ASKED), st.booleans())
    return st.lists(one, max_size=3, unique_by=lambda order: order.field).map(tuple)


def queries() -> st.SearchStrategy[Query]:
    """Questions for a first page."""
    return st.builds(Query, conditions(), orders(), st.none() | st.integers(1, 5))


_EDGES = (datetime(2024, 5, 2, 2, tzinfo=UTC), datetime(2024, 5, 4, 2, tzinfo=UTC))


def groupings() -> st.SearchStrategy[By]:
    """What a tally may be grouped by."""
    fields = st.sampled_from(
        ["stage", "status", "owner", "next_step_due", "employees", "x.tier", "gone.field"]
    )
    bins = st.sampled_from([("next_step_due",), ("next_step_due", "first_follow_up_due")])
    spans = st.builds(Bins, bins, st.just(_EDGES))
    return st.lists(fields | spans | st.builds(Whether, conditions()), max_size=2).map(tuple)
