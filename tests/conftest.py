"""What all tests share: how hypothesis runs here, and random values that the record can hold."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import attrs
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from crmcore.fieldspec import FieldSpec, Kind
from crmcore.money import Money, MoneyRange
from crmcore.records import RuleEvidence
from crmcore.text import clean

settings.register_profile(
    "crmcore", deadline=None, print_blob=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("crmcore")

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
def _ranges(draw: st.DrawFn) -> MoneyRange:
    low, high = sorted((draw(AMOUNTS), draw(AMOUNTS)))
    ends = draw(st.sampled_from([(low, high), (low, low), (None, high), (low, None)]))
    return MoneyRange(*ends, draw(CURRENCIES))


_BY_KIND: dict[Kind, st.SearchStrategy[object]] = {
    Kind.TEXT: LINES,
    Kind.LONG_TEXT: st.text(max_size=60).map(clean).filter(bool),
    Kind.INTEGER: st.integers(-(10**15), 10**15),
    Kind.NUMBER: st.decimals(-(10**9), 10**9, places=3) | st.just(Decimal("0.0000001")),
    Kind.YES_NO: st.booleans(),
    Kind.MONEY: MONEYS,
    Kind.MONEY_RANGE: _ranges(),
    Kind.MOMENT: MOMENTS,
    Kind.TAGS: st.lists(TAGS, min_size=1, max_size=4, unique=True).map(tuple),
}
_TEXTS = st.text(max_size=10)
_FLOATS = st.floats(allow_nan=False, allow_infinity=False)
_BY_ANNOTATION: dict[str, st.SearchStrategy[object]] = {
    "str": _TEXTS,
    "bool": st.booleans(),
    "datetime": MOMENTS,
    "datetime | None": st.none() | MOMENTS,
    "Money | None": st.none() | MONEYS,
    "float | None": st.none() | _FLOATS,
    "tuple[str, ...]": st.lists(_TEXTS, max_size=2).map(tuple),
}


def _records(cls: type) -> st.SearchStrategy[object]:
    rules = st.deferred(lambda: st.lists(_records(RuleEvidence), max_size=2).map(tuple))
    known = {**_BY_ANNOTATION, "tuple[RuleEvidence, ...]": rules}
    return st.builds(cls, **{a.name: known[cls.__annotations__[a.name]] for a in attrs.fields(cls)})


def _values_of(spec: FieldSpec) -> st.SearchStrategy[object]:
    if spec.kind is Kind.CHOICE:
        return st.sampled_from([choice.key for choice in spec.choices])
    if spec.kind in (Kind.RECORD, Kind.RECORDS):
        assert spec.record is not None
        records = _records(spec.record)
        several = st.lists(records, min_size=1, max_size=2).map(tuple)
        return several if spec.kind is Kind.RECORDS else records
    return _BY_KIND[spec.kind]


@pytest.fixture(scope="session")
def values_of() -> Callable[[FieldSpec], st.SearchStrategy[object]]:
    """Known values of a field, such as are kept: cleaned text, whole seconds, its own choices."""
    return _values_of


@pytest.fixture
def story_of() -> Callable[[Any, Any], dict[str, Any]]:
    """What is known of a customer without ids, times and the grader's own words.

    The journeys by commands and by keys must tell the same of theirs.
    """

    def story(crm: Any, customer: Any) -> dict[str, Any]:
        known = crm.fields.known_values(customer)
        plain = {
            key: list(value) if isinstance(value, tuple) else value
            for key, value in known.items()
            if isinstance(value, (str, int)) and not key.endswith(("_at", "_due")) and key != "id"
        }
        return plain | {
            "price": str(customer.price),
            "budget": str(customer.budget),
            "activities": [[a.kind, a.content] for a in customer.activities],
            "proposals": [[p.summary, p.sent_at is not None] for p in customer.proposals],
            "objections": [[o.content, o.response, o.resolved] for o in customer.objections],
            "contract_changes": [
                [c.clause, c.before, c.after, c.reason] for c in customer.contract_changes
            ],
            "links": [link.kind for link in customer.links],
            "debts": len(customer.debts),
        }

    return story
