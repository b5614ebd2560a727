"""The state in memory: documents by id, decoded when asked for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from heapq import nsmallest
from itertools import islice
from operator import itemgetter
from typing import Any, cast

from crmcore.changes import Batch
from crmcore.codec import Codec, Doc, apply_edit
from crmcore.customer import Customer
from crmcore.errors import ConflictError, DuplicateIdError
from crmcore.evaluate import Getter, matches, order_keys, place, place_of
from crmcore.evaluate import tally as tallied
from crmcore.query import And, Bucket, Condition, Cursor, Page, Query
from crmcore.storage.ids import Ids
from crmcore.storage.index import Indexes


class _Part:
    """A customer of whom only what is looked at is decoded: enough for the core's computed fields."""

    __slots__ = ("_codec", "_doc")

    value = Customer.value

    def __init__(self, doc: Doc, codec: Codec) -> None:
        self._doc = doc
        self._codec = codec

    def __getattr__(self, key: str) -> Any:
        return self._codec.decode_value(key, self._doc.get(key))


class Table:
    """What a store that keeps everything in memory knows; not safe for threads by itself."""

    def __init__(self, codec: Codec) -> None:
        self._codec = codec
        self.load({}, 0, ())

    def load(self, docs: Mapping[str, Doc], revision: int, retired: tuple[str, ...]) -> None:
        """Take over a snapshot, in place of all there is."""
        self.docs: dict[str, Doc] = dict(docs)
        self.revision = revision
        self._ids = Ids((*docs, *retired))
        self._decoded: dict[str, Customer] = {}
        self._indexes = Indexes(self.docs)

    @property
    def retired(self) -> tuple[str, ...]:
        """The ids that were used and belong to nobody now."""
        return tuple(customer_id for customer_id in self._ids if customer_id not in self.docs)

    def check(self, batch: Batch) -> None:
        """Raise ConflictError or DuplicateIdError if *batch* was made from another state."""
        seen: set[str] = set()
        for write in batch.writes:
            current = self.docs.get(write.id)
            found = 0 if current is None else current["revision"]
            if write.before is None:
                if current is not None or write.id in seen:
                    raise DuplicateIdError(write.id, found)
            elif write.id in seen:
                raise ConflictError(
                    f"{write.id} would be changed twice in one commit. Make it two commits.",
                    customer_id=write.id,
                    expected=write.before.revision,
                    found=found,
                )
            elif found != write.before.revision or current is None:
                what = "was changed" if current else "was removed"
                raise ConflictError(
                    f"{write.id} {what} by someone else meanwhile. Look at it again, then repeat "
                    "what still applies.",
                    customer_id=write.id,
                    expected=write.before.revision,
                    found=found,
                )
            seen.add(write.id)

    def apply(self, raw: Mapping[str, Any]) -> None:
        """Take in a commit as `Codec.encode_commit` writes it; twice is as good as once."""
        revision = raw["revision"]
        for edit in raw["edits"]:
            customer_id = edit["id"]
            old = self.docs.get(customer_id)
            new = apply_edit(old, edit, revision)
            self._decoded.pop(customer_id, None)
            self._ids.add(customer_id)
            if old is not None:
                self._indexes.remove(customer_id, old)
            if new is None:
                self.docs.pop(customer_id, None)
            else:
                self.docs[customer_id] = new
                self._indexes.add(customer_id, new)
        self.revision = revision

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
        return self._ids.last(prefix)

    def _getter(self, customer_id: str) -> Getter:
        doc, codec = self.docs[customer_id], self._codec

        def get(key: str) -> Any:
            spec = codec.fields.get(key)
            if spec is None or spec.compute is None:
                return codec.decode_value(key, doc.get(key))
            if spec.namespaced or customer_id in self._decoded:
                return spec.compute(cast(Customer, self.get(customer_id)))
            return spec.compute(cast(Customer, _Part(doc, codec)))

        return get

    def _matching(
        self, candidates: Iterable[str], where: Condition
    ) -> Iterator[tuple[str, Getter]]:
        fields = self._codec.fields
        for customer_id in candidates:
            get = self._getter(customer_id)
            if matches(where, get, fields):
                yield customer_id, get

    def find(self, query: Query) -> Page:
        """See `Store.find`."""
        rows = self._ranked(query) if query.order else self._by_id(query)
        page = rows[: query.limit]
        cursor = Cursor(page[-1][1], page[-1][0][-1]) if page and len(page) < len(rows) else None
        found = (self.get(where[-1]) for where, _ in page)
        return Page(tuple(c for c in found if c is not None), cursor, self.revision)

    def _ranked(self, query: Query) -> list[tuple[Any, Any]]:
        """Place and sort keys of the page's rows in order, and of one more where there are more."""
        ids, where = self._indexes.narrow(query.where)
        after = None if query.after is None else place_of(query.order, query.after)
        rows = (
            (place(query.order, keys, customer_id), keys)
            for customer_id, get in self._matching(self.docs if ids is None else ids, where)
            for keys in (order_keys(query.order, get, self._codec.fields),)
        )
        wanted = (row for row in rows if after is None or row[0] > after)
        if query.limit is None:
            return sorted(wanted, key=itemgetter(0))
        return nsmallest(query.limit + 1, wanted, key=itemgetter(0))

    def _by_id(self, query: Query) -> list[tuple[Any, Any]]:
        """The same for the order of ids, which stands already: it ends where the page does."""
        ids, where = self._indexes.narrow(query.where)
        after = None if query.after is None else query.after.id
        candidates: Iterable[str]
        if ids is not None and len(ids) * 8 < len(self.docs):
            candidates = sorted(i for i in ids if after is None or i > after)
        else:
            known = self.docs if ids is None else ids
            candidates = (i for i in self._ids.after(after) if i in known)
        wanted = self._matching(candidates, where)
        stop = None if query.limit is None else query.limit + 1
        return [((customer_id,), ()) for customer_id, _ in islice(wanted, stop)]

    def tally(self, where: Condition, by: tuple[str, ...]) -> tuple[Bucket, ...]:
        """See `Store.tally`."""
        ids, left = self._indexes.narrow(where)
        candidates = self.docs if ids is None else ids
        if left == And(()):
            return tallied(map(self._getter, candidates), by)
        return tallied((get for _, get in self._matching(candidates, left)), by)
