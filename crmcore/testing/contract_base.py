"""What the parts of the store contract share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

import pytest
from attrs import evolve
from hypothesis import HealthCheck, settings

from crmcore.changes import Batch, Commit, Write
from crmcore.codec import Codec
from crmcore.customer import Customer
from crmcore.query import Query
from crmcore.storage.base import Store

OpenStore = Callable[[Codec], Store]
"""Opens the same medium again each time it is called; a new one the first time."""

AT = datetime(2024, 5, 1, 2, tzinfo=UTC)

RANDOM = settings(
    max_examples=40,
    deadline=None,
    print_blob=True,
    suppress_health_check=[
        HealthCheck.function_scoped_fixture,  # one medium serves all examples, as in life
        HealthCheck.differing_executors,  # each backend's subclass runs the same test
        HealthCheck.too_slow,
    ],
)


def batch(*writes: Write, action: str = "edit", reason: str = "", actor: str = "李娜") -> Batch:
    """A commit as the façade would propose it."""
    return Batch(writes, AT, actor, action, reason)


def add(store: Store, *new: Customer) -> Commit:
    """Commit new customers."""
    return store.commit(batch(*(Write(None, customer) for customer in new), action="add"))


def change(store: Store, customer_id: str, **values: object) -> Commit:
    """Commit a change to a customer as the store knows it."""
    before = store.get(customer_id)
    assert before is not None
    return store.commit(batch(Write(before, before.with_values(**values))))


def ids(found: Sequence[Customer]) -> list[str]:
    """Who was found, in order."""
    return [customer.id for customer in found]


def replace_all(store: Store, people: Sequence[Customer]) -> list[Customer]:
    """Make *people* all the customers there are; returns them as the store should hold them."""
    named = [evolve(c, id=f"{'客' if n % 3 == 0 else 'C'}{n}") for n, c in enumerate(people)]
    writes = [Write(old, None) for old in store.find(Query()).customers]
    if writes:
        store.commit(batch(*writes))
    if not named:
        return []
    revision = add(store, *named).revision
    return [evolve(customer, revision=revision) for customer in named]


class ContractBase:
    """Tests of one backend.

    `persistent`: what was committed is there when the medium is opened again. `shared`: several
    store objects, in one or in several processes, may have the medium open at a time.
    """

    persistent = True
    shared = True

    @pytest.fixture
    def open_store(self) -> OpenStore:
        """Opens the backend under test; an author's subclass gives it."""
        raise NotImplementedError("give your StoreContract subclass a fixture open_store")

    def needs(self, *features: str) -> None:
        """Skip the test unless the store has these features."""
        for feature in features:
            if not getattr(self, feature):
                pytest.skip(f"this store is not {feature}")
