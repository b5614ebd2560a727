"""The `Store` contract: what every backend promises."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from types import TracebackType
from typing import Self

from crmcore.changes import Batch, Commit
from crmcore.customer import Customer
from crmcore.query import Bucket, Condition, Page, Query


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
    def tally(self, where: Condition, by: tuple[str, ...]) -> tuple[Bucket, ...]:
        """Counts and values of the customers *where* is true, grouped by the fields *by*."""

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
        """The commits after revision *since*, of one customer or of all, oldest first by default."""

    @abstractmethod
    def refresh(self) -> int:
        """Take in what other processes committed; returns the revision then."""

    @abstractmethod
    def close(self) -> None:
        """Release files and connections; calling it twice is fine."""

    @property
    def warnings(self) -> tuple[str, ...]:
        """What went wrong and was mended while opening or working, for people to see."""
        return ()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
