"""What is answered a column at a time is what the evaluator says of each customer."""

from __future__ import annotations

import gc
import json
import weakref
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import product
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from crmcore import moneyjson
from crmcore.changes import Batch, Write
from crmcore.customer import Customer
from crmcore.money import Money, MoneyRange
from crmcore.query import EVERYBODY, And, Compare, Query, Whether
from crmcore.records import Activity, Debt, Proposal
from crmcore.storage import coded, lazy
from crmcore.storage.columnar import Columns
from crmcore.storage.everybody import KEPT, Everybody
from crmcore.storage.gathered import CONTACTS, KEYS, SAID, Gathered
from crmcore.storage.lazy import Reading
from crmcore.storage.sharing import sharing
from crmcore.storage.table import Table
from crmcore.testing.reference import CODEC, FIELDS, Reference
from crmcore.testing.strategies import conditions, customers, groupings, orders

DAY = datetime(2024, 5, 1, 2, tzinfo=UTC)
MOMENTS = st.none() | st.integers(0, 4).map(lambda n: DAY + timedelta(microseconds=500_000 * n))
MONEYS = st.none() | st.builds(
    Money, st.integers(0, 2).map(Decimal), st.sampled_from(["CNY", "USD"])
)
ACTIVITIES = st.lists(
    MOMENTS.filter(bool).map(lambda at: Activity(at, "call", "…", "Li")), max_size=3
)
PROPOSALS = st.lists(MONEYS.map(lambda price: Proposal("…", price=price)), max_size=2)
TOLD = st.builds(
    Customer,
    status=st.sampled_from(["open", "won", "lost"]),
    owner=st.sampled_from(["Li", None]),
    assigned_at=MOMENTS,
    first_contact_at=MOMENTS,
    first_follow_up_due=MOMENTS,
    completed_at=MOMENTS,
    activities=ACTIVITIES.map(tuple),
    proposals=PROPOSALS.map(tuple),
    price=MONEYS,
    budget=st.none() | st.just(MoneyRange(Decimal(1), None)),
)
PEOPLE = st.lists(customers() | TOLD, max_size=7)


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lazy, "AT_ONCE", 2)


def numbered(people: list[Customer]) -> list[Customer]:
    return [evolve(one, id=f"C{n}", revision=1) for n, one in enumerate(people)]


def table_of(people: list[Customer]) -> Table:
    table = Table(CODEC)
    table.load({one.id: CODEC.encode(one) for one in people}, 1, ())
    return table


def gathering_table_of(people: list[Customer]) -> Table:
    """Of a snapshot, while which is read most fields asked for are gathered, in another order than by id."""
    docs, gathered = read_anew({one.id: CODEC.encode(one) for one in reversed(people)})
    table = Table(CODEC)
    table.load(docs, 1, (), gathered.of(docs))
    return table


def read_anew(docs: Any) -> tuple[Any, Gathered]:
    gathered = Gathered()
    return json.loads(json.dumps(docs), object_hook=sharing(gathered)), gathered


def same(one: Any, other: Any) -> bool:
    return (type(one), one) == (type(other), other)


@given(PEOPLE)
def test_each_field_of_many_is_what_it_is_of_one(people) -> None:
    people = numbered(people)
    docs = [CODEC.encode(one) for one in people]
    keys = [spec.key for spec in FIELDS] + ["gone.field"]
    columns = Reading(CODEC).columns(docs, keys)
    for key in keys:
        expected = [FIELDS.value(one, key) for one in people]
        of = Reading(CODEC).of(key)
        assert all(map(same, columns[key], expected)), key
        assert all(map(same, map(of, docs), expected)), key


def test_contacts_before_at_and_after_the_assignment() -> None:
    days = [DAY + timedelta(days=n) for n in range(3)]
    talks = [[], *([day] for day in days), [days[2], days[0]], [days[0], days[1], days[2]]]
    people = [
        Customer(
            status=status,
            owner=owner,
            assigned_at=assigned,
            first_contact_at=contact,
            first_follow_up_due=due,
            activities=tuple(Activity(at, "call", "…", "Li") for at in mine),
        )
        for status, owner, assigned, contact, due, mine in product(
            ("open", "won"),
            ("Li", None),
            (None, days[1]),
            (None, days[0], days[2]),
            (None, DAY),
            talks,
        )
    ]
    docs = [CODEC.encode(one) for one in numbered(people)]
    keys = ("follow_up_owed", "first_response_at", "last_activity_at")
    columns = Reading(CODEC).columns(docs, keys)
    for key in keys:
        assert columns[key] == [FIELDS.value(one, key) for one in people], key


