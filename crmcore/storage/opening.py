"""Opening a file store: which snapshot and which log there are, and whether they belong together."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from attrs import evolve, frozen

from crmcore.codec import Codec
from crmcore.errors import StoreError
from crmcore.storage.bulk import keep_apart, no_collecting
from crmcore.storage.chronicle import Base
from crmcore.storage.files import check_place, reason
from crmcore.storage.log import Log, LogDamageError
from crmcore.storage.snapshot import Snapshot
from crmcore.storage.table import Table

DAMAGE = (ValueError, LookupError, TypeError, AttributeError, RecursionError)
"""What reading a file that is not what it should be may raise."""

Read = Callable[[Path], Snapshot]


@frozen
class Opened:
    """The state at the log's offset `end`, the snapshot it came from, and what was wrong with that.

    `snapshot_end` is the offset the snapshot stands for, `snapshot_size` its bytes; `damaged` is the
    (device, inode) of one that could not be used.
    """

    log: Log
    table: Table
    end: int
    snapshot_end: int
    snapshot_size: int
    warning: str = ""
    damaged: tuple[int, int] | None = None


@frozen
class _Seen:
    snapshot: Snapshot | None = None
    size: int = 0
    damage: str = ""
    identity: tuple[int, int] | None = None


def open_files(path: Path, log_path: Path, codec: Codec, read: Read) -> Opened:
    """The store at *path*, its snapshot read by *read*. Raises StoreError; nothing is written."""
    check_place(path)
    with no_collecting():
        opened = _open_files(path, log_path, codec, read)
    keep_apart(len(opened.table.docs))
    return opened


def _open_files(path: Path, log_path: Path, codec: Codec, read: Read) -> Opened:
    # The snapshot first: a new store's log is there before its snapshot is.
    seen = _look(path, read)
    log = Log(log_path)
    try:
        has_log = log.open()
        if seen.snapshot is not None and seen.snapshot.log_id in log.follows:
            # Whoever wrote this log anew was killed before writing the snapshot anew.
            seen = evolve(seen, snapshot=None)
        if trouble := _trouble(path, seen, log, has_log):
            raise StoreError(trouble)
        table, start = Table(codec), log.start
        if (snapshot := seen.snapshot) is not None:
            start = snapshot.offset
            table.load(snapshot.docs, snapshot.revision, snapshot.retired, snapshot.gathered)
        elif log.base_revision:
            base = base_of(log)
            table.load({doc["id"]: doc for doc in base.docs}, base.revision, tuple(base.retired))
        end = take_in(log, table, start) if has_log else 0
    except BaseException:
        log.close()
        raise
    warning = ""
    if seen.damage:
        warning = (
            f"{path} is damaged ({seen.damage}); everything was read from {log_path.name}. The next "
            f"checkpoint moves it aside to {path.name}.damaged."
        )
    damaged = seen.identity if seen.damage else None
    return Opened(log, table, end, start, seen.size, warning, damaged)


def base_of(log: Log) -> Base:
    """What the commits of *log* begin with. Raises LogDamageError."""
    body = log.base()
    return Base(body["revision"], body["retired"], body["docs"].values())


def take_in(log: Log, table: Table, end: int) -> int:
    """Apply the commits behind offset *end* of *log*; returns the new end.

    Raises LogDamageError for damage and for commits that do not follow each other.
    """
    for line in log.read(end):
        revision = line.body["revision"]
        if revision != table.revision + 1:
            raise LogDamageError(
                f"{log.path} is damaged: revision {revision} follows {table.revision}. Nothing was "
                "changed; restore the store from a backup."
            )
        table.apply(line.body)
        end = line.end
    return end


def _look(path: Path, read: Read) -> _Seen:
    identity = None
    try:
        found = path.stat()
        if found.st_size == 0:
            return _Seen()
        identity = (found.st_dev, found.st_ino)
        return _Seen(read(path), found.st_size)
    except FileNotFoundError:
        return _Seen()
    except OSError as error:
        raise StoreError(
            f"{path} cannot be read: {reason(error)}. Ask for access, or name another file."
        ) from error
    except DAMAGE as error:
        return _Seen(damage=str(error) or type(error).__name__, identity=identity)


def _trouble(path: Path, seen: _Seen, log: Log, has_log: bool) -> str:
    """Why the two files cannot be used together; "" when they can."""
    name = log.path.name
    if seen.damage and not has_log:
        return (
            f"{path} is not a crmcore store, or is damaged: {seen.damage}. Nothing was changed; "
            "name another file, or restore it from a backup."
        )
    if seen.snapshot is None:
        return ""
    if not has_log:
        return (
            f"{path} has lost its log {name}, which holds the history. Put it back beside it, or "
            "restore both from one backup."
        )
    if seen.snapshot.log_id != log.id:
        return f"{path} and {name} do not belong together. Restore both from one backup."
    if seen.snapshot.offset > (log.size() or 0):
        return (
            f"{log.path} ends before revision {seen.snapshot.revision}, which {path.name} holds: "
            "commits are missing from it. Restore both from one backup."
        )
    return ""
