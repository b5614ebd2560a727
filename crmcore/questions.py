"""What the façade can be asked; nothing here changes anything."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import timedelta
from typing import Any

from crmcore import channels, due, duplicates
from crmcore.catalogue import Catalogue
from crmcore.changes import Commit
from crmcore.codec import Codec
from crmcore.config import Config
from crmcore.customer import Customer
from crmcore.deadlines import Deadlines
from crmcore.dialect import Dialect
from crmcore.duplicates import Likely
from crmcore.errors import UnknownCustomerError
from crmcore.fields import FieldCatalogue
from crmcore.funnel import Funnel, snapshot
from crmcore.hooktypes import DueItem, Notification
from crmcore.host import PluginHost
from crmcore.moments import Clock
from crmcore.pipeline import Pipeline
from crmcore.query import EVERYBODY, Bins, Bucket, Compare, Condition, Order, Page, Query, Whether
from crmcore.querytext import parse_query
from crmcore.storage.base import Store
from crmcore.writer import Writer


class Questions:
    """The reading half of `Crm`, which sets what is asked here."""

    store: Store
    host: PluginHost
    config: Config
    clock: Clock
    dialect: Dialect
    fields: FieldCatalogue
    pipelines: Catalogue[Pipeline]
    deadlines: Deadlines
    writer: Writer

    @property
    def revision(self) -> int:
        """The revision of the newest commit known here."""
        return self.store.revision

    @property
    def warnings(self) -> tuple[str, ...]:
        """What went wrong without stopping anything: the store's, the plugins', the checks'."""
        return (
            *self.store.warnings,
            *(failure.line for failure in (*self.host.failures, *channels.troubles(self))),
            *self.writer.warnings,
        )

    def refresh(self) -> int:
        """Take in what others committed; returns the revision then."""
        return self.store.refresh()

    def wait(self, seconds: float) -> bool:
        """Until others have committed or *seconds* have passed; whether to `refresh`."""
        return self.store.wait(seconds)

    def get(self, customer_id: str) -> Customer:
        """The customer with this id. Raises UnknownCustomerError."""
        found = self.store.get(customer_id)
        if found is None:
            raise UnknownCustomerError(customer_id)
        return found

    def condition(self, where: str | Condition) -> Condition:
        """What the filter text *where* asks, `owner:李娜 value>10万`. Raises UsageError."""
        if not isinstance(where, str):
            return where
        stages = self.pipeline().named
        return parse_query(
            where, self.fields, self.dialect, self.clock(), lambda word: stages(word).key
        )

    def find(
        self,
        where: str | Condition = EVERYBODY,
        order: Sequence[Order] = (),
        limit: int | None = None,
    ) -> Page:
        """The customers *where* holds, by a condition or a filter text; the first *limit* of them."""
        return self.store.find(Query(self.condition(where), tuple(order), limit))

    def page(self, query: Query) -> Page:
        """The page *query* asks for; go on with `query.next(page.next)`."""
        return self.store.find(query)

    def look(self, where: Condition, keys: Collection[str]) -> Iterator[Customer]:
        """Those *where* holds for, read no further than the fields *keys*; see `Store.look`."""
        return self.store.look(where, keys)

    def values(self, where: Condition, keys: Sequence[str]) -> Iterator[tuple[Any, ...]]:
        """Of each of those *where* holds for the values of the fields *keys*; see `Store.values`."""
        return self.store.values(Codec(self.fields), where, keys)

    def tally(
        self, where: str | Condition = EVERYBODY, by: Sequence[str | Bins | Whether] = ("stage",)
    ) -> tuple[Bucket, ...]:
        """Counts and values of the customers *where* holds, by the fields *by*."""
        return self.store.tally(self.condition(where), tuple(by))

    def history(
        self, customer_id: str | None = None, *, newest_first: bool = False
    ) -> Iterator[Commit]:
        """The commits of one customer, each with its edit of that customer alone, or all of them whole.

        Raises UnknownCustomerError for a customer never known.
        """
        commits = self.store.history(customer_id, newest_first=newest_first)
        first = next(commits, None)
        if first is None and customer_id is not None:
            raise UnknownCustomerError(customer_id)
        return iter(()) if first is None else _chain(first, commits)

    def pipeline(self, name: str | None = None) -> Pipeline:
        """The pipeline *name*, or the workspace's own. Raises NotFoundError."""
        return self.pipelines.named(name or self.config.pipeline)

    def funnel(self, pipeline: str | None = None) -> Funnel:
        """Counts and values by stage and status, now."""
        own = self.pipeline(pipeline)
        buckets = self.store.tally(Compare("pipeline", "=", own.name), ("stage", "status"))
        return snapshot(own, buckets, self.store.revision)

    def due(self, *, owner: str | None = None, within: timedelta | None = None) -> list[DueItem]:
        """What is to be done, soonest first: of one owner or all, overdue or due *within*."""
        return due.due_now(self, owner, within)

    def inbox(self, limit: int = 50) -> list[Notification]:
        """The newest notifications of the channels that can be read back, newest first."""
        notes = self.host.recent_notifications(self.config.notify, limit)
        return sorted(notes, key=lambda note: note.at, reverse=True)[:limit]

    def likely_duplicates(self, where: str | Condition = EVERYBODY) -> list[Likely]:
        """Pairs among those *where* holds that are likely one customer, the surest first, with why."""
        return duplicates.likely_pairs(self, self.condition(where))


def _chain(first: Commit, rest: Iterator[Commit]) -> Iterator[Commit]:
    yield first
    yield from rest
