"""The store contract: questions are answered as the reference evaluator answers them."""

from __future__ import annotations

from decimal import Decimal

from attrs import evolve
from hypothesis import example, given
from hypothesis import strategies as st

from crmcore.changes import Write
from crmcore.customer import Customer
from crmcore.money import Money, parse_money
from crmcore.query import EVERYBODY, And, By, Compare, Condition, Not, Or, Order, Query, unknown
from crmcore.testing.contract_base import (
    RANDOM,
    ContractBase,
    OpenStore,
    add,
    batch,
    ids,
    replace_all,
)
from crmcore.testing.reference import CODEC, FIELDS, Reference
from crmcore.testing.strategies import conditions, customers, groupings, orders, queries

_ALIKE = [
    Customer(id="A", owner="Li"), Customer(id="B"), Customer(id="C", owner="Li"), Customer(id="D"),
]  # fmt: skip
"""Some who share what they are sorted by, or have none of it."""
_NOT_LI = Query(Not(Compare("owner", "=", "Li")))
_LAST_FIRST = Query(order=(Order("owner", descending=True),))


_LOOKED_AT = (
    "value", "stage", "status", "owner", "grade", "first_contact_at", "closed_at", "satisfaction",
    "activities", "tags", "links", "price", "x.tier", "gone.field",
)  # fmt: skip


