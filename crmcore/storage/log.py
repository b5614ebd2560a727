"""The log of a file store: one checksummed, fsynced commit a line; it is the history.

The first line is a header, the second of a shortened log the state its commits begin with (its
base). A last line that is cut off or damaged was never acknowledged; damage
before it is an error, never skipped.
"""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO

from attrs import frozen

from crmcore.codec import Doc, of_customer
from crmcore.errors import StoreError
from crmcore.storage.files import create_file, reason, sync_folder
from crmcore.storage.logline import PREFIX, Turning, decode_line, encode_line, mentions, revision_of
from crmcore.storage.logscan import lines_back, lines_turning, start_after
from crmcore.storage.turns import Turn, turns_of

FORMAT = "crmcore-log"
SCHEMA = 1
_LONGEST_HEADER = 4096
_BUFFER = 64 * 1024


class LogDamageError(StoreError):
    """The log does not say what it should; looking again may help when another program writes it."""


@frozen
class Line:
    """One intact commit line: what it says, and the offset of the byte behind it."""

    body: Doc
    end: int


class Log:
    """Appends to and reads one log file, and notices when another file takes its place."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.id = ""
        self.base_revision = 0
        self.follows: tuple[str, ...] = ()
        self.start = 0
        self._base_at = 0
        self._reader: BinaryIO | None = None
        self._writer: BinaryIO | None = None

    def open(self) -> bool:
        """Read the header of an existing log; False when there is none. Raises StoreError."""
        self.close()
        self.id = ""
        try:
            reader = self.path.open("rb")
        except FileNotFoundError:
            return False
        except OSError as error:
            raise StoreError(
                f"{self.path} cannot be read: {reason(error)}. Ask for access to it."
            ) from error
        try:
            header = self._header(reader)
        except BaseException:
            reader.close()
            raise
        if header is None:
            reader.close()
            return False
        # Kept open, so that no new file gets this one's inode and passes for it.
        self._reader, self._base_at = reader, reader.tell()
        self.start = self._base_at + header.get("base_bytes", 0)
        self.id, self.base_revision = header["id"], header["base_revision"]
        self.follows = tuple(header.get("follows", ()))
        return True

    def _header(self, file: BinaryIO) -> dict[str, Any] | None:
        """The header; None when its writer was killed before it was complete."""
        try:
            first = file.readline(_LONGEST_HEADER)
        except OSError as error:
            raise StoreError(f"{self.path} cannot be read: {reason(error)}.") from error
        header = decode_line("header", first)
        if header is None and not first.endswith(b"\n"):
            began = first.startswith(PREFIX) or PREFIX.startswith(first) or not first.strip(b"\0")
            if began and len(first) < _LONGEST_HEADER:
                return None
        schema = header.get("schema") if header and header.get("format") == FORMAT else None
        if not isinstance(schema, int):
            raise StoreError(
                f"{self.path} is not a crmcore log, or its first line is damaged. Restore it from "
                "a backup; if it is not crmcore's, move it away or name another store."
            )
        if schema > SCHEMA:
            raise StoreError(
                f"{self.path} was written by a newer crmcore (schema {schema}, this one knows "
                f"{SCHEMA}). Update crmcore."
            )
        return header

    def create(self, base_revision: int = 0) -> None:
        """Make a new log, durable when this returns. Raises StoreError."""
        header = {
            "format": FORMAT,
            "schema": SCHEMA,
            "id": uuid.uuid4().hex,
            "base_revision": base_revision,
        }
        try:
            with create_file(self.path) as file:
                file.truncate(0)
                _write_whole(file, encode_line("header", header), 0)
            sync_folder(self.path.parent)
        except OSError as error:
            raise self._unwritable(error) from error
        self.open()

    def append(self, line: bytes, at: int) -> int:
        """Write *line* at offset *at*, the end, durable when this returns; returns the new end.

        A write that fails leaves the log as it was: StoreError.
        """
        try:
            file = self._writing()
        except OSError as error:
            raise self._unwritable(error) from error
        try:
            _write_whole(file, line, at)
        except BaseException as error:
            with suppress(OSError):  # the next commit cuts off what stays
                file.truncate(at)
            if isinstance(error, OSError):
                raise self._unwritable(error) from error
            raise
        return at + len(line)

    def _writing(self) -> BinaryIO:
        if self._writer is None:
            self._writer = self.path.open("r+b", buffering=0)
        return self._writer

    def _unwritable(self, error: OSError) -> StoreError:
        return StoreError(
            f"{self.path} cannot be written: {reason(error)}. Nothing was changed; make room or "
            "ask for access, then try again."
        )

    def cut(self, at: int) -> str | None:
        """Cut off what stands behind *at*, never acknowledged; says so, None when nothing does.

        A whole line is kept aside: a flipped bit could have made it unreadable. Raises StoreError.
        """
        try:
            file = self._writing()
            size = file.seek(0, os.SEEK_END)
            if size <= at:
                return None
            file.seek(at)
            tail = file.read()
            note = f"{self.path}: {size - at} bytes of an unfinished commit were cut off."
            if tail.endswith(b"\n"):
                kept = self.path.with_name(self.path.name + ".cut")
                with create_file(kept) as aside:
                    _write_whole(aside, tail, aside.seek(0, os.SEEK_END))
                note += f" They are kept in {kept.name}."
            file.truncate(at)
        except OSError as error:
            raise self._unwritable(error) from error
        return note

    def base(self) -> Doc:
        """What the commits of a shortened log begin with: `revision`, `retired` and `docs` by id.

        Raises LogDamageError.
        """
        if not self.base_revision:
            return {"revision": 0, "retired": [], "docs": {}}
        with self._file() as file:
            file.seek(self._base_at)
            body = decode_line("base", file.read(self.start - self._base_at))
        if body is None or body["revision"] != self.base_revision:
            raise self._damage(self._base_at)
        return body

    def read(self, start: int) -> Iterator[Line]:
        """The intact lines from offset *start* on; ends before a torn last line.

        Raises LogDamageError for damage that is followed by more: that is history lost.
        """
        at = start
        with self._file() as file:
            file.seek(start)
            for line in file:
                body = decode_line("commit", line)
                if body is None:
                    # Without its line end it is still being written, or was when power failed.
                    if line.endswith(b"\n") and file.read(1):
                        raise self._damage(at)
                    return
                at += len(line)
                yield Line(body, at)

    def commits(
        self,
        customer_id: str | None,
        since: int,
        end: int,
        newest_first: bool,
        telling: Callable[[bytes], bool] | None = None,
    ) -> Iterator[Doc]:
        """The commits before offset *end* and after revision *since*, read as they are asked for; with
        *telling*, those whose lines it says yes to. Of one customer each tells that one's edit."""
        wanted = None if customer_id is None else mentions(customer_id)
        with self._file() as file:
            for at, line in self._lines(file, since, end, newest_first):
                revision = revision_of(line)
                if newest_first and revision is not None and revision <= since:
                    return
                if wanted is not None and wanted not in line and revision is not None:
                    continue
                if telling is not None and revision is not None and not telling(line):
                    continue
                body = decode_line("commit", line, customer_id)
                if body is None:
                    raise self._damage(at)
                told = body if customer_id is None else of_customer(customer_id, body)
                if told is not None:
                    yield told

    def turns(self, field: str, end: int) -> Iterator[Turn]:
        """`turns_of` *field* in the commits before offset *end*."""
        turning = Turning(field)
        with self._file() as file:
            for at, line in lines_turning(file, self.start, end, turning):
                if (turn := turning.only(line)) is not None:
                    yield turn
                elif turning(line):
                    body = decode_line("commit", line)
                    if body is None:
                        raise self._damage(at)
                    yield from turns_of((body,), field)

    def _lines(
        self, file: BinaryIO, since: int, end: int, newest_first: bool
    ) -> Iterator[tuple[int, bytes]]:
        if newest_first:
            yield from lines_back(file, self.start, end)
            return
        at = self.start
        if since > self.base_revision:
            at = start_after(file, since, self.start, end)
        file.seek(at)
        while at < end:
            line = file.readline()
            yield at, line
            at += len(line) or end

    def _file(self) -> BinaryIO:
        """The log opened for one reading. Raises LogDamageError when it is another file now."""
        try:
            file = self.path.open("rb", buffering=_BUFFER)
        except OSError as error:
            raise LogDamageError(f"{self.path} cannot be read: {reason(error)}.") from error
        if self._reader is None or not os.path.sameopenfile(file.fileno(), self._reader.fileno()):
            file.close()
            raise LogDamageError(f"{self.path} was replaced. Open the store again.")
        return file

    def _damage(self, at: int) -> LogDamageError:
        with self.path.open("rb") as file:
            line = file.read(at).count(b"\n") + 1
        return LogDamageError(
            f"{self.path} is damaged in line {line} (byte {at}), with more behind it. Nothing was "
            "changed; restore the store from a backup."
        )

    def exists(self) -> bool:
        """Whether there is such a file now."""
        try:
            self.path.stat()
        except OSError:
            return False
        return True

    def size(self) -> int | None:
        """Bytes in the file now; None when it is gone or another file stands in its place."""
        try:
            now = self.path.stat()
        except OSError:
            return None
        if self._reader is None or not os.path.samestat(now, os.fstat(self._reader.fileno())):
            return None
        return now.st_size

    def close(self) -> None:
        """Release the file."""
        for file in (self._reader, self._writer):
            if file is not None:
                file.close()
        self._reader = self._writer = None


def _write_whole(file: BinaryIO, data: bytes, at: int) -> None:
    written = 0
    while written < len(data):
        written += os.pwrite(file.fileno(), data[written:], at + written)
    os.fsync(file.fileno())
