"""Threads that commit at one time share one sync, and each gets its own answer."""

from __future__ import annotations

import os
from threading import Event, Thread

from attrs import evolve

from crmcore.changes import Batch, Commit, Write
from crmcore.customer import Customer
from crmcore.errors import ConflictError, CrmError, DuplicateIdError, StoreError
from crmcore.testing import CODEC
from crmcore.testing.contract_base import AT
from crmcore_json.store import JsonStore


def batch(*writes: Write) -> Batch:
    """A commit of these writes."""
    return Batch(writes, AT, "tester", "edit")


def at_one_time(store: JsonStore, batches: list[Batch], monkeypatch) -> tuple[list[object], int]:
    """What each of *batches* got, all of them made while another commit syncs; and the syncs."""
    syncs, going, release, real = [], Event(), Event(), os.fsync

    def slow(descriptor: int) -> None:
        syncs.append(descriptor)
        if len(syncs) == 1:
            going.set()
            assert release.wait(10)
        real(descriptor)

    outcomes: list[object] = [None] * len(batches)

    def work(place: int, one: Batch) -> None:
        try:
            outcomes[place] = store.commit(one)
        except CrmError as error:
            outcomes[place] = error

    store.commit(batch(Write(None, Customer(id="first"))))
    monkeypatch.setattr(os, "fsync", slow)
    threads = [Thread(target=work, args=(-1, batch(Write(None, Customer(id="slow")))))]
    outcomes.append(None)
    threads[0].start()
    assert going.wait(10)
    for place, one in enumerate(batches):
        threads.append(Thread(target=work, args=(place, one)))
        threads[-1].start()
        while len(store._groups._waiting) <= place:  # queued, in this order
            threads[-1].join(0.001)
    release.set()
    for thread in threads:
        thread.join(10)
    return outcomes[:-1], len(syncs) - 1


def test_those_who_wait_share_one_sync(tmp_path, monkeypatch) -> None:
    store = JsonStore(tmp_path / "crm.json", CODEC)
    made = [batch(Write(None, Customer(id=f"C{n}"))) for n in range(5)]
    outcomes, syncs = at_one_time(store, made, monkeypatch)
    assert syncs == 1
    assert [o.revision for o in outcomes if isinstance(o, Commit)] == [3, 4, 5, 6, 7]
    again = JsonStore(tmp_path / "crm.json", CODEC)
    assert list(again.history(since=2)) == outcomes


def test_one_that_is_refused_does_not_refuse_the_others(tmp_path, monkeypatch) -> None:
    store = JsonStore(tmp_path / "crm.json", CODEC)
    made = [
        batch(Write(None, Customer(id="A"))),
        batch(Write(None, Customer(id="first"))),
        batch(Write(None, Customer(id="B", remarks="\ud800"))),
        batch(Write(None, Customer(id="C"))),
    ]
    (a, known, half, c), syncs = at_one_time(store, made, monkeypatch)
    assert isinstance(known, DuplicateIdError)
    assert isinstance(half, StoreError)
    assert isinstance(a, Commit) and isinstance(c, Commit)
    assert (a.revision, c.revision, syncs) == (3, 4, 1)


def test_of_two_changes_of_one_customer_the_second_is_refused(tmp_path, monkeypatch) -> None:
    store = JsonStore(tmp_path / "crm.json", CODEC)
    first = evolve(Customer(id="first"), revision=1)
    made = [batch(Write(first, evolve(first, remarks=text))) for text in ("mine", "yours")]
    (mine, yours), _ = at_one_time(store, made, monkeypatch)
    assert isinstance(mine, Commit)
    assert isinstance(yours, ConflictError)
    found = store.get("first")
    assert found is not None and found.remarks == "mine"


def test_a_disk_that_fails_refuses_all_of_them(tmp_path, monkeypatch) -> None:
    store = JsonStore(tmp_path / "crm.json", CODEC)
    made = [batch(Write(None, Customer(id=f"C{n}"))) for n in range(3)]

    def fails(descriptor: int, data: bytes, offset: int) -> int:
        if b'"C0"' in data:
            raise OSError(5, "Input/output error")
        return real(descriptor, data, offset)

    real = os.pwrite
    monkeypatch.setattr(os, "pwrite", fails)
    outcomes, _ = at_one_time(store, made, monkeypatch)
    assert all(isinstance(outcome, StoreError) for outcome in outcomes)
    assert store.revision == 2
    assert JsonStore(tmp_path / "crm.json", CODEC).revision == 2