def test_moments_of_other_zones_are_told_in_utc() -> None:
    text = "2024-05-01T10:00:00+08:00"
    doc = {
        "id": "C1",
        "status": "open",
        "owner": "Li",
        "assigned_at": text,
        "activities": [{"at": text}],
    }
    found = Reading(CODEC).columns([doc], ["assigned_at", "last_activity_at", "first_response_at"])
    assert [(at, at.tzinfo) for (at,) in found.values()] == [(DAY, UTC)] * 3


@given(PEOPLE, PEOPLE, st.sampled_from([table_of, gathering_table_of]), st.data())
def test_questions_are_answered_right_while_customers_change(people, later, made, data) -> None:
    people = numbered(people)
    table = made(people)
    now = {one.id: one for one in people}
    for revision, changed in enumerate([None, *later], 2):
        if changed is not None:
            customer_id = data.draw(st.sampled_from([*now, "new", "A"]), label="who")
            before = now.pop(customer_id, None)
            if before is None or data.draw(st.booleans(), label="stays"):
                now[customer_id] = evolve(changed, id=customer_id, revision=revision)
            write = Write(before, now.get(customer_id))
            table.apply(CODEC.encode_commit(revision, Batch((write,), DAY, "x", "edit")))
        asked_of = Reference(now[i] for i in sorted(now))
        where, by = data.draw(conditions()), data.draw(groupings())
        assert table.tally(where, by) == asked_of.tally(where, by)
        for order in ((), data.draw(orders())):
            for limit in (None, 2):
                query = Query(where, order, limit)
                assert list(table.find(query).customers) == asked_of.find(query)
        ids = [one.id for one in asked_of.find(Query(where))]
        assert [i for (i,) in table.values(where, ["id"])] == ids


@pytest.mark.parametrize("changed", [None, "C1", "A"])
def test_what_was_gathered_stays_true(changed) -> None:
    people = numbered(
        [
            Customer(
                status="open",
                owner=f"S{n}",
                price=Money(Decimal(n)),
                activities=(Activity(DAY + timedelta(days=n), "call", "…", "Li"),) * (n % 3),
                debts=(Debt("lead", "source", DAY),) * (n % 2),
            )
            for n in range(9)
        ]
    )
    docs, gathered = read_anew({one.id: CODEC.encode(one) for one in reversed(people)})
    fields = gathered.of(docs)
    assert set(fields) == {*KEYS, SAID, CONTACTS}
    everybody = Everybody(docs, Reading(CODEC), fields)
    everybody.settle()
    if changed is not None:
        docs[changed] = {
            "id": changed,
            "status": "won",
            "owner": "new",
            "budget": {"low": "7", "high": None},
        }
        everybody.put(changed, docs[changed])
        del docs["C3"]
        everybody.remove("C3")
    columns, fresh = (one.columns(KEPT) for one in (everybody, Everybody(docs, Reading(CODEC))))
    for key in ("id", "value", "last_activity_at", *KEPT):
        assert columns.column(key) == fresh.column(key), key


@pytest.mark.parametrize(
    "other",
    [
        {"id": "C2", "stage": "lead", "a.deal": {"id": "C2", "stage": "won"}},
        {"id": "C1", "stage": "lead"},
        {"stage": "lead"},
        {"id": "C2"},
        {"id": ["C2"], "stage": "lead"},
        {"id": "C2", "stage": "lead", "activities": [{"kind": "call"}]},
        {"id": "C2", "stage": "lead", "proposals": ["a plugin's"]},
        "C2",
    ],
)
def test_nothing_is_gathered_of_what_are_not_these_documents(other) -> None:
    first = {"id": "C1", "stage": "lead"}
    docs, gathered = read_anew({"C1": first, "C2": other})
    assert docs == {"C1": first, "C2": other}
    assert gathered.of(docs) == {}
    if isinstance(other, dict) and isinstance(other.get("id"), str):
        assert gathered.by_id(docs.values()) == {"C1": first, other["id"]: other}
    else:
        with pytest.raises((KeyError, TypeError)):
            gathered.by_id(docs.values())


