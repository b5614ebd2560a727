"""What all stores that keep their state in memory share: answering from a table, one at a time."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from threading import RLock
from typing import Any

from crmcore.codec import Codec, Doc
from crmcore.customer import Customer
from crmcore.query import Bucket, By, Condition, Page, Query
from crmcore.storage.base import Store
from crmcore.storage.table import Table


class TableStore(Store):
    """The reading half of a `Store`; a subclass commits, and tells the history."""

    def __init__(self, codec: Codec) -> None:
        self._codec = codec
        self._table = Table(codec)
        self._lock = RLock()

    @property
    def revision(self) -> int:
        return self._table.revision

    def get(self, customer_id: str) -> Customer | None:
        with self._lock:
            return self._table.get(customer_id)

    def find(self, query: Query) -> Page:
        with self._lock:
            return self._table.find(query)

    def tally(self, where: Condition, by: By) -> tuple[Bucket, ...]:
        with self._lock:
            return self._table.tally(where, by)

    def last_id(self, prefix: str) -> str | None:
        with self._lock:
            return self._table.last_id(prefix)

    def documents(self, codec: Codec) -> tuple[int, dict[str, Doc]]:
        with self._lock:
            return self._table.revision, dict(self._table.docs)

    def look(self, where: Condition, keys: Collection[str]) -> Iterator[Customer]:
        with self._lock:
            found = self._table.look(where)
        yield from found

    def values(
        self, codec: Codec, where: Condition, keys: Sequence[str]
    ) -> Iterator[tuple[Any, ...]]:
        with self._lock:
            return self._table.values(where, keys)
