"""The state in memory: documents by id, decoded when asked for."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Mapping
from typing import Any

from crmcore.changes import Batch
from crmcore.codec import Codec, Doc, apply_edit
from crmcore.customer import Customer
from crmcore.errors import ConflictError, DuplicateIdError
from crmcore.evaluate import Getter, matches, order_keys, place, place_of
from crmcore.evaluate import tally as tallied
from crmcore.query import And, Bucket, Compare, Condition, Cursor, Page, Query

INDEXED = ("pipeline", "status", "stage", "owner", "grade", "external_id", "phone", "email")


class Table:
    """What a store that keeps everything in memory knows; not safe for threads by itself."""

    def __init__(self, codec: Codec) -> None:
        self._codec = codec
        self.docs: dict[str, Doc] = {}
        self.revision = 0
        self._ids: list[str] = []
        self._decoded: dict[str, Customer] = {}
        self._index: dict[str, dict[Any, set[str]]] = {key: {} for key in INDEXED}

    def load(self, docs: Mapping[str, Doc], revision: int, retired: tuple[str, ...]) -> None:
        """Take over a snapshot."""
        self.docs = dict(docs)
        self.revision = revision
        self._ids = sorted({*docs, *retired})
        for customer_id, doc in self.docs.items():
            self._enter(customer_id, doc)

    @property
    def retired(self) -> tuple[str, ...]:
        """The ids that were used and belong to nobody now."""
        return tuple(i for i in self._ids if i not in self.docs)

    def _enter(self, customer_id: str, doc: Doc) -> None:
        for key, index in self._index.items():
            if (value := doc.get(key)) is not None:
                index.setdefault(value, set()).add(customer_id)

    def _leave(self, customer_id: str, doc: Doc) -> None:
        for key, index in self._index.items():
            if (value := doc.get(key)) is not None:
                index[value].discard(customer_id)

    def check(self, batch: Batch) -> None:
        """Raise ConflictError or DuplicateIdError if *batch* was made from another state."""
        for write in batch.writes:
            current = self.docs.get(write.id)
            if write.before is None:
                if current is not None:
                    raise DuplicateIdError(write.id)
            elif current is None or current["revision"] != write.before.revision:
                found = 0 if current is None else current["revision"]
                what = "was changed" if current else "was removed"
                raise ConflictError(
                    f"{write.id} {what} by someone else meanwhile. Look at it again, then repeat "
                    "what still applies.",
                    customer_id=write.id,
                    expected=write.before.revision,
                    found=found,
                )

    def apply(self, raw: Mapping[str, Any]) -> None:
        """Take in a commit as `Codec.encode_commit` writes it."""
        self.revision = raw["revision"]
        for edit in raw["edits"]:
            customer_id = edit["id"]
            old = self.docs.get(customer_id)
            new = apply_edit(old, edit, self.revision)
            self._decoded.pop(customer_id, None)
            if old is not None:
                self._leave(customer_id, old)
            place_of_id = bisect_left(self._ids, customer_id)
            if self._ids[place_of_id : place_of_id + 1] != [customer_id]:
                insort(self._ids, customer_id)
            if new is None:
                self.docs.pop(customer_id, None)
            else:
                self.docs[customer_id] = new
                self._enter(customer_id, new)

    def get(self, customer_id: str) -> Customer | None:
        """The customer, decoded once."""
        if (known := self._decoded.get(customer_id)) is not None:
            return known
        doc = self.docs.get(customer_id)
        if doc is None:
            return None
        return self._decoded.setdefault(customer_id, self._codec.decode(doc))

    def last_id(self, prefix: str) -> str | None:
        """See `Store.last_id`."""
        start = bisect_left(self._ids, prefix)
        stop = bisect_left(self._ids, prefix + "\U0010ffff")
        return max(self._ids[start:stop], key=lambda i: (len(i), i), default=None)

    def _getter(self, customer_id: str) -> Getter:
        doc, codec = self.docs[customer_id], self._codec

        def get(key: str) -> Any:
            spec = codec.fields.get(key)
            if spec is not None and spec.compute is not None:
                customer = self.get(customer_id)
                return None if customer is None else spec.compute(customer)
            return codec.decode_value(key, doc.get(key))

        return get

    def _candidates(self, where: Condition) -> list[str]:
        parts = where.parts if isinstance(where, And) else (where,)
        found = map(self._indexed, parts)
        sets = sorted((ids for ids in found if ids is not None), key=len)
        return list(sets[0] if sets else self.docs)

    def _indexed(self, part: Condition) -> set[str] | None:
        if not isinstance(part, Compare) or part.field not in self._index:
            return None
        index = self._index[part.field]
        if part.op == "=":
            return index.get(part.value, set())
        if part.op == "in":
            return set().union(*(index.get(value, set()) for value in part.value))
        return None

    def find(self, query: Query) -> Page:
        """See `Store.find`."""
        fields = self._codec.fields
        after = None if query.after is None else place_of(query.order, query.after)
        rows = []
        for customer_id in self._candidates(query.where):
            get = self._getter(customer_id)
            if matches(query.where, get, fields):
                keys = order_keys(query.order, get, fields)
                where = place(query.order, keys, customer_id)
                if after is None or where > after:
                    rows.append((where, keys))
        rows.sort(key=lambda row: row[0])
        page = rows[: query.limit]
        more = bool(page) and len(page) < len(rows)
        cursor = Cursor(page[-1][1], page[-1][0][-1]) if more else None
        found = (self.get(where[-1]) for where, _ in page)
        return Page(tuple(c for c in found if c is not None), cursor, self.revision)

    def tally(self, where: Condition, by: tuple[str, ...]) -> tuple[Bucket, ...]:
        """See `Store.tally`."""
        fields = self._codec.fields
        getters = map(self._getter, self._candidates(where))
        return tallied((get for get in getters if matches(where, get, fields)), by)
