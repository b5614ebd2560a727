"""What commits of the past told people: the same messages again, made from history alone."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from attrs import frozen

from crmcore.changes import Commit, Edit
from crmcore.customer import Customer
from crmcore.hooktypes import Event, Notification
from crmcore.notices import notifications, told_of
from crmcore.storage.base import Store

if TYPE_CHECKING:
    from crmcore.crm import Crm


@frozen
class Notices:
    """What the commits of a stretch of history tell people, oldest first.

    `revision` is that of its last commit, made at `at`; `forgotten` is how many commits were to be in
    it whose history was dropped; `replaced`: the history is another one than was asked for.
    """

    revision: int
    at: datetime | None
    notifications: tuple[Notification, ...]
    forgotten: int = 0
    replaced: bool = False


def retold(crm: Crm, since: int, at: datetime | None = None) -> Notices:
    """What each commit after revision *since* told, with names and owners as they then were.

    Where *since* is not the commit that was made *at*, the store was restored or replaced: then it is
    the commits after that moment.
    """
    store = crm.store
    replaced = at is not None and not _is_at(store, since, at)
    begin = _last_before(store, at) if replaced and at is not None else since
    missing = max(0, store.base_revision - begin)
    begin = max(begin, store.base_revision)
    commits = list(store.history(since=begin))
    if not commits:
        return Notices(begin, at if begin == since else None, (), missing, replaced)
    last = commits[-1]
    told = {edit.id for commit in commits for edit in told_of(commit)}
    past = _Past(store, told, last.revision)
    found: list[tuple[Notification, ...]] = []
    for commit in reversed(commits):
        wanted = tuple(filter(None, map(past.get, _ids(commit, told))))
        found.append(tuple(notifications(Event(commit, wanted))))
        past.before(commit)
    notes = tuple(note for each in reversed(found) for note in each)
    return Notices(last.revision, last.at, notes, missing, replaced)


def _is_at(store: Store, revision: int, at: datetime) -> bool:
    """Whether the commit *revision* is the one that was made *at*, as far as can be known."""
    if revision == 0:
        return True
    found = next(store.history(since=revision - 1), None)
    return found is not None and (found.revision > revision or found.at == at)


def _last_before(store: Store, at: datetime) -> int:
    newest_first = store.history(newest_first=True)
    return next((commit.revision for commit in newest_first if commit.at <= at), 0)


def _ids(commit: Commit, told: set[str]) -> Iterable[str]:
    return (edit.id for edit in told_of(commit) if edit.id in told)


class _Past:
    """The customers *ids* as they were after a revision, which is stepped back commit by commit."""

    def __init__(self, store: Store, ids: set[str], revision: int) -> None:
        self._ids = ids
        self._then: dict[str, Customer | None] = {}
        for customer_id in ids:
            now = self._then[customer_id] = store.get(customer_id)
            if now is None or now.revision > revision:
                # Others have committed since the history was read.
                for commit in store.history(customer_id, since=revision, newest_first=True):
                    self.before(commit)

    def get(self, customer_id: str) -> Customer | None:
        return self._then[customer_id]

    def before(self, commit: Commit) -> None:
        """Step back to the moment before *commit*."""
        if not self._ids:
            return
        for edit in commit.edits:
            if edit.id in self._ids:
                self._then[edit.id] = _before(edit, self._then[edit.id])


def _before(edit: Edit, after: Customer | None) -> Customer | None:
    if edit.kind == "create":
        return None
    values = {change.field: change.before for change in edit.changes}
    return (Customer() if after is None else after).with_values(**values)