class QuestionContract(ContractBase):
    """find, tally and paging."""

    def test_unknown_is_neither_true_nor_false(self, open_store: OpenStore) -> None:
        with open_store(CODEC) as store:
            sizes = {"A": 1, "B": 5, "N": None}
            add(store, *(Customer(id=i, employees=n, region="上海") for i, n in sizes.items()))
            small = Compare("employees", "<", 3)
            shanghai = Compare("region", "=", "上海")
            asked: dict[str, Condition] = {
                "A": small,
                "B": Not(small),
                "AB": Or((small, Not(small))),
                "N": unknown("employees"),
                "": And((shanghai, Not(Or((small, shanghai))))),
                "ABN": Or((small, shanghai)),
            }
            for expected, where in asked.items():
                assert "".join(ids(store.find(Query(where)).customers)) == expected, where

    def test_order_is_by_code_point_and_unknown_comes_last(self, open_store: OpenStore) -> None:
        with open_store(CODEC) as store:
            names = ("北京", "a", "上海", "B", None, "é", "b", "上海")
            add(store, *(Customer(id=f"C{n}", company=name) for n, name in enumerate(names)))
            up, down = (Order("company"), (Order("company", descending=True)))
            found = {
                order: ids(store.find(Query(order=(order,))).customers) for order in (up, down)
            }
            assert found[up] == ["C3", "C1", "C6", "C5", "C2", "C7", "C0", "C4"]
            assert found[down] == ["C0", "C2", "C7", "C5", "C6", "C1", "C3", "C4"]

    @RANDOM
    @given(
        people=st.lists(customers(), max_size=8), asked=st.lists(queries(), min_size=1, max_size=6)
    )
    @example(people=_ALIKE, asked=[_NOT_LI, _LAST_FIRST])
    def test_questions_are_answered_as_the_evaluator_does(
        self, open_store: OpenStore, people: list[Customer], asked: list[Query]
    ) -> None:
        with open_store(CODEC) as store:
            reference = Reference(replace_all(store, people))
            for query in asked:
                assert ids(store.find(query).customers) == ids(reference.find(query)), query

    @RANDOM
    @given(
        people=st.lists(customers(), max_size=8),
        where=conditions(),
        by=groupings(),
    )
    def test_tallies_are_counted_as_the_evaluator_does(
        self, open_store: OpenStore, people: list[Customer], where: Condition, by: By
    ) -> None:
        with open_store(CODEC) as store:
            reference = Reference(replace_all(store, people))
            assert store.tally(where, by) == reference.tally(where, by)

    @RANDOM
    @given(
        people=st.lists(customers(), max_size=6),
        where=conditions(),
        keys=st.lists(st.sampled_from(_LOOKED_AT), min_size=1, unique=True),
    )
    def test_customers_looked_at_are_those_found(
        self, open_store: OpenStore, people: list[Customer], where: Condition, keys: list[str]
    ) -> None:
        with open_store(CODEC) as store:
            replace_all(store, people)
            whole = {one.id: one for one in store.find(Query(where)).customers}
            found = list(store.look(where, ("id", *keys)))
            assert sorted(one.id for one in found) == sorted(whole)
            for one in found:
                for key in keys:
                    value = one.value if key == "value" else one.value_of(key)
                    mine = whole[one.id]
                    assert value == (mine.value if key == "value" else mine.value_of(key)), key
            several = ("id", *keys, "first_response_at", "in_funnel")
            assert {row[0]: row for row in store.values(CODEC, where, several)} == {
                key: tuple(FIELDS.value(one, name) for name in several)
                for key, one in whole.items()
            }
            revision, docs = store.documents(CODEC)
            assert revision == store.revision
            everybody = store.find(Query()).customers
            assert {key: CODEC.decode(doc) for key, doc in docs.items()} == {
                one.id: one for one in everybody
            }

    @RANDOM
    @given(
        people=st.lists(customers(), min_size=1, max_size=6),
        changed=st.lists(st.one_of(st.none(), customers()), min_size=1, max_size=4),
        where=conditions(),
        order=orders(),
    )
    @example(people=_ALIKE, changed=[], where=EVERYBODY, order=_LAST_FIRST.order)
    @example(people=_ALIKE, changed=[], where=_NOT_LI.where, order=())
    @example(people=_ALIKE, changed=[Customer(stage="won")], where=EVERYBODY, order=())
    def test_answers_follow_the_commits(
        self,
        open_store: OpenStore,
        people: list[Customer],
        changed: list[Customer | None],
        where: Condition,
        order: tuple[Order, ...],
    ) -> None:
        with open_store(CODEC) as store:
            held = {customer.id: customer for customer in replace_all(store, people)}
            query, by = Query(where, order), ("stage",)
            for number, after in enumerate([None, *changed]):
                if number:
                    customer_id = sorted(held)[0] if held else "new"
                    before, new = held.get(customer_id), after and evolve(after, id=customer_id)
                    if before is None and new is None:
                        continue
                    revision = store.commit(batch(Write(before, new))).revision
                    held.pop(customer_id, None)
                    if new is not None:
                        held[customer_id] = evolve(new, revision=revision)
                reference = Reference(held.values())
                assert ids(store.find(query).customers) == ids(reference.find(query))
                assert store.tally(where, by) == reference.tally(where, by)

    @RANDOM
    @given(
        people=st.lists(customers(), max_size=8),
        where=conditions(),
        order=orders(),
        limit=st.integers(1, 3),
    )
    @example(people=_ALIKE, where=EVERYBODY, order=(Order("status"),), limit=1)
    def test_pages_hold_everybody_once(
        self,
        open_store: OpenStore,
        people: list[Customer],
        where: Condition,
        order: tuple[Order, ...],
        limit: int,
    ) -> None:
        with open_store(CODEC) as store:
            held = replace_all(store, people)
            query = Query(where, order, limit)
            everybody = ids(Reference(held).find(evolve(query, limit=None)))
            seen: list[str] = []
            for _ in range(len(held) + 1):
                page = store.find(query)
                assert page.revision == store.revision
                seen += ids(page.customers)
                if page.next is None:
                    break
                assert len(page.customers) == limit
                query = query.next(page.next)
            assert seen == everybody

    def test_sums_are_exact_and_by_currency(self, open_store: OpenStore) -> None:
        with open_store(CODEC) as store:
            prices = ["0.1", "0.2", "123456789012345.67"]
            rich = [Customer(id=f"C{n}", price=Money(Decimal(p))) for n, p in enumerate(prices)]
            add(store, *rich, Customer(id="U", price=parse_money("$1")), Customer(id="N"))
            (bucket,) = store.tally(EVERYBODY, ())
            assert (bucket.count, bucket.unknown_value) == (5, 1)
            assert bucket.values == {"CNY": Decimal("123456789012345.97"), "USD": Decimal(1)}
