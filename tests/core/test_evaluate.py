"""The reference evaluator keeps the laws of three-valued logic and of an order."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.customer import Customer
from crmcore.evaluate import matches, order_keys, place, place_of, tally
from crmcore.fields import FieldCatalogue
from crmcore.money import Money, parse_money, parse_range
from crmcore.query import And, Compare, Cursor, Not, Or, Order, both, known, unknown
from crmcore.records import Activity

FIELDS = FieldCatalogue()
NOW = datetime(2024, 5, 1, 2, 0, tzinfo=UTC)
VALUES: dict[str, st.SearchStrategy[object]] = {
    "company": st.sampled_from(["Acme", "acme 上海", "某某公司", "ß"]),
    "employees": st.integers(-3, 3),
    "price": st.builds(Money, st.integers(0, 3).map(Decimal), st.sampled_from(["CNY", "USD"])),
    "budget": st.sampled_from([parse_range("1-3"), parse_range("≥2"), parse_range("$1")]),
    "first_contact_at": st.integers(0, 3).map(lambda days: NOW + timedelta(days=days)),
    "grade": st.sampled_from(["A", "B", "C", "Z", "Y"]),
    "tags": st.lists(st.sampled_from(["展会", "VIP", "x"]), max_size=3, unique=True).map(tuple),
    "gone.field": st.sampled_from(["1", 1, 2.5, True, [1, "a"], {"k": "v"}]),
}
ROWS = st.fixed_dictionaries(
    {"id": st.text("ab1", min_size=1, max_size=4)},
    optional=VALUES,
)


@st.composite
def _comparisons(draw: st.DrawFn) -> Compare:
    key = draw(st.sampled_from(list(VALUES)))
    op = draw(st.sampled_from(["=", "<", "<=", ">", ">=", "in", "contains", "known"]))
    value = VALUES[key] if key != "tags" else st.sampled_from(["展会", "VIP"])
    if op == "in":
        return Compare(key, op, tuple(draw(st.lists(value, max_size=2))))
    if op == "contains":
        return Compare(key, op, draw(st.sampled_from(["a", "A", "公司", "1"])))
    return Compare(key, op, None if op == "known" else draw(value))


CONDITIONS = st.recursive(
    _comparisons(),
    lambda inner: (
        st.lists(inner, max_size=3).map(tuple).map(And)
        | st.lists(inner, max_size=3).map(tuple).map(Or)
        | inner.map(Not)
    ),
    max_leaves=6,
)


def verdict(condition, row):
    return matches(condition, row.get, FIELDS)


@given(CONDITIONS, ROWS)
def test_not_not_is_nothing(condition, row) -> None:
    assert verdict(Not(Not(condition)), row) is verdict(condition, row)


@given(CONDITIONS, CONDITIONS, ROWS)
def test_de_morgan(one, other, row) -> None:
    assert verdict(Not(And((one, other))), row) is verdict(Or((Not(one), Not(other))), row)
    assert verdict(Not(Or((one, other))), row) is verdict(And((Not(one), Not(other))), row)


@given(st.lists(CONDITIONS, max_size=4), ROWS, st.randoms())
def test_the_order_and_grouping_of_parts_do_not_matter(parts, row, random: random.Random) -> None:
    mixed = random.sample(parts, len(parts))
    for kind in (And, Or):
        assert verdict(kind(tuple(parts)), row) is verdict(kind(tuple(mixed)), row)
        grouped = kind((kind(tuple(parts[:2])), kind(tuple(parts[2:]))))
        assert verdict(kind(tuple(parts)), row) is verdict(grouped, row)
    assert verdict(both(*parts), row) is verdict(And(tuple(parts)), row)


@given(_comparisons(), ROWS)
def test_a_comparison_with_what_is_not_known_is_unknown(condition, row) -> None:
    row.pop(condition.field, None)
    assert verdict(condition, row) is (False if condition.op == "known" else None)
    assert verdict(unknown(condition.field), row) is True


@given(_comparisons(), ROWS)
def test_in_is_equal_to_one_of_them(condition, row) -> None:
    if condition.op == "in":
        one_of = Or(tuple(Compare(condition.field, "=", value) for value in condition.value))
        if row.get(condition.field) not in (None, ()):
            assert verdict(condition, row) is verdict(one_of, row)


ORDERS = st.lists(st.builds(Order, st.sampled_from(list(VALUES)), st.booleans()), max_size=3).map(
    tuple
)


def placed(row, order):
    return place(order, order_keys(order, row.get, FIELDS), row["id"])


@given(st.lists(ROWS, max_size=8, unique_by=lambda row: row["id"]), ORDERS, st.randoms())
def test_any_rows_have_one_order_and_a_cursor_divides_it(rows, order, random) -> None:
    ranked = sorted(rows, key=lambda row: placed(row, order))
    again = sorted(random.sample(rows, len(rows)), key=lambda row: placed(row, order))
    assert [row["id"] for row in ranked] == [row["id"] for row in again]
    for number, row in enumerate(ranked):
        cursor = Cursor(order_keys(order, row.get, FIELDS), row["id"])
        behind = [r for r in ranked if placed(r, order) > place_of(order, cursor)]
        assert behind == ranked[number + 1 :]


@given(st.lists(ROWS, max_size=8), st.sampled_from(list(VALUES)), st.booleans())
def test_what_is_not_known_comes_last_either_way(rows, key, descending) -> None:
    order = (Order(key, descending),)
    ranked = sorted(rows, key=lambda row: placed(row, order))
    lacking = [row.get(key) in (None, ()) for row in ranked]
    assert lacking == sorted(lacking)


def ranked(key, values, descending=False):
    order = (Order(key, descending),)
    rows = [{"id": str(number), key: value} for number, value in enumerate(values)]
    return [row[key] for row in sorted(rows, key=lambda row: placed(row, order))]


def test_the_order_of_each_kind() -> None:
    assert ranked("grade", ["C", "A", None, "B"]) == ["A", "B", "C", None]
    assert ranked("grade", ["C", "A", None, "B"], descending=True) == ["C", "B", "A", None]
    assert ranked("priority", ["low", "high", "medium"]) == ["high", "medium", "low"]
    assert ranked("employees", [10, None, 9, -1]) == [-1, 9, 10, None]
    money = [parse_money(text) for text in ("10万", "9万", "$5")]
    assert ranked("price", money) == [money[1], money[0], money[2]]
    assert ranked("company", ["b", "B", "甲", "a"]) == ["B", "a", "b", "甲"]


@pytest.mark.parametrize(
    ("key", "value", "op", "other", "is_so"),
    [
        ("company", "ACME Ltd", "contains", "acme", True),
        ("company", "上海某某", "contains", "某某", True),
        ("company", "Acme", "=", "acme", False),
        ("employees", 500, ">=", 500, True),
        ("employees", 500, "in", (1, 500), True),
        ("employees", 500, "in", (), False),
        ("price", parse_money("10万"), ">", parse_money("9.9万"), True),
        ("price", parse_money("10万"), ">", parse_money("$1"), None),
        ("price", parse_money("10万"), "=", parse_money("$1"), None),
        ("price", parse_money("10万"), ">", 5, None),
        ("budget", parse_range("10-20万"), ">", parse_range("14万"), True),
        ("grade", "A", "<", "B", True),
        ("grade", "Y", "=", "Z", False),
        ("grade", "Y", "in", ("Z",), False),
        ("tags", ("a", "b"), "=", "b", True),
        ("tags", ("a", "b"), "contains", "B", True),
        ("tags", ("a", "b"), "in", ("c",), False),
        ("tags", (), "=", "a", None),
        ("tags", (), "known", None, False),
        ("first_contact_at", NOW, "<=", NOW, True),
        ("first_contact_at", NOW, "<", NOW, False),
        ("activities", (Activity(NOW, "call", "谈了价格"),), "contains", "价格", True),
        ("gone.field", 5, "=", "5", True),
        ("gone.field", {"a": 1}, "=", 5, False),
    ],
)
def test_comparisons(key: str, value: object, op: str, other: object, is_so: bool | None) -> None:
    assert verdict(Compare(key, op, other), {key: value}) is is_so


def test_and_of_nothing_is_everybody_and_or_of_nothing_is_nobody() -> None:
    assert verdict(And(()), {}) is True
    assert verdict(Or(()), {}) is False
    assert verdict(known("company"), {"company": "x"}) is True


def test_a_tally_counts_and_sums_by_currency() -> None:
    customers = [
        Customer(id="1", stage="lead", price=parse_money("10万")),
        Customer(id="2", stage="lead", price=parse_money("5万")),
        Customer(id="3", stage="lead", price=parse_money("$7")),
        Customer(id="4", stage="lead"),
        Customer(id="5", stage="screening"),
    ]
    rows = [lambda key, c=c: FIELDS.value(c, key) for c in customers]
    lead, screening = tally(rows, ("stage",), FIELDS)
    assert (lead.key, lead.count, lead.unknown_value) == (("lead",), 4, 1)
    assert lead.values == {"CNY": Decimal(150_000), "USD": Decimal(7)}
    assert (screening.key, screening.count, screening.values) == (("screening",), 1, {})
    assert sum(bucket.count for bucket in tally(rows, (), FIELDS)) == 5


def test_a_tally_by_what_nobody_describes_any_more() -> None:
    rows = [{"gone.field": [1, 2]}.get, {"gone.field": [1, 2]}.get, {}.get]
    assert sorted(bucket.count for bucket in tally(rows, ("gone.field",), FIELDS)) == [1, 2]
