"""Looking after stores of any kind: what is in one, moving to another, bringing a backup back."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path

from attrs import frozen

from crmcore.codec import Codec, moment_from_json
from crmcore.errors import NotFoundError, UsageError
from crmcore.query import EVERYBODY
from crmcore.storage.base import Footprint, Store
from crmcore.storage.chronicle import Chronicle
from crmcore.wording import Text

MANY_CUSTOMERS = 100_000
MANY_BYTES = 200_000_000
"""Above either, a store that is read whole keeps people waiting at every start."""

_TO_SQLITE = Text(
    "每次打开都要把全部内容读入内存（实测 10 万客户约 2 秒、500 MB，随数据增长）；"
    "SQLite 实测 12 毫秒打开同样的数据。建议：crmcore store copy {here} sqlite:crm.db",
    "Opening it reads everything into memory (measured: 2 s and 500 MB for 100,000 customers, "
    "growing with them); sqlite opens the same in 12 ms. Move: crmcore store copy {here} sqlite:crm.db",
)
_FITS = Text(
    "目前合适。超过 10 万客户或文件超过 200 MB 时换 sqlite；多台电脑共用时换 postgresql",
    "It fits. Above 100,000 customers or 200 MB of files move to sqlite, for several computers to "
    "postgresql",
)
_FITS_ONE = Text(
    "目前合适。多台电脑共用时换 postgresql（网络盘上的数据库文件会损坏）",
    "It fits. For several computers move to postgresql: a database file on a network drive breaks",
)
_NOT_KEPT = Text(
    '只在内存中，结束即失。建议：在 crm.toml 里写 store = "tinydb:crm.json"',
    'It is kept in memory alone and gone at the end. In crm.toml: store = "tinydb:crm.json"',
)


@frozen
class StoreFacts:
    """What a store holds; `commits` counts those that were not forgotten."""

    revision: int
    base_revision: int
    customers: int
    commits: int
    last_commit_at: datetime | None
    footprint: Footprint
    warnings: tuple[str, ...]


def facts_of(store: Store) -> StoreFacts:
    """What is in *store* now. Raises StoreError."""
    revision = store.refresh()
    last = next(store.history(newest_first=True), None)
    base = store.base_revision
    return StoreFacts(
        revision,
        base,
        sum(bucket.count for bucket in store.tally(EVERYBODY, ())),
        revision - base,
        None if last is None else last.at,
        store.footprint(),
        store.warnings,
    )


def advice(facts: StoreFacts, address: str) -> Text | None:
    """Whether the team has outgrown the store at *address*, and what to do; None when it cannot tell."""
    print_ = facts.footprint
    if print_.serves == "process":
        return _NOT_KEPT
    if print_.serves == "network" or not print_.serves:
        return None
    if not print_.loads_whole:
        return _FITS_ONE
    if facts.customers > MANY_CUSTOMERS or sum(print_.sizes.values()) > MANY_BYTES:
        return _TO_SQLITE.with_(here=address)
    return _FITS


def shown_address(url: str) -> str:
    """*url* without the password in it.

    >>> shown_address("postgresql://ann:secret@db/crm")
    'postgresql://ann:***@db/crm'
    >>> shown_address("postgresql://db/crm?user=ann&password=secret&sslmode=require")
    'postgresql://db/crm?user=ann&password=***&sslmode=require'
    """
    hidden = re.sub(r"(//[^/:@]*):.*@", r"\1:***@", url)
    return re.sub(r"([?&][a-z]*password=)[^&]*", r"\1***", hidden, flags=re.IGNORECASE)


def copy(source: Store, target: Store, codec: Codec) -> None:
    """Fill the new store *target* with all of *source*: revisions, history, ids used up.

    Raises UsageError when there is nothing to copy or *target* is not empty, StoreError.
    """
    if not source.refresh():
        raise UsageError("There is nothing to copy: the store copied from is empty or not there.")
    if target.refresh():
        raise UsageError(
            f"The store copied to holds {target.revision} revisions already. Name a new one; "
            "nothing was changed."
        )
    target.rewrite(source.chronicle(codec), codec, expected=0)


def not_held(present: Chronicle, other: Chronicle, codec: Codec) -> int | None:
    """The first revision of *present* that *other* does not hold as it is; None when it holds all."""
    theirs = iter(other.commits)
    found = next(theirs, None)
    for raw in present.commits:
        revision = raw["revision"]
        while found is not None and found["revision"] < revision:
            found = next(theirs, None)
        if found is None or found["revision"] != revision:
            return int(revision)
        if found != raw and codec.decode_commit(found) != codec.decode_commit(raw):
            return int(revision)
    last = other.base.revision if found is None else found["revision"]
    last = max((raw["revision"] for raw in theirs), default=last)
    return present.base.revision if present.base.revision > last else None


def last_before(store: Store, codec: Codec, moment: datetime) -> int:
    """The revision up to which every commit was made before *moment*."""
    chronicle = store.chronicle(codec)
    revision = chronicle.base.revision
    for raw in chronicle.commits:
        if moment_from_json(raw["at"]) >= moment:
            break
        revision = raw["revision"]
    return int(revision)


def moment_of(store: Store, revision: int) -> datetime:
    """When commit *revision* was made. Raises NotFoundError for one that is not there."""
    found = next(store.history(since=revision - 1), None)
    if found is None or found.revision != revision:
        raise NotFoundError(f"There is no revision {revision}; the newest is {store.revision}.")
    return found.at


def free_name(path: Path, stamp: str) -> Path:
    """A name beside *path* that no file has, with *stamp* in it."""
    names = (path.with_name(f"{path.name}.{stamp}{f'-{n}' if n else ''}") for n in range(1000))
    return next(name for name in names if not name.exists())


_COMPANIONS = ("", ".log", "-wal", "-shm", "-journal")


def set_aside(path: Path, stamp: str) -> Path:
    """Rename the store in the file *path*, with the files that go with it; returns its new name.

    For a store that cannot be opened any more. Raises UsageError when there is no such file.
    """
    there = [suffix for suffix in _COMPANIONS if path.with_name(path.name + suffix).exists()]
    if not there:
        raise UsageError(f"There is no file {path} to set aside.")
    aside = free_name(path, stamp)
    for suffix in reversed(there):  # what a companion belongs to goes last
        path.with_name(path.name + suffix).rename(aside.with_name(aside.name + suffix))
    return aside
