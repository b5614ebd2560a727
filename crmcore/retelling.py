"""What commits of the past told people: the same messages again, made from history alone."""

from __future__ import annotations

from collections.abc import Iterable

from crmcore.changes import Commit, Edit
from crmcore.customer import Customer
from crmcore.hooktypes import Event, Notices, Notification
from crmcore.notices import notifications, told_of
from crmcore.storage.base import Store


def retold(store: Store, since: int) -> Notices:
    """What each commit after revision *since* told, with names and owners as they then were."""
    missing = max(0, store.base_revision - since)
    commits = list(store.history(since=max(since, store.base_revision)))
    if not commits:
        return Notices(max(since, store.base_revision), None, (), missing)
    last = commits[-1]
    told = {edit.id for commit in commits for edit in told_of(commit)}
    past = _Past(store, told, last.revision)
    found: list[tuple[Notification, ...]] = []
    for commit in reversed(commits):
        wanted = tuple(filter(None, map(past.get, _ids(commit, told))))
        found.append(tuple(notifications(Event(commit, wanted))))
        past.before(commit)
    notes = tuple(note for each in reversed(found) for note in each)
    return Notices(last.revision, last.at, notes, missing)


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
                    self.before(commit, only=customer_id)

    def get(self, customer_id: str) -> Customer | None:
        return self._then[customer_id]

    def before(self, commit: Commit, only: str | None = None) -> None:
        """Step back to the moment before *commit*."""
        if not self._ids:
            return
        for edit in commit.edits:
            if edit.id in self._ids and only in (None, edit.id):
                self._then[edit.id] = _before(edit, self._then[edit.id])


def _before(edit: Edit, after: Customer | None) -> Customer | None:
    if edit.kind == "create":
        return None
    values = {change.field: change.before for change in edit.changes}
    return (Customer() if after is None else after).with_values(**values)
