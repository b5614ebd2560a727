"""The store contract: what it held at any revision is what was held then, and when what was changed."""

from __future__ import annotations

from collections.abc import Iterable

from attrs import evolve
from hypothesis import example, given
from hypothesis import strategies as st

from crmcore.changes import Batch, Write
from crmcore.customer import Customer
from crmcore.query import EVERYBODY, By, Condition, Order, Query
from crmcore.storage.base import Store
from crmcore.storage.turns import Turn, turns_of
from crmcore.testing.contract_base import AT, RANDOM, ContractBase, OpenStore, ids, replace_all
from crmcore.testing.reference import CODEC, FIELDS, Reference
from crmcore.testing.strategies import conditions, customers, groupings, orders

_READ = ("id", "value", "stage", "links", "next_step_due", "first_response_at", "tags", "x.tier")

Step = tuple[int, Customer | None, str, bool]
"""Whom to change, to what (None to remove), by which action, and whether as taking a commit back."""

_STEPS = st.lists(
    st.tuples(
        st.integers(0, 3),
        st.none() | customers(),
        st.sampled_from(["edit", "import"]),
        st.booleans(),
    ),
    max_size=4,
)


def _take(store: Store, step: Step, made: int) -> None:
    """Change one customer, or make one where there is none of that number."""
    number, to, action, undoing = step
    people = store.find(Query()).customers
    before = people[number] if number < len(people) else None
    name = f"N{made}" if before is None else before.id
    after = None if to is None else evolve(to, id=name)
    if before is not None or after is not None:
        undoes = store.revision if undoing else None
        store.commit(Batch((Write(before, after),), AT, "李娜", action, undoes=undoes))


def _state(store: Store) -> list[Customer]:
    return [evolve(one, revision=0) for one in store.find(Query()).customers]


def _in_order(turns: Iterable[Turn]) -> list[Turn]:
    """By customer within a revision; that revisions are in order is seen, too."""
    told = list(turns)
    assert [turn[1] for turn in told] == sorted(turn[1] for turn in told)
    return sorted(told, key=lambda turn: (turn[1], turn[0]))


class PastContract(ContractBase):
    """`at` and `turns`."""

    @RANDOM
    @given(
        people=st.lists(customers(), max_size=4),
        steps=_STEPS,
        where=conditions(),
        by=groupings(),
        order=orders(),
    )
    @example(
        people=[Customer()], steps=[(0, None, "edit", False)], where=EVERYBODY, by=(), order=()
    )
    def test_what_it_held_at_a_revision_is_what_was_held_then(
        self,
        open_store: OpenStore,
        people: list[Customer],
        steps: list[Step],
        where: Condition,
        by: By,
        order: tuple[Order, ...],
    ) -> None:
        with open_store(CODEC) as store:
            replace_all(store, people)
            held = {store.revision: _state(store)}
            for step in steps:
                _take(store, step, store.revision)
                held[store.revision] = _state(store)
            for revision, customers_then in held.items():
                with store.at(CODEC, revision) as then:
                    assert then.revision == revision
                    self._is(then, customers_then, where, by, order)

    def _is(
        self,
        then: Store,
        held: list[Customer],
        where: Condition,
        by: By,
        order: tuple[Order, ...],
    ) -> None:
        reference = Reference(held)
        wanted = reference.find(Query(where))
        assert then.tally(where, by) == reference.tally(where, by)
        rows = {row[0]: row for row in then.values(CODEC, where, _READ)}
        assert rows == {one.id: tuple(FIELDS.value(one, key) for key in _READ) for one in wanted}
        assert sorted(one.id for one in then.look(where, ("id", "grade"))) == ids(wanted)
        first = Query(where, order, limit=2)
        page = then.find(first)
        assert ids(page.customers) == ids(reference.find(first))
        if page.next is not None:
            second = first.next(page.next)
            assert ids(then.find(second).customers) == ids(reference.find(second))
        assert [evolve(one, revision=0) for one in then.find(Query()).customers] == held
        for one in held:
            found = then.get(one.id)
            assert found is not None
            assert evolve(found, revision=0) == one

    @RANDOM
    @given(people=st.lists(customers(), max_size=3), steps=_STEPS)
    def test_turns_are_those_of_the_history(
        self, open_store: OpenStore, people: list[Customer], steps: list[Step]
    ) -> None:
        with open_store(CODEC) as store:
            replace_all(store, people)
            middle = store.revision
            for step in steps:
                _take(store, step, store.revision)
            for field in ("stage", "grade", "owner"):
                told = _in_order(turns_of(store.raw_history(CODEC), field))
                assert _in_order(store.turns(CODEC, field)) == told
                with store.at(CODEC, middle) as then:
                    up_to = [turn for turn in told if turn[1] <= middle]
                    assert _in_order(then.turns(CODEC, field)) == up_to
