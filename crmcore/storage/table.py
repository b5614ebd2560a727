"""The state in memory: documents by id, decoded when asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, cast

from crmcore.changes import Batch
from crmcore.codec import Codec, Doc, apply_edit
from crmcore.customer import Customer
from crmcore.errors import ConflictError, DuplicateIdError
from crmcore.evaluate import buckets, matches
from crmcore.query import EVERYBODY, Bucket, By, Condition, Cursor, Page, Query
from crmcore.storage.bulk import MANY, keep_apart
from crmcore.storage.columnar import Columns
from crmcore.storage.ids import Ids
from crmcore.storage.index import Indexes
from crmcore.storage.lazy import Lazy, Part
from crmcore.storage.standing import Members, Ranking, Standing, Tally
from crmcore.storage.wordindex import Keep, WordIndex, words_apart


class Table:
    """What a store that keeps everything in memory knows; not safe for threads by itself."""

    def __init__(self, codec: Codec) -> None:
        self._codec = codec
        self.load({}, 0, ())

    def load(self, docs: dict[str, Doc], revision: int, retired: tuple[str, ...]) -> None:
        """Take over a snapshot, in place of all there is; *docs* is the table's from now on."""
        self.docs = docs
        self.revision = revision
        self._ids = Ids((*docs, *retired))
        self._lazy = Lazy(self.docs, self._codec)
        self._indexes = Indexes(self.docs, self._in_document)
        self._words = WordIndex(self.docs)
        self._standing = Standing(self._holds)
        keep_apart(len(docs))

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
            self._ids.update(edit["id"] for edit in edits)
        else:
            for edit in edits:
                self._ids.add(edit["id"])
        for edit in edits:
            customer_id = edit["id"]
            old = self.docs.get(customer_id)
            new = apply_edit(old, edit, revision)
            if old is not None:
                self._standing.leave(customer_id)
                self._indexes.remove(customer_id, old)
            self._lazy.changed(customer_id)
            if new is None:
                self.docs.pop(customer_id, None)
                self._words.remove(customer_id)
            else:
                self.docs[customer_id] = new
                self._words.add(customer_id, new)
                self._indexes.add(customer_id, new)
                self._standing.enter(customer_id)
        self.revision = revision

    def get(self, customer_id: str) -> Customer | None:
        """The customer with this id, or None."""
        return self._lazy.customer(customer_id) if customer_id in self.docs else None

    def last_id(self, prefix: str) -> str | None:
        """See `Store.last_id`."""
        return self._ids.last(prefix)

    def _in_document(self, key: str) -> Callable[[Doc], object]:
        """How an index reads the field *key*."""
        spec = self._codec.fields.get(key)
        compute = None if spec is None else spec.compute
        if compute is None:
            return lambda doc: doc.get(key)
        return lambda doc: compute(cast(Customer, Part(doc, self._codec)))

    def _holds(self, where: Condition, customer_id: str) -> bool:
        return matches(where, self._lazy.getter(customer_id), self._codec.fields) is True

    def _among(self, where: Condition) -> Sequence[str]:
        """Whom *where* holds for, in no order."""
        candidates, left = self._narrowed(where)
        if left == EVERYBODY:
            return candidates
        if len(candidates) >= MANY:
            return self._columns_of(candidates).holding(left).ids
        return [i for i in candidates if self._holds(left, i)]

    def _narrowed(self, where: Condition) -> tuple[list[str], Condition]:
        """Whom indexes leave of those *where* holds for, and what is left to be asked of them."""
        rest, keep = self._apart(where)
        ids, left = self._indexes.narrow(rest)
        return list(filter(keep, self.docs if ids is None else ids)), left

    def _apart(self, where: Condition) -> tuple[Condition, Keep | None]:
        """*where* without its free words, and who has these; None if it has none."""
        rest, words = words_apart(where)
        return rest, self._words.having(words) if words else None

    def _columns(self, where: Condition) -> Columns:
        """The fields of those *where* holds for."""
        candidates, left = self._narrowed(where)
        return self._columns_of(candidates).holding(left)

    def _columns_of(self, ids: Sequence[str]) -> Columns:
        return Columns([self.docs[customer_id] for customer_id in ids], self._codec)

    def find(self, query: Query) -> Page:
        """See `Store.find`."""
        cursor = None
        if query.order:
            where, keep = self._apart(query.where)
            ranking = self._standing.answer(
                where,
                query.order,
                lambda: Ranking(
                    self._among(where), query.order, self._lazy.reader, self._codec.fields
                ),
            )
            ids, more = ranking.page(query.after, query.limit, keep)
            if ids and more:
                cursor = Cursor(ranking.keys(ids[-1]), ids[-1])
        else:
            ids, more = self._by_id(query)
            if ids and more:
                cursor = Cursor((), ids[-1])
        return Page(tuple(map(self._lazy.customer, ids)), cursor, self.revision)

    def _by_id(self, query: Query) -> tuple[Sequence[str], bool]:
        """The page in the order of ids, which stands already: looking ends where the page does."""
        rest, keep = self._apart(query.where)
        ids, where = self._indexes.narrow(rest)
        after = None if query.after is None else query.after.id
        candidates: Iterable[str]
        if ids is not None and len(ids) * 8 < len(self.docs):
            candidates = sorted(i for i in ids if after is None or i > after)
        else:
            known = self.docs if ids is None else ids
            candidates = (i for i in self._ids.after(after) if i in known)
        wanted = (i for i in filter(keep, candidates) if self._holds(where, i))
        found = list(islice(wanted, None if query.limit is None else query.limit + 1))
        return found[: query.limit], query.limit is not None and len(found) > query.limit

    def look(self, where: Condition) -> Sequence[Customer]:
        """Those *where* holds for, each decoded no further than it is looked at."""
        return [self._lazy.part(customer_id) for customer_id in self._among(where)]

    def values(self, where: Condition, keys: Sequence[str]) -> Iterator[tuple[Any, ...]]:
        """See `Store.values`: read one field after the other."""
        columns = self._columns(where)
        return zip(*map(columns.column, keys), strict=True)

    def tally(self, where: Condition, by: By) -> tuple[Bucket, ...]:
        """See `Store.tally`."""
        rest, words = words_apart(where)
        if not words:
            tally = self._standing.answer(
                where,
                by,
                lambda: Tally(
                    self._columns(where).groups(by), by, self._lazy.reader, self._codec.fields
                ),
            )
            return buckets(tally.groups)
        members = self._standing.answer(
            rest,
            ("members", by),
            lambda: Members(
                self._among(rest), by, self._lazy.reader, self._codec.fields, self._words.read
            ),
        )
        return buckets(members.groups(words))
