"""A store in one file of any format: the log is the truth, the snapshot saves time at opening."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from attrs import frozen
from filelock import FileLock, Timeout

from crmcore.changes import Batch, Commit
from crmcore.codec import Codec, Doc
from crmcore.errors import StoreError
from crmcore.storage.files import replace_file
from crmcore.storage.log import Log, encode_line
from crmcore.storage.table import Table
from crmcore.storage.tablestore import TableStore

SMALL = 256 * 1024
LARGE_TAIL = 1024 * 1024
LOCK_SECONDS = 10.0


@frozen
class Snapshot:
    """The state at a revision: the documents by id, and where in which log it stands."""

    log_id: str
    revision: int
    offset: int
    retired: tuple[str, ...]
    docs: Mapping[str, Doc]


class FileStore(TableStore):
    """Everything but the format: a subclass reads and writes snapshots.

    Beside the file stand its log (`.log`) and its lock (`.lock`).
    """

    lock_seconds = LOCK_SECONDS

    def __init__(self, path: Path, codec: Codec) -> None:
        super().__init__(codec)
        self.path = path
        self._log = Log(path.with_name(path.name + ".log"))
        self._file_lock = FileLock(path.with_name(path.name + ".lock"), mode=0o600)
        self._end = 0
        self._snapshot_end = 0
        self._warnings: list[str] = []
        self._wrote = False
        self._damaged = False
        self._load()

    @abstractmethod
    def read_snapshot(self, path: Path) -> Snapshot:
        """What the file holds. Raises StoreError for another format, ValueError for damage."""

    @abstractmethod
    def write_snapshot(self, path: Path, snapshot: Snapshot) -> None:
        """Write the file *path* (a new one) so that `read_snapshot` reads it back."""

    # opening

    def _load(self) -> None:
        if self.path.is_dir():
            raise StoreError(f"{self.path} is a folder; a store is a file. Name a file in it.")
        if not self.path.parent.is_dir():
            raise StoreError(f"There is no folder {self.path.parent}. Make it first.")
        has_log = self._log.open()
        snapshot = self._snapshot(has_log)
        if snapshot is not None and (not has_log or snapshot.log_id != self._log.id):
            raise StoreError(
                f"{self.path} and {self._log.path} do not belong together. Restore both from one backup."
            )
        self._table = Table(self._codec)
        if snapshot is not None:
            self._table.load(snapshot.docs, snapshot.revision, snapshot.retired)
        self._end = self._snapshot_end = 0 if snapshot is None else snapshot.offset
        if has_log:
            self._tail()

    def _snapshot(self, has_log: bool) -> Snapshot | None:
        try:
            if not self.path.exists() or self.path.stat().st_size == 0:
                return None
            return self.read_snapshot(self.path)
        except OSError as error:
            raise StoreError(f"{self.path} cannot be read: {error.strerror}.") from error
        except ValueError as error:
            if not has_log or self._log.base_revision:
                raise StoreError(
                    f"{self.path} is not a crmcore store, or is damaged: {error}. "
                    "Move it away, name another file, or restore it from a backup."
                ) from error
            self._damaged = True
            self._warnings.append(
                f"{self.path} is damaged ({error}); everything was read from {self._log.path.name}."
            )
            return None

    def _tail(self) -> None:
        """Take in the lines behind `_end`."""
        if self._log.size() < self._end:
            raise StoreError(
                f"{self._log.path} was shortened or replaced while it was in use. Open it again."
            )
        for line in self._log.read(self._end):
            if "revision" in line.body:
                self._table.apply(line.body)
            self._end = line.end

    # the contract

    @property
    def warnings(self) -> tuple[str, ...]:
        return tuple(self._warnings)

    def refresh(self) -> int:
        with self._lock:
            if self._log.id:
                self._tail()
            elif self._log.open():
                self._load()
            return self._table.revision

    @contextmanager
    def _alone(self) -> Iterator[None]:
        try:
            with self._file_lock.acquire(timeout=self.lock_seconds):
                yield
        except Timeout as error:
            raise StoreError(
                f"{self.path} is being written by another program for more than "
                f"{self.lock_seconds:g} seconds. Try again."
            ) from error
        except OSError as error:
            where = error.filename or self._file_lock.lock_file
            raise StoreError(f"{where} cannot be written: {error.strerror}.") from error

    def commit(self, batch: Batch) -> Commit:
        with self._lock, self._alone():
            self.refresh()
            self._table.check(batch)
            if not self._log.id:
                self._log.create()
                self._end = self._log.size()
            raw = self._codec.encode_commit(self._table.revision + 1, batch)
            self._end = self._log.append(encode_line("commit", raw), self._end)
            self._wrote = True
            self._table.apply(raw)
            if self._end - self._snapshot_end > max(LARGE_TAIL, self._snapshot_end):
                self._write_snapshot()
            return self._codec.decode_commit(raw)

    def history(
        self, customer_id: str | None = None, *, since: int = 0, newest_first: bool = False
    ) -> Iterator[Commit]:
        commits = self._raw_history(customer_id, since)
        yield from map(
            self._codec.decode_commit, reversed(list(commits)) if newest_first else commits
        )

    def _raw_history(self, customer_id: str | None, since: int) -> Iterator[Doc]:
        for line in self._log.read(0):
            raw = line.body
            if line.end > self._end:
                return
            if raw.get("revision", 0) <= since:
                continue
            if customer_id is None or any(edit["id"] == customer_id for edit in raw["edits"]):
                yield raw

    # snapshots

    def checkpoint(self) -> None:
        """Write the snapshot, so that the file itself holds the state."""
        with self._lock, self._alone():
            self.refresh()
            if self._log.id:
                self._write_snapshot()

    def _write_snapshot(self) -> None:
        table = self._table
        snapshot = Snapshot(self._log.id, table.revision, self._end, table.retired, table.docs)
        try:
            if self._damaged:
                # Somebody may still want to look into it; the log holds all that it held.
                self.path.replace(self.path.with_name(self.path.name + ".damaged"))
                self._damaged = False
            replace_file(self.path, lambda new: self.write_snapshot(new, snapshot))
        except OSError as error:
            # The commit is durable in the log already: the snapshot only saves time.
            self._warnings.append(f"{self.path} could not be brought up to date: {error.strerror}.")
            return
        self._snapshot_end = self._end

    def close(self) -> None:
        with self._lock:
            tail = self._end - self._snapshot_end
            if self._wrote and (self._end < SMALL or tail > self._snapshot_end):
                with suppress(StoreError):  # all is in the log: the next one to open it will do
                    self.checkpoint()
            self._wrote = False
            self._log.close()
