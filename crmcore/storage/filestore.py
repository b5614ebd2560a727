"""A store in one file of any format: the log is the truth, the snapshot saves time at opening."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from threading import Event
from time import monotonic

from filelock import FileLock, Timeout

from crmcore.changes import Batch, Commit
from crmcore.codec import Codec, Doc
from crmcore.errors import CrmError, StoreError
from crmcore.storage.base import ALL, Footprint, Span, check_expected
from crmcore.storage.bulk import no_collecting
from crmcore.storage.checkingfiles import Moment, check_files, look
from crmcore.storage.chronicle import Chronicle
from crmcore.storage.files import NEW_FILE_MODE, check_place, reason, replace_file
from crmcore.storage.group import GroupCommit, Waiter, independent
from crmcore.storage.log import Log, LogDamageError
from crmcore.storage.logline import changes, encode_line
from crmcore.storage.logwriting import write_log
from crmcore.storage.opening import Opened, base_of, open_files, take_in
from crmcore.storage.replaying import Replay
from crmcore.storage.snapshot import Snapshot
from crmcore.storage.tablestore import TableStore
from crmcore.storage.turns import Turn

__all__ = ["FileStore", "Snapshot"]

SMALL = 256 * 1024
"""Bytes of log below which closing always writes the snapshot."""

LARGE_TAIL = 1024 * 1024
"""Bytes of log behind the snapshot below which a commit never writes it."""

LOCK_SECONDS = 10.0
_POLL_SECONDS = 0.005

_WAIT_SECONDS = 0.05
"""How often who waits for others' commits looks at the log's size."""


class FileStore(TableStore):
    """Everything but the format: a subclass reads and writes snapshots.

    Beside the file stand its log (`.log`) and its lock (`.lock`). Nothing is made before the first
    commit.
    """

    lock_seconds = LOCK_SECONDS
    """How long a commit waits for other programs' commits."""

    def __init__(self, path: Path, codec: Codec) -> None:
        super().__init__(codec)
        check_place(path)
        # Names of one file must agree on its log and lock.
        self.path = path.resolve() if path.is_symlink() else path
        self._file_lock = FileLock(self._beside(".lock"), mode=NEW_FILE_MODE)
        self._warnings: list[str] = []
        self._wrote = False
        self._closed = Event()
        self._quiet_until = 0
        self._groups = GroupCommit(self._commit_group)
        self._adopt(self._open())

    @abstractmethod
    def read_snapshot(self, path: Path) -> Snapshot:
        """What the file holds. Raises StoreError for another format, ValueError for damage."""

    @abstractmethod
    def write_snapshot(self, path: Path, snapshot: Snapshot) -> None:
        """Write the file *path* (it is there, empty) so that `read_snapshot` reads it back."""

    def _beside(self, suffix: str) -> Path:
        return self.path.with_name(self.path.name + suffix)

    # opening, and keeping up with other programs

    def _open(self) -> Opened:
        look = (self.path, self._beside(".log"), self._codec, self.read_snapshot)
        try:
            return open_files(*look)
        except StoreError:
            # Another program may have replaced one file between our looks at the two.
            return open_files(*look)

    def _reload(self) -> None:
        opened, previous = self._open(), self._log
        if opened.table.revision < self._table.revision:
            opened.log.close()
            raise StoreError(
                f"{previous.path} was shortened or replaced while it was in use: revision "
                f"{self._table.revision} is gone from it. Open it again."
            )
        self._adopt(opened)
        previous.close()

    def _adopt(self, opened: Opened) -> None:
        self._table, self._log = opened.table, opened.log
        self._end, self._snapshot_size = opened.end, opened.snapshot_size
        self._snapshot_end, self._damaged = opened.snapshot_end, opened.damaged
        if opened.warning and opened.warning not in self._warnings:
            self._warnings.append(opened.warning)

    def _catch_up(self) -> None:
        """Take in what other programs committed, without reading what is known."""
        if not self._log.id:
            if self._log.exists():
                self._reload()
            return
        size = self._log.size()
        if size is None or size < self._end:
            self._reload()
        elif size > self._end:
            try:
                self._end = take_in(self._log, self._table, self._end)
            except LogDamageError:
                # A writer cut off a torn tail while we read it; true damage is found again.
                self._reload()

    @contextmanager
    def _alone(self, seconds: float) -> Iterator[None]:
        """Hold the lock between programs. Raises StoreError when others hold it too long."""
        try:
            self._file_lock.acquire(timeout=seconds, poll_interval=_POLL_SECONDS)
        except Timeout as error:
            raise StoreError(
                f"{self._beside('.lock')} is held by another program for more than {seconds:g} "
                "seconds. Nothing was changed; let that program finish or end it, then try again."
            ) from error
        except (OSError, NotImplementedError) as error:
            raise StoreError(
                f"{self._beside('.lock')} cannot be written: {reason(error)}. Nothing was changed; "
                "ask for access to the folder, or name a store elsewhere."
            ) from error
        try:
            yield
        finally:
            self._file_lock.release()

    # the contract

    @property
    def warnings(self) -> tuple[str, ...]:
        return tuple(self._warnings)

    def refresh(self) -> int:
        with self._lock:
            self._catch_up()
            return self._table.revision

    def wait(self, seconds: float) -> bool:
        ends = monotonic() + seconds
        while not self._closed.is_set():
            with self._lock:
                known = self._end if self._log.id else None
                if self._log.size() != known or self._log.exists() != bool(self._log.id):
                    return True
            if (left := ends - monotonic()) <= 0:
                break
            self._closed.wait(min(left, _WAIT_SECONDS))
        return False

    def commit(self, batch: Batch) -> Commit:
        return self._groups.commit(batch)

    def _commit_group(self, waiters: Sequence[Waiter]) -> None:
        count = max(len(waiter.batch.writes) for waiter in waiters)
        with self._alone(self.lock_seconds), self._lock, no_collecting(count):
            self._catch_up()
            self._checkpoint_if_due()
            for together in independent(waiters):
                self._commit_together(together)

    def _checkpoint_if_due(self) -> None:
        """Write the snapshot that commits before this one outgrew: none of them waited for it."""
        tail = self._end - self._snapshot_end
        if tail > max(LARGE_TAIL, self._snapshot_size) and self._end > self._quiet_until:
            self._try_checkpoint()

    def _commit_together(self, waiters: Sequence[Waiter]) -> None:
        """One write and one sync for all of *waiters* that nothing refuses."""
        raws: list[tuple[Waiter, Doc]] = []
        lines: list[bytes] = []
        for waiter in waiters:
            try:
                self._table.check(waiter.batch)
                revision = self._table.revision + len(raws) + 1
                raw = self._codec.encode_commit(revision, waiter.batch)
                lines.append(encode_line("commit", raw))
            except CrmError as error:
                waiter.outcome = error
            else:
                raws.append((waiter, raw))
        if not raws:
            return
        self._append(b"".join(lines))
        for waiter, raw in raws:
            self._table.apply(raw)
            waiter.outcome = self._codec.committed(raw, waiter.batch)

    def _append(self, lines: bytes) -> None:
        """Make *lines* durable behind all there is. Raises StoreError."""
        if not self._log.id:
            self._log.create()
            self._end = self._log.start
        elif note := self._log.cut(self._end):
            self._warnings.append(note)
        self._end = self._log.append(lines, self._end)
        self._wrote = True

    def history(
        self, customer_id: str | None = None, *, since: int = 0, newest_first: bool = False
    ) -> Iterator[Commit]:
        log, end = self._readable_log()
        if log.id:
            yield from map(
                self._codec.decode_commit, log.commits(customer_id, since, end, newest_first)
            )

    def raw_history(self, codec: Codec, span: Span = ALL) -> Iterator[Doc]:
        log, end = self._readable_log()
        if log.id:
            holding = changes(span.changing)
            told = log.commits(
                None, span.since, end, span.newest_first,
                (lambda line: any(one in line for one in holding)) if holding else None,
            )  # fmt: skip
            yield from islice(told, span.limit)

    def turns(self, codec: Codec, field: str) -> Iterator[Turn]:
        log, end = self._readable_log()
        if log.id:
            yield from log.turns(field, end)

    def _readable_log(self) -> tuple[Log, int]:
        with self._lock:
            if self._log.id and self._log.size() is None:
                self._reload()
            return self._log, self._end

    # snapshots

    def checkpoint(self) -> None:
        """Write the snapshot, so that the file itself holds the state. Raises StoreError."""
        with self._alone(self.lock_seconds), self._lock:
            self._catch_up()
            if self._log.id:
                self._write_snapshot()

    def _try_checkpoint(self) -> None:
        """Write the snapshot if that can be done: every commit is durable without it."""
        try:
            self._write_snapshot()
        except StoreError as error:
            self._warnings.append(str(error))
            self._quiet_until = self._end + max(LARGE_TAIL, self._snapshot_size)

    def _write_snapshot(self) -> None:
        table = self._table
        snapshot = Snapshot(self._log.id, table.revision, self._end, table.retired, table.docs)
        try:
            self._set_damaged_aside()
            replace_file(self.path, lambda new: self.write_snapshot(new, snapshot))
            self._snapshot_size = self.path.stat().st_size
        except Exception as error:
            # Of any kind: a format's own failure must not make a durable commit look refused.
            raise StoreError(
                f"{self.path} could not be brought up to date: {reason(error)}. Nothing is lost: "
                f"{self._log.path.name} holds every commit."
            ) from error
        self._snapshot_end = self._end

    def _set_damaged_aside(self) -> None:
        damaged, self._damaged = self._damaged, None
        if damaged is None or not self.path.exists():
            return
        now = self.path.stat()
        if (now.st_dev, now.st_ino) != damaged:  # another program replaced it meanwhile
            return
        names = (self._beside(".damaged" + (f"-{n}" if n else "")) for n in range(1000))
        self.path.rename(next(name for name in names if not name.exists()))

    def close(self) -> None:
        self._closed.set()
        with self._lock:
            tail = self._end - self._snapshot_end
            due = tail and (self._end < SMALL or tail > self._snapshot_size)
            wrote, self._wrote = self._wrote, False
        if wrote and due:
            try:
                with self._alone(0), self._lock:
                    self._catch_up()
                    self._try_checkpoint()
            except StoreError as error:
                self._warnings.append(str(error))
        with self._lock:
            self._log.close()

    # looking after it

    @property
    def base_revision(self) -> int:
        return self._log.base_revision

    def footprint(self) -> Footprint:
        sizes = {
            name: path.stat().st_size if path.exists() else 0
            for name, path in (("snapshot", self.path), ("log", self._beside(".log")))
        }
        return Footprint(self.path, sizes, "machine", loads_whole=True)

    def chronicle(self, codec: Codec) -> Chronicle:
        with self._lock:
            self._catch_up()
            log, end = self._log, self._end
            if not log.id:
                return Chronicle()
            return Chronicle(base_of(log), log.commits(None, 0, end, newest_first=False))

    def rewrite(self, chronicle: Chronicle, codec: Codec, *, expected: int) -> None:
        with self._alone(self.lock_seconds), self._lock:
            self._catch_up()
            check_expected(self._table.revision, expected)
            previous = self._log
            before = (previous.id, *previous.follows) if previous.id else ()
            # From here on the log alone tells everything: a snapshot of `before` is ignored.
            write_log(self._beside(".log"), chronicle, codec, before)
            self._adopt(self._open())
            previous.close()
            self._try_checkpoint()

    def forget(self, revision: int, codec: Codec) -> None:
        with self._alone(self.lock_seconds), self._lock, Replay(codec) as past:
            self._catch_up()
            shorter = past.shortened(self.chronicle(codec), revision)
            self.rewrite(shorter, codec, expected=self._table.revision)

    def compact(self) -> bool:
        self.checkpoint()
        return True

    def check(self, codec: Codec) -> Iterator[str]:
        with self._alone(self.lock_seconds), self._lock:
            self._catch_up()
            if not self._log.id:
                return iter(())
            snapshot, damage = look(self.path, self.read_snapshot)
            if snapshot is not None and not damage:
                damage = "; ".join(self.snapshot_faults())
            moment = Moment(
                self.path,
                self._log,
                snapshot,
                damage,
                self._table.revision,
                self._end,
                self._log.size() or 0,
                dict(self._table.docs),
            )
        return check_files(moment, codec)

    def snapshot_faults(self) -> Iterator[str]:
        """What is wrong with the snapshot file for other programs that read its format."""
        return iter(())
