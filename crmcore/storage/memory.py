"""A store in memory: nothing is kept."""

from __future__ import annotations

from collections.abc import Iterator
from threading import RLock
from typing import Any

from crmcore.changes import Batch, Commit
from crmcore.codec import Codec, Doc, apply_edit
from crmcore.customer import Customer
from crmcore.errors import ConflictError, DuplicateIdError
from crmcore.evaluate import matches, order_keys, place, place_of
from crmcore.evaluate import tally as tallied
from crmcore.query import Bucket, Condition, Cursor, Page, Query
from crmcore.storage.base import Store


class MemoryStore(Store):
    """Everything in one process, gone with it."""

    def __init__(self, codec: Codec) -> None:
        self.codec = codec
        self.docs: dict[str, Doc] = {}
        self.log: list[Doc] = []
        self.used: set[str] = set()
        self._cache: dict[str, Customer] = {}
        self._lock = RLock()

    @property
    def revision(self) -> int:
        return len(self.log)

    def get(self, customer_id: str) -> Customer | None:
        with self._lock:
            if customer_id not in self.docs:
                return None
            if customer_id not in self._cache:
                self._cache[customer_id] = self.codec.decode(self.docs[customer_id])
            return self._cache[customer_id]

    def _customers(self) -> list[Customer]:
        found = (self.get(customer_id) for customer_id in list(self.docs))
        return [customer for customer in found if customer is not None]

    def find(self, query: Query) -> Page:
        fields = self.codec.fields
        with self._lock:
            rows = []
            for customer in self._customers():
                def get(key: str, c: Customer = customer) -> Any:
                    return fields.value(c, key)
                if matches(query.where, get, fields):
                    keys = order_keys(query.order, get, fields)
                    rows.append((place(query.order, keys, customer.id), keys, customer))
            rows.sort(key=lambda row: row[0])
            if query.after is not None:
                start = place_of(query.order, query.after)
                rows = [row for row in rows if row[0] > start]
            more = query.limit is not None and len(rows) > query.limit
            rows = rows[: query.limit]
            cursor = Cursor(rows[-1][1], rows[-1][2].id) if more and rows else None
            return Page(tuple(row[2] for row in rows), cursor, self.revision)

    def tally(self, where: Condition, by: tuple[str, ...]) -> tuple[Bucket, ...]:
        fields = self.codec.fields
        with self._lock:
            getters = [
                lambda key, c=customer: fields.value(c, key) for customer in self._customers()
            ]
            return tallied([g for g in getters if matches(where, g, fields)], by)

    def last_id(self, prefix: str) -> str | None:
        mine = (i for i in self.used if i.startswith(prefix))
        return max(mine, key=lambda i: (len(i), i), default=None)

    def commit(self, batch: Batch) -> Commit:
        with self._lock:
            for write in batch.writes:
                current = self.docs.get(write.id)
                if write.before is None:
                    if current is not None:
                        raise DuplicateIdError(write.id)
                elif current is None or current["revision"] != write.before.revision:
                    raise ConflictError(f"{write.id} was changed meanwhile.", customer_id=write.id)
            raw = self.codec.encode_commit(self.revision + 1, batch)
            self.log.append(raw)
            for edit in raw["edits"]:
                doc = apply_edit(self.docs.get(edit["id"]), edit, raw["revision"])
                self._cache.pop(edit["id"], None)
                self.used.add(edit["id"])
                if doc is None:
                    del self.docs[edit["id"]]
                else:
                    self.docs[edit["id"]] = doc
            return self.codec.decode_commit(raw)

    def history(
        self, customer_id: str | None = None, *, since: int = 0, newest_first: bool = False
    ) -> Iterator[Commit]:
        for raw in list(reversed(self.log)) if newest_first else list(self.log):
            mine = customer_id is None or any(e["id"] == customer_id for e in raw["edits"])
            if raw["revision"] > since and mine:
                yield self.codec.decode_commit(raw)

    def refresh(self) -> int:
        return self.revision

    def close(self) -> None:
        pass
