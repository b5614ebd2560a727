"""Filling a store that knows nothing but `commit` with the commits of another."""

from __future__ import annotations

from crmcore.changes import Batch, Commit, Edit, Write
from crmcore.codec import Codec
from crmcore.customer import Customer
from crmcore.errors import CrmError, StoreError
from crmcore.storage.base import Store
from crmcore.storage.chronicle import Chronicle
from crmcore.storage.replaying import Replay


def refill(store: Store, chronicle: Chronicle, codec: Codec) -> None:
    """Commit all of *chronicle* to the empty *store*. Raises StoreError for one that is not empty,
    and for a chronicle whose beginning was forgotten: its revisions could not be kept."""
    if store.revision:
        raise StoreError(
            "This kind of store cannot be written over. Name a new one; nothing was changed."
        )
    if chronicle.base.revision:
        raise StoreError(
            f"The history begins after revision {chronicle.base.revision}, which this kind of store "
            "cannot take over. Name a json, tinydb, sqlite or postgresql store."
        )
    with Replay(codec) as past:
        past.begin(chronicle.base)
        for raw in past.following(chronicle):
            commit = codec.decode_commit(raw)
            try:
                made = store.commit(_batch(commit, store))
            except CrmError as error:
                raise StoreError(_unfinished(store, str(error))) from error
            if made.revision != commit.revision:
                raise StoreError(_unfinished(store, "other commits came in between."))


def _unfinished(store: Store, why: str) -> str:
    return (
        f"The new store is incomplete, it ends at revision {store.revision}: {why} Remove it before "
        "trying again."
    )


def _batch(commit: Commit, store: Store) -> Batch:
    writes = tuple(_write(edit, store) for edit in commit.edits)
    return Batch(writes, commit.at, commit.actor, commit.action, commit.reason, commit.undoes)


def _write(edit: Edit, store: Store) -> Write:
    after = {change.field: change.after for change in edit.changes}
    if edit.kind == "create":
        return Write(None, Customer().with_values(**after))
    before = store.get(edit.id)
    if before is None:
        raise StoreError(f"{edit.id} is not in it.")
    changed = None if edit.kind == "remove" else before.with_values(**after)
    return Write(before, changed)
