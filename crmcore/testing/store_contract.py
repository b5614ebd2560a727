"""What every `Store` must keep: subclass `StoreContract`, give it `open_store`, run pytest."""

from __future__ import annotations

from threading import Thread

import pytest
from attrs import evolve

from crmcore.changes import Commit, Write
from crmcore.customer import Customer
from crmcore.errors import ConflictError, DuplicateIdError
from crmcore.query import Compare, Query
from crmcore.storage.base import Store
from crmcore.testing.contract_base import OpenStore, add, batch, change, ids
from crmcore.testing.contract_commits import CommitContract
from crmcore.testing.contract_past import PastContract
from crmcore.testing.contract_questions import QuestionContract
from crmcore.testing.reference import CODEC


class StoreContract(CommitContract, QuestionContract, PastContract):
    """All tests of one backend; see `ContractBase` for what a subclass gives and may say of itself."""

    def test_what_was_committed_is_there_after_closing(self, open_store: OpenStore) -> None:
        self.needs("persistent")
        with open_store(CODEC) as store:
            told, held = _a_life(store)
        store.close()
        with open_store(CODEC) as again:
            assert list(again.history()) == told
            assert list(again.find(Query()).customers) == held
            assert again.revision == len(told)
            assert again.last_id("C") == "C3"

    def test_what_was_committed_is_there_after_a_crash(self, open_store: OpenStore) -> None:
        self.needs("persistent", "shared")
        crashed = open_store(CODEC)
        told, held = _a_life(crashed)
        with open_store(CODEC) as again:
            assert list(again.history()) == told
            assert list(again.find(Query()).customers) == held
            assert again.last_id("C") == "C3"
            add(again, Customer(id="C4"))
            assert again.revision == len(told) + 1
        crashed.close()

    def test_two_see_each_others_commits(self, open_store: OpenStore) -> None:
        self.needs("shared")
        with open_store(CODEC) as mine, open_store(CODEC) as theirs:
            for number, (one, other) in enumerate([(mine, theirs), (theirs, mine)] * 2, 1):
                add(one, Customer(id=f"C{number}", owner="李娜"))
                assert other.refresh() == other.revision == number
                owned = other.find(Query(Compare("owner", "=", "李娜"))).customers
                assert ids(owned) == [f"C{n}" for n in range(1, number + 1)]
                assert len(list(other.history())) == number
                assert other.last_id("C") == f"C{number}"

    def test_who_waits_is_woken_by_the_others_commit(self, open_store: OpenStore) -> None:
        self.needs("shared")
        with open_store(CODEC) as mine, open_store(CODEC) as theirs:
            for number in (1, 2):
                woken: list[bool] = []
                waiting = Thread(target=lambda told=woken: told.append(mine.wait(60)), daemon=True)
                waiting.start()
                add(theirs, Customer(id=f"C{number}"))
                waiting.join(30)
                assert woken == [True], "wait slept through a commit"
                mine.refresh()

    def test_closing_ends_the_waiting(self, open_store: OpenStore) -> None:
        self.needs("shared")
        with open_store(CODEC) as store:
            add(store, Customer(id="C1"))
            waiting = Thread(target=store.wait, args=(60,), daemon=True)
            waiting.start()
        waiting.join(30)
        assert not waiting.is_alive(), "wait outlives the store"

    def test_of_two_changes_the_second_is_refused(self, open_store: OpenStore) -> None:
        self.needs("shared")
        with open_store(CODEC) as mine:
            add(mine, Customer(id="C1"))
            with open_store(CODEC) as theirs:
                seen = theirs.get("C1")
                assert seen is not None
                change(mine, "C1", remarks="mine")
                with pytest.raises(ConflictError):
                    theirs.commit(batch(Write(seen, evolve(seen, remarks="theirs"))))
                add(mine, Customer(id="C2"))
                with pytest.raises(DuplicateIdError):
                    add(theirs, Customer(id="C2"))
        with open_store(CODEC) as store:
            found = store.get("C1")
            assert found is not None
            assert (found.remarks, store.revision) == ("mine", 3)


def _a_life(store: Store) -> tuple[list[Commit], list[Customer]]:
    """Commits of each kind; returns them, and who is there in the end."""
    told = [add(store, *(Customer(id=f"C{n}", company="某某", tags=("展会",)) for n in (1, 2, 3)))]
    told.append(change(store, "C1", company=None, stage="screening", remarks="\u2028 a\nb"))
    told.append(store.commit(batch(Write(store.get("C3"), None), reason="重复")))
    return told, list(store.find(Query()).customers)
