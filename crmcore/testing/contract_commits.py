"""The store contract: what a commit does, what it refuses, what history tells."""

from __future__ import annotations

from decimal import Decimal
from threading import Thread

import pytest
from attrs import evolve
from hypothesis import given

from crmcore.changes import FieldChange, Write
from crmcore.customer import Customer
from crmcore.errors import ConflictError, DuplicateIdError
from crmcore.money import Money, parse_money
from crmcore.query import EVERYBODY, Compare, Query
from crmcore.records import Activity
from crmcore.storage.base import Span
from crmcore.testing.contract_base import (
    AT,
    RANDOM,
    ContractBase,
    OpenStore,
    add,
    batch,
    change,
    ids,
)
from crmcore.testing.reference import CODEC
from crmcore.testing.strategies import customers

HOSTILE = (
    "=1+1", "'; DROP TABLE customers; --", "[red]x[/red]", "\x1b[31m red \x1b[0m", "a\nb\tc\r\n d ",
    "“引号” \"quotes\" 'single' \\ back\\\\slash %s {0} ${x}", "\u202eright to left\u202c",
    "null", "None", "true", "1e5", "é and e\u0301 and ﬁ", "😀👨‍👩‍👧‍👦", "某某　公司", " ", "\u2028\u2029", "x" * 100_000,
)  # fmt: skip
"""Texts that a careless store changes, drops, or runs. NUL and lone surrogates never come so far."""


