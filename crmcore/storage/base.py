"""The `Store` contract: what every backend promises."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from time import sleep
from types import TracebackType
from typing import Any, Literal, Self

from attrs import Factory, frozen

from crmcore.changes import Batch, Commit
from crmcore.codec import Codec, Doc
from crmcore.customer import Customer
from crmcore.errors import ConflictError, StoreError
from crmcore.query import Bucket, By, Condition, Page, Query
from crmcore.storage.chronicle import Chronicle, commit_to_json
from crmcore.storage.turns import Turn, turns_of

_LOOKED_AT = 500


@frozen
class Footprint:
    """What a store takes up: the file it is in, and bytes by what they hold.

    `serves` is who can use it at a time, "" when it does not say; `loads_whole`: opening it reads
    all customers into memory.
    """

    path: Path | None = None
    sizes: Mapping[str, int] = Factory(dict)
    serves: Literal["", "process", "machine", "network"] = ""
    loads_whole: bool = False


@frozen
class Span:
    """Which commits of a history: those after the revision *since*, at most *limit* of them.

    Of *changing*, fields, a store may leave out commits that only update others; those that create,
    remove or take something back it tells always.
    """

    since: int = 0
    newest_first: bool = False
    limit: int | None = None
    changing: Collection[str] = ()


ALL = Span()


class Store(ABC):
    """Keeps customers and every commit that made them what they are.

    One store object may be used from several threads; several processes may use one store. Nothing
    but `commit` changes anything. Every method raises StoreError when the medium fails.
    """

    @property
    @abstractmethod
    def revision(self) -> int:
        """The revision of the last commit this object knows of; 0 for a new store."""

    @abstractmethod
    def get(self, customer_id: str) -> Customer | None:
        """The customer with this id, or None."""

    @abstractmethod
    def find(self, query: Query) -> Page:
        """The page *query* asks for, as `crmcore.evaluate` would answer it."""

    @abstractmethod
    def tally(self, where: Condition, by: By) -> tuple[Bucket, ...]:
        """Counts and values of the customers *where* is true, grouped by *by*."""

    @abstractmethod
    def last_id(self, prefix: str) -> str | None:
        """Of the ids ever used that begin with *prefix*, the longest, then greatest; None if none."""

    @abstractmethod
    def commit(self, batch: Batch) -> Commit:
        """Make *batch* durable, all of it or nothing; when this returns, power may fail.

        Raises ConflictError when a customer is no longer at the revision of its `before`
        or stands in the batch twice, DuplicateIdError when a new customer's id exists.
        """

    @abstractmethod
    def history(
        self,
        customer_id: str | None = None,
        *,
        since: int = 0,
        newest_first: bool = False,
    ) -> Iterator[Commit]:
        """The commits after revision *since*, of one customer or of all, oldest first by default.

        Those of one customer tell the edit of that customer alone, whoever else they touched.
        """

    @abstractmethod
    def refresh(self) -> int:
        """Take in what other processes committed; returns the revision then."""

    def wait(self, seconds: float) -> bool:
        """Until another program has committed, or *seconds* have passed; whether to `refresh`.

        True means that there may be something this object does not know of, at once if there is
        already. A thread may wait while others use the store; `close` ends it within a moment.
        What fails is for `refresh` to raise, not for this. This default cannot tell: it says so
        once a second.
        """
        sleep(min(max(seconds, 0.0), 1.0))
        return True

    @abstractmethod
    def close(self) -> None:
        """Release files and connections; calling it twice is fine."""

    @property
    def warnings(self) -> tuple[str, ...]:
        """What went wrong and was mended while opening or working, for people to see."""
        return ()

    # looking after it: every store can be checked, backed up and copied; some can do more

    @property
    def base_revision(self) -> int:
        """The revision up to which history was forgotten: commits above it are there."""
        return 0

    def footprint(self) -> Footprint:
        """What the store takes up, as far as it can tell."""
        return Footprint()

    def chronicle(self, codec: Codec) -> Chronicle:
        """Its whole past, as one moment has it, while others may go on committing."""
        return Chronicle(commits=(commit_to_json(codec, commit) for commit in self.history()))

    # reading much of it without making objects of all: what figures of the past and present need

    def raw_history(self, codec: Codec, span: Span = ALL) -> Iterator[Doc]:
        """The commits of *span*, as `Codec.encode_commit` writes them."""
        told = self.history(since=span.since, newest_first=span.newest_first)
        for commit in islice(told, span.limit):
            yield commit_to_json(codec, commit)

    def turns(self, codec: Codec, field: str) -> Iterator[Turn]:
        """When *field*, a text or a choice of the core's, was changed, by revision; see `turns_of`.

        Before and after are both None where a commit that takes another back leaves the field alone.
        """
        return turns_of(self.raw_history(codec, Span(changing=(field,))), field)

    def at(self, codec: Codec, revision: int) -> Store:
        """What it held at *revision*, not before its base, to be asked like any store; nothing can be
        changed in it."""
        from crmcore.storage.past import PastStore

        return PastStore(self, codec, revision)

    def documents(self, codec: Codec) -> tuple[int, dict[str, Doc]]:
        """Everybody's documents by id, as one moment has them, and the revision then.

        The dictionary is the caller's, the documents are not to be changed.
        """
        page = self.find(Query())
        return page.revision, {one.id: codec.encode(one) for one in page.customers}

    def look(self, where: Condition, keys: Collection[str]) -> Iterator[Customer]:
        """Those *where* holds for, in no order, of whom only the fields *keys* need be known.

        `value` among *keys* asks for what it is worked out from. What is yielded may be anything
        that has these fields as attributes and answers `value_of`.
        """
        query = Query(where, limit=_LOOKED_AT)
        while True:
            page = self.find(query)
            yield from page.customers
            if page.next is None:
                return
            query = query.next(page.next)

    def values(
        self, codec: Codec, where: Condition, keys: Sequence[str]
    ) -> Iterator[tuple[Any, ...]]:
        """Of each of those *where* holds for, in no order, the values of the fields *keys*, at least
        one, computed ones too: what is read of very many customers."""
        value = codec.fields.value
        for one in Store.look(self, where, keys):
            yield tuple([value(one, key) for key in keys])

    def rewrite(self, chronicle: Chronicle, codec: Codec, *, expected: int) -> None:
        """Make *chronicle* all there is, each commit under its own revision, all of it or nothing.

        Raises ConflictError unless the store is at revision *expected*, StoreError for a chronicle
        that does not hold together. This default fills a new store only, commit by commit: when it
        fails in between, what it committed stays, and the error says so.
        """
        from crmcore.storage.refilling import refill

        check_expected(self.refresh(), expected)
        refill(self, chronicle, codec)

    def forget(self, revision: int, codec: Codec) -> None:
        """Drop the commits up to *revision*, keeping what they led to. Raises StoreError."""
        raise StoreError("This kind of store keeps its whole history; nothing was changed.")

    def compact(self) -> bool:
        """Take up less room, or open faster; False where that cannot be had. Raises StoreError."""
        return False

    def check(self, codec: Codec) -> Iterator[str]:
        """What is wrong with what is stored, one line each with what to do; nothing is changed.

        This default lives the history again and compares what it leads to with what `find` says.
        """
        from crmcore.storage.checking import check_by_asking

        return check_by_asking(self, codec)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def check_expected(found: int, expected: int) -> None:
    """Raise ConflictError unless a store that is to be rewritten is where its reader saw it."""
    if found != expected:
        raise ConflictError(
            f"The store was changed meanwhile (revision {found}, {expected} was expected). Nothing "
            "was written; try again.",
            expected=expected,
            found=found,
        )