def test_what_was_looked_at_apart_is_let_go_at_once(monkeypatch) -> None:
    kept, many, only = weakref.WeakSet[Columns](), [], Columns.only

    def watched(self: Columns, chosen: bytes) -> Columns:
        found = only(self, chosen)
        kept.add(found)
        many.append(len(found))
        return found

    monkeypatch.setattr(Columns, "only", watched)
    table = table_of(
        numbered([Customer(status=s, assigned_at=DAY) for s in ("open", "won", "lost", "open")])
    )
    late = And((Compare("status", "=", "open"), Compare("assigned_at", "<=", DAY)))
    gc.disable()
    try:
        table.tally(Compare("status", "in", ("won", "open")), (Whether(late), "status"))
        assert (many, len(kept)) == ([3, 2], 0)
    finally:
        gc.enable()


def test_more_worths_than_are_remembered_are_told_all_the_same(monkeypatch) -> None:
    monkeypatch.setattr(moneyjson, "_KEPT", 3)
    said = [None, *({"amount": str(n)} for n in range(5)), {"low": "2", "high": "4"}]
    known: dict[int, Money | None] = {}
    for some in (said[:3], said[2:], said[::-1], said):
        worths = moneyjson.worths_of(some, known)
        assert worths == [moneyjson.worth_said(one) for one in some]
    assert len(known) == 3


@given(PEOPLE, conditions(), conditions())
def test_a_group_may_be_whether_something_is_true(people, where, other) -> None:
    people = numbered(people)
    by = (Whether(where), "status", Whether(other))
    assert table_of(people).tally(EVERYBODY, by) == Reference(people).tally(EVERYBODY, by)


def test_what_was_read_of_all_stays_true() -> None:
    people = numbered(
        [Customer(status="open", owner=f"S{n}", price=Money(Decimal(n))) for n in range(9)]
    )
    docs = {one.id: CODEC.encode(one) for one in people}
    everybody = Everybody(docs, Reading(CODEC))
    everybody.columns(KEPT).read(("value",))

    def states() -> Iterator[None]:
        yield
        for customer_id in ("C3", "A", "Z"):
            docs[customer_id] = {
                "id": customer_id,
                "status": "won",
                "owner": "new",
                "price": {"amount": "7"},
            }
            everybody.put(customer_id, docs[customer_id])
            yield
        for customer_id in ("C0", "Z", "nobody"):
            docs.pop(customer_id, None)
            everybody.remove(customer_id)
            yield

    for _ in states():
        kept, fresh = everybody.columns(KEPT), Everybody(docs, Reading(CODEC)).columns(KEPT)
        assert kept.ids == fresh.ids
        assert all(kept.column(key) == fresh.column(key) for key in (*KEPT, "value", "id"))


def test_too_many_values_or_others_than_texts_are_not_coded() -> None:
    assert coded.coded([str(n) for n in range(256)]) is None
    assert coded.coded([True, 1]) is None
    assert coded.coded(["a", ["b"]]) is None
    column = coded.coded([str(n) for n in range(254)])
    assert column is not None
    assert (column.code_of("new"), column.code_of("one more"), column.code_of("1")) == (
        254,
        None,
        1,
    )
    assert column.code_of(1) is None


def test_many_owners_are_found_all_the_same() -> None:
    table = table_of(numbered([Customer(owner=f"S{n}") for n in range(300)]))
    assert [one.id for one in table.find(Query(Compare("owner", "=", "S7"))).customers] == ["C7"]
    assert len(table.tally(EVERYBODY, ("owner",))) == 300


def test_sums_that_documents_have_in_common_are_kept_once() -> None:
    docs: list[dict[str, Any]] = [
        {"stage": "lead", "price": {"amount": "5"}, "budget": {"low": "5", "high": None}},
        {"stage": "lead", "price": {"amount": "5"}, "budget": {"high": "5", "low": None}},
        {"stage": "lead", "price": {"amount": 5}, "budget": {"low": True, "high": [1]}},
        {"stage": "lead", "price": {"amount": 5.0}, "budget": {"low": 1, "high": [1]}},
    ]
    text = json.dumps(docs)
    read = json.loads(text, object_hook=sharing(Gathered()))
    assert json.dumps(read) == text
    assert read[0]["price"] is read[1]["price"]
    assert read[0]["budget"] is not read[1]["budget"]