class CommitContract(ContractBase):
    """Commits, refusals, ids and history of one store object."""

    # one commit

    def test_a_new_store_is_empty(self, open_store: OpenStore) -> None:
        with open_store(CODEC) as store:
            assert store.revision == 0
            assert store.get("C1") is None
            assert store.find(Query()).customers == ()
            assert store.tally(EVERYBODY, ()) == ()
            assert store.last_id("") is None
            assert list(store.history()) == []

    def test_a_commit_says_what_was_done(self, open_store: OpenStore) -> None:
        with open_store(CODEC) as store:
            first = store.commit(
                batch(Write(None, Customer(id="C1", company="某某")), action="add", reason="展会")
            )
            assert (first.revision, first.at, first.actor) == (1, AT, "李娜")
            assert (first.action, first.reason, first.undoes) == ("add", "展会", None)
            assert (first.edits[0].id, first.edits[0].kind) == ("C1", "create")
            assert FieldChange("company", None, "某某") in first.edits[0].changes
            second = change(store, "C1", company=None, price=parse_money("10万"))
            assert second.revision == store.revision == 2
            assert second.edits[0].kind == "update"
            assert set(second.edits[0].changes) == {
                FieldChange("company", "某某", None),
                FieldChange("price", None, parse_money("10万")),
            }

    def test_a_customer_comes_back_as_it_was_given(self, open_store: OpenStore) -> None:
        given_ = Customer(
            id="客户/1 2", company="某某", price=Money(Decimal("0.1"), "USD"), tags=("展会", "VIP"),
            activities=(Activity(AT, "call", "聊了\n两行", "李娜"),), next_step_due=AT,
            extra={"x.size": 5, "x.rate": Decimal("0.10"), "gone.field": {"k": [1, None, "值"]}},
        )  # fmt: skip
        with open_store(CODEC) as store:
            add(store, given_)
            assert store.get(given_.id) == evolve(given_, revision=1)
            assert store.find(Query()).customers == (evolve(given_, revision=1),)

    @RANDOM
    @given(customer=customers())
    def test_any_customer_comes_back(self, open_store: OpenStore, customer: Customer) -> None:
        with open_store(CODEC) as store:
            new = evolve(customer, id=f"R{store.revision}")
            commit = add(store, new)
            assert store.get(new.id) == evolve(new, revision=commit.revision)

    def test_hostile_text_is_kept_as_it_is(self, open_store: OpenStore) -> None:
        with open_store(CODEC) as store:
            texts = {f"T{n:02}": text for n, text in enumerate(HOSTILE)}
            add(store, *(Customer(id=i, remarks=t, extra={"x.note": t}) for i, t in texts.items()))
            for customer_id, text in texts.items():
                found = store.get(customer_id)
                assert found is not None
                assert (found.remarks, found.extra["x.note"]) == (text, text)
                asked = Query(Compare("x.note", "=", text))
                assert ids(store.find(asked).customers) == [customer_id]

    # refusals

    def test_a_change_of_what_has_changed_since_is_refused(self, open_store: OpenStore) -> None:
        with open_store(CODEC) as store:
            add(store, Customer(id="C1"))
            seen = store.get("C1")
            assert seen is not None
            change(store, "C1", remarks="first")
            for after in (evolve(seen, remarks="second"), None):
                with pytest.raises(ConflictError) as refused:
                    store.commit(batch(Write(seen, after)))
                assert not isinstance(refused.value, DuplicateIdError)
                assert (refused.value.customer_id, refused.value.expected) == ("C1", 1)
                assert refused.value.found == 2
            found = store.get("C1")
            assert found is not None
            assert (found.remarks, store.revision) == ("first", 2)

    def test_a_change_of_nobody_is_refused(self, open_store: OpenStore) -> None:
        with open_store(CODEC) as store, pytest.raises(ConflictError) as refused:
            store.commit(batch(Write(Customer(id="C9", revision=3), Customer(id="C9"))))
        assert (refused.value.expected, refused.value.found) == (3, 0)

    def test_a_used_id_is_refused(self, open_store: OpenStore) -> None:
        with open_store(CODEC) as store:
            add(store, Customer(id="C1", company="A"))
            with pytest.raises(DuplicateIdError) as refused:
                add(store, Customer(id="C1", company="B"))
            assert refused.value.customer_id == "C1"
            assert store.revision == 1
            assert [c.company for c in store.find(Query()).customers] == ["A"]

    def test_one_customer_twice_in_a_commit_is_refused(self, open_store: OpenStore) -> None:
        with open_store(CODEC) as store:
            with pytest.raises(DuplicateIdError):
                add(store, Customer(id="C1", company="A"), Customer(id="C1", company="B"))
            assert store.find(Query()).customers == ()

    def test_a_commit_is_all_or_nothing(self, open_store: OpenStore) -> None:
        with open_store(CODEC) as store:
            add(store, Customer(id="C1"))
            writes = [Write(None, Customer(id="C2")), Write(None, Customer(id="C3"))]
            with pytest.raises(ConflictError):
                store.commit(batch(*writes, Write(Customer(id="C9", revision=7), None)))
            assert ids(store.find(Query()).customers) == ["C1"]
            assert store.get("C2") is None
            assert (store.revision, len(list(store.history()))) == (1, 1)

    # ids, removal, history

    def test_a_removed_customer_is_gone_and_can_be_brought_back(
        self, open_store: OpenStore
    ) -> None:
        with open_store(CODEC) as store:
            add(store, Customer(id="C1", company="某某", owner="李娜", tags=("展会",)))
            gone = store.get("C1")
            assert gone is not None
            removed = store.commit(batch(Write(gone, None)))
            assert removed.edits[0].kind == "remove"
            assert FieldChange("company", "某某", None) in removed.edits[0].changes
            assert store.get("C1") is None
            assert store.find(Query(Compare("owner", "=", "李娜"))).customers == ()
            assert store.tally(EVERYBODY, ()) == ()
            back = Customer().with_values(**{c.field: c.before for c in removed.edits[0].changes})
            add(store, back)
            assert store.get("C1") == evolve(gone, revision=3)

    def test_the_last_id_is_the_longest_then_greatest(self, open_store: OpenStore) -> None:
        with open_store(CODEC) as store:
            add(
                store,
                *(Customer(id=i) for i in ("D9", "D10", "D1", "E5", "客2", "客10", "20240501")),
            )
            answers = {
                prefix: store.last_id(prefix) for prefix in ("D", "D1", "E", "客", "F", "D100")
            }
            assert answers == {
                "D": "D10", "D1": "D10", "E": "E5", "客": "客10", "F": None, "D100": None
            }  # fmt: skip
            assert store.last_id("") == "20240501"

    def test_a_prefix_is_text_not_a_pattern(self, open_store: OpenStore) -> None:
        with open_store(CODEC) as store:
            add(store, *(Customer(id=i) for i in ("A%1", "AB1", "A_2", "ab9")))
            found = {prefix: store.last_id(prefix) for prefix in ("A%", "A_", "a", "A*")}
            assert found == {"A%": "A%1", "A_": "A_2", "a": "ab9", "A*": None}

    def test_a_removed_customers_id_stays_used(self, open_store: OpenStore) -> None:
        with open_store(CODEC) as store:
            add(store, Customer(id="D1"), Customer(id="D2"))
            store.commit(batch(Write(store.get("D2"), None)))
            assert store.last_id("D") == "D2"

    def test_history_tells_every_commit(self, open_store: OpenStore) -> None:
        with open_store(CODEC) as store:
            made = [add(store, Customer(id="C1"), Customer(id="客2"))]
            made += [
                change(store, i, remarks=f"客2 {n}") for n, i in enumerate(["C1", "客2", "C1"])
            ]
            assert list(store.history()) == made
            assert list(store.history(newest_first=True)) == made[::-1]
            of = [evolve(made[0], edits=made[0].edits[place : place + 1]) for place in (0, 1)]
            assert list(store.history("C1")) == [of[0], made[1], made[3]]
            assert list(store.history("客2", newest_first=True)) == [made[2], of[1]]
            assert list(store.history("C")) == []

    def test_history_of_one_of_very_many(self, open_store: OpenStore) -> None:
        with open_store(CODEC) as store:
            many = [
                Customer(id=f"C{n}", remarks=f'{{"id":"C7","kind":"{n}' * 20) for n in range(2500)
            ]
            made = add(store, *many)
            change(store, "C7", remarks="x")
            for number in (0, 7, 1249, 2499):
                told = next(store.history(f"C{number}"))
                assert told == evolve(made, edits=made.edits[number : number + 1])
            assert [commit.revision for commit in store.history("C7")] == [1, 2]
            assert list(store.history("C25")) == [evolve(made, edits=made.edits[25:26])]
            assert next(store.history()) == made

    def test_history_since_a_revision(self, open_store: OpenStore) -> None:
        with open_store(CODEC) as store:
            made = [add(store, Customer(id=f"C{n}", remarks="长" * 40 * n)) for n in range(12)]
            for since in range(14):
                assert list(store.history(since=since)) == made[since:]
                assert list(store.history(since=since, newest_first=True)) == made[since:][::-1]
            assert list(store.history("C5", since=5)) == [made[5]]
            assert list(store.history("C5", since=6)) == []

    def test_edits_looked_at_one_by_one_are_those_of_all(self, open_store: OpenStore) -> None:
        with open_store(CODEC) as store:
            writes = [Write(None, Customer(id=f"C{n}", tags=("a",))) for n in range(4)]
            given = store.commit(batch(*writes))
            (told,) = store.history()
            for commit in (given, told):
                few = (commit.edits[1], commit.edits[-1], *commit.edits[1:3])
                assert [edit.id for edit in few] == ["C1", "C3", "C1", "C2"]
                assert few == tuple(tuple(commit.edits)[place] for place in (1, 3, 1, 2))
                with pytest.raises(IndexError):
                    commit.edits[4]

    def test_history_without_objects_says_the_same(self, open_store: OpenStore) -> None:
        with open_store(CODEC) as store:
            add(store, *(Customer(id=f"C{n}", tags=("a",), stage="lead") for n in range(5)))
            change(store, "C1", stage="screening", remarks='"stage":[')
            change(store, "C2", remarks="x", grade="A")
            change(store, "C3", tags=())
            store.commit(evolve(batch(Write(store.get("C4"), None)), undoes=3))
            for since in range(6):
                told = [
                    CODEC.decode_commit(raw) for raw in store.raw_history(CODEC, Span(since=since))
                ]
                assert told == list(store.history(since=since))
                back = store.raw_history(CODEC, Span(since=since, newest_first=True, limit=2))
                assert [CODEC.decode_commit(raw) for raw in back] == told[::-1][:2]
            some = store.raw_history(CODEC, Span(changing=("stage",)))
            assert {1, 2, 5} <= {raw["revision"] for raw in some}
            some = store.raw_history(CODEC, Span(changing=("grade", "stage"), newest_first=True))
            assert {1, 2, 3, 5} <= {raw["revision"] for raw in some}

    # many at a time

    def test_threads_share_one_store(self, open_store: OpenStore) -> None:
        with open_store(CODEC) as store:

            def work(name: str) -> None:
                for number in range(5):
                    add(store, Customer(id=f"{name}{number}"))
                    store.find(Query(limit=2))

            threads = [Thread(target=work, args=(name,)) for name in "ABCD"]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            assert len(store.find(Query()).customers) == 20
            assert [commit.revision for commit in store.history()] == list(range(1, 21))
