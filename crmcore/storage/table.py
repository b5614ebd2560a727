"""The state in memory: documents by id, decoded when asked for."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from crmcore.changes import Batch
from crmcore.codec import Codec, Doc, apply_edit
from crmcore.customer import Customer
from crmcore.errors import ConflictError, DuplicateIdError
from crmcore.evaluate import buckets, matches
from crmcore.query import Bucket, By, Condition, Cursor, Page, Query
from crmcore.storage.bulk import MANY
from crmcore.storage.columnar import Columns
from crmcore.storage.decoded import Decoded
from crmcore.storage.everybody import Everybody
from crmcore.storage.gathered import Gathering
from crmcore.storage.ids import Ids
from crmcore.storage.index import Indexes
from crmcore.storage.lazy import Reading
from crmcore.storage.standing import Members, Ranking, Standing, Tally
from crmcore.storage.verdicts import fields_by, fields_of
from crmcore.storage.wordindex import WordIndex, words_apart


class Table:
    """What a store that keeps everything in memory knows; not safe for threads by itself."""

    def __init__(self, codec: Codec) -> None:
        self._codec, self._reading = codec, Reading(codec)
        self.load({}, 0, ())

    def load(
        self,
        docs: dict[str, Doc],
        revision: int,
        retired: tuple[str, ...],
        gathered: Gathering | None = None,
    ) -> None:
        """Take over a snapshot, in place of all there is; *docs*, and what was *gathered* of them in their
        order, is the table's from now on."""
        self.docs = docs
        self.revision = revision
        self._ids = Ids((*docs, *retired))
        self._decoded = Decoded(self.docs, self._reading)
        self._everybody = Everybody(self.docs, self._reading, gathered)
        self._indexes = Indexes(self.docs, self._reading.of)
        self._words = WordIndex(self.docs)
        self._standing = Standing(self._holds)

    @property
    def retired(self) -> tuple[str, ...]:
        """The ids that were used and belong to nobody now."""
        return tuple(customer_id for customer_id in self._ids if customer_id not in self.docs)

    def check(self, batch: Batch) -> None:
        """Raise ConflictError or DuplicateIdError if *batch* was made from another state."""
        seen: set[str] = set()
        for write in batch.writes:
            customer_id = write.id
            current = self.docs.get(customer_id)
            found = 0 if current is None else current["revision"]
            if write.before is None:
                if current is not None or customer_id in seen:
                    raise DuplicateIdError(customer_id, found)
            elif customer_id in seen:
                raise ConflictError(
                    f"{customer_id} would be changed twice in one commit. Make it two commits.",
                    customer_id=customer_id,
                    expected=write.before.revision,
                    found=found,
                )
            elif found != write.before.revision or current is None:
                what = "was changed" if current else "was removed"
                raise ConflictError(
                    f"{customer_id} {what} by someone else meanwhile. Look at it again, then repeat "
                    "what still applies.",
                    customer_id=customer_id,
                    expected=write.before.revision,
                    found=found,
                )
            seen.add(customer_id)

    def apply(self, raw: Mapping[str, Any]) -> None:
        """Take in a commit as `Codec.encode_commit` writes it; twice is as good as once."""
        revision, edits = raw["revision"], raw["edits"]
        if len(edits) >= MANY:
            self._standing.fall()
            self._everybody.fall()
            self._ids.update(edit["id"] for edit in edits)
        else:
            self._everybody.settle()
            for edit in edits:
                self._ids.add(edit["id"])
        for edit in edits:
            customer_id = edit["id"]
            old = self.docs.get(customer_id)
            new = apply_edit(old, edit, revision)
            if old is not None:
                self._standing.leave(customer_id)
                self._indexes.remove(customer_id, old)
            self._decoded.changed(customer_id)
            if new is None:
                self.docs.pop(customer_id, None)
                self._words.remove(customer_id)
                self._everybody.remove(customer_id)
            else:
                self.docs[customer_id] = new
                self._words.add(customer_id, new)
                self._indexes.add(customer_id, new)
                self._everybody.put(customer_id, new)
                self._standing.enter(customer_id)
        self.revision = revision

    def get(self, customer_id: str) -> Customer | None:
        """The customer with this id, or None."""
        return self._decoded.customer(customer_id) if customer_id in self.docs else None

    def last_id(self, prefix: str) -> str | None:
        """See `Store.last_id`."""
        return self._ids.last(prefix)

    def _holds(self, where: Condition, customer_id: str) -> bool:
        return matches(where, self._decoded.getter(customer_id), self._codec.fields) is True

    def _columns(self, where: Condition, asked: Iterable[str] = ()) -> Columns:
        """The fields of those *where* holds for, in the order of ids, for a question about *asked*."""
        rest, words = words_apart(where)
        ids, left = self._indexes.narrow(rest)
        if ids is None:
            columns = self._everybody.columns({*fields_of(left), *asked})
        else:
            own = sorted(ids)
            columns = Columns(own, [self.docs[i] for i in own], self._reading)
        found = columns.holding(left)
        return found.only(bytes(map(self._words.having(words), found.ids))) if words else found

    def find(self, query: Query) -> Page:
        """See `Store.find`."""
        cursor = None
        if query.order:
            where, words = words_apart(query.where)
            ranking = self._standing.answer(
                where,
                query.order,
                lambda: Ranking(
                    self._columns(where), query.order, self._decoded.reader, self._codec.fields
                ),
            )
            keep = self._words.having(words) if words else None
            ids, more = ranking.page(query.after, query.limit, keep)
            if ids and more:
                cursor = Cursor(ranking.keys(ids[-1]), ids[-1])
        else:
            ids, more = self._by_id(query)
            if ids and more:
                cursor = Cursor((), ids[-1])
        return Page(tuple(map(self._decoded.customer, ids)), cursor, self.revision)

    def _by_id(self, query: Query) -> tuple[Sequence[str], bool]:
        """The page in the order of ids, which stands already: looking ends where the page does."""
        after = None if query.after is None else query.after.id
        rest, words = words_apart(query.where)
        few, where = self._indexes.narrow(rest)
        candidates: Iterable[str]
        if few is not None:
            candidates = sorted(i for i in few if after is None or i > after)
        elif query.limit is None:
            ids = self._columns(query.where).ids
            return ids[0 if after is None else bisect_right(ids, after) :], False
        else:
            candidates, where = self._everybody.after(after, where)
        keep = self._words.having(words) if words else None
        wanted = (i for i in filter(keep, candidates) if self._holds(where, i))
        found = list(islice(wanted, None if query.limit is None else query.limit + 1))
        return found[: query.limit], query.limit is not None and len(found) > query.limit

    def look(self, where: Condition) -> Sequence[Customer]:
        """Those *where* holds for, each decoded no further than it is looked at."""
        return list(map(self._decoded.part, self._columns(where).ids))

    def values(self, where: Condition, keys: Collection[str]) -> Iterator[tuple[Any, ...]]:
        """See `Store.values`."""
        columns = self._columns(where, keys)
        columns.read(keys)
        # Of their own: they are gone through while commits may change what is kept here.
        return zip(*(columns.column(key).copy() for key in keys), strict=True)

    def tally(self, where: Condition, by: By) -> tuple[Bucket, ...]:
        """See `Store.tally`."""
        rest, words = words_apart(where)
        asked, read, fields = tuple(fields_by(by)), self._decoded.reader, self._codec.fields
        if not words:
            tally = self._standing.answer(
                where,
                by,
                lambda: Tally(self._columns(where, asked).groups(by), by, read, fields),
            )
            return buckets(tally.groups)
        members = self._standing.answer(
            rest,
            ("members", by),
            lambda: Members(self._columns(rest, asked), by, read, fields, self._words.read),
        )
        return buckets(members.groups(words))
