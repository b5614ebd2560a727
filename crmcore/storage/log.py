"""The log of a file store: one checksummed, fsynced commit a line; it is the history.

The first line is a header. A line is `{"crc":"xxxxxxxx","commit":{…}}`, the CRC-32 being that of the
exact bytes of the commit. A last line that is cut off or damaged was never acknowledged.
"""

from __future__ import annotations

import json
import os
import re
import uuid
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from attrs import frozen

from crmcore.errors import StoreError
from crmcore.storage.files import NEW_FILE_MODE, sync_folder

FORMAT = "crmcore-log"
SCHEMA = 1
_PREFIX = b'{"crc":"'
_LINE = re.compile(rb'\{"crc":"(?P<crc>[0-9a-f]{8})","(?:commit|header)":(?P<body>.*)\}\n')


@frozen
class Line:
    """One intact line: what it says, and the offset of the byte behind it."""

    body: dict[str, Any]
    end: int


def encode_line(kind: str, body: dict[str, Any]) -> bytes:
    """*body* as a line of the log."""
    payload = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
    return b'{"crc":"%08x","%b":%b}\n' % (zlib.crc32(payload), kind.encode(), payload)


def decode_line(line: bytes) -> dict[str, Any] | None:
    """What *line* says, None when it is damaged."""
    found = _LINE.fullmatch(line)
    if found is None or found["crc"] != b"%08x" % zlib.crc32(found["body"]):
        return None
    body = json.loads(found["body"])
    return body if isinstance(body, dict) else None


class Log:
    """Appends to and reads one log file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.id = ""
        self.base_revision = 0
        self._descriptor: int | None = None

    def open(self) -> bool:
        """Read the header of an existing log; False when there is none. Raises StoreError."""
        try:
            with self.path.open("rb") as file:
                first = file.readline()
        except FileNotFoundError:
            return False
        except OSError as error:
            raise StoreError(f"{self.path} cannot be read: {error.strerror}.") from error
        header = decode_line(first)
        if header is None or header.get("format") != FORMAT:
            if not first.endswith(b"\n") and (
                _PREFIX.startswith(first) or first.startswith(_PREFIX)
            ):
                return False  # cut off before anything was acknowledged
            raise StoreError(
                f"{self.path} is not a crmcore log. Move it away or name another store."
            )
        if header["schema"] > SCHEMA:
            raise StoreError(
                f"{self.path} was written by a newer crmcore (schema {header['schema']}). Update crmcore."
            )
        self.id, self.base_revision = header["id"], header["base_revision"]
        return True

    def create(self, base_revision: int = 0) -> None:
        """Make a new log, durable when this returns."""
        self.id, self.base_revision = uuid.uuid4().hex, base_revision
        header = {"format": FORMAT, "schema": SCHEMA, "id": self.id, "base_revision": base_revision}
        self.append(encode_line("header", header), 0)
        sync_folder(self.path.parent)

    def append(self, line: bytes, at: int) -> int:
        """Write *line* at offset *at*, durable when this returns; returns the new end.

        What stands behind *at* was never acknowledged and is cut off. A write that fails leaves the
        log as it was: StoreError.
        """
        if self._descriptor is None:
            self._descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT, NEW_FILE_MODE)
        try:
            os.ftruncate(self._descriptor, at)
            written = 0
            while written < len(line):
                written += os.pwrite(self._descriptor, line[written:], at + written)
            os.fsync(self._descriptor)
        except OSError as error:
            os.ftruncate(self._descriptor, at)
            raise StoreError(
                f"{self.path} cannot be written: {error.strerror}. Nothing was changed."
            ) from error
        return at + len(line)

    def read(self, start: int) -> Iterator[Line]:
        """The intact lines from offset *start* on; ends before a torn last line.

        Raises StoreError for damage that is followed by more lines: that is history lost.
        """
        end = start
        try:
            with self.path.open("rb") as file:
                file.seek(start)
                for line in file:
                    body = decode_line(line)
                    if body is None:
                        # Without its line end it is still being written, or was when power failed.
                        if line.endswith(b"\n") and file.read(1):
                            raise StoreError(
                                f"{self.path} is damaged at byte {end}. Restore it from a backup."
                            )
                        return
                    end += len(line)
                    yield Line(body, end)
        except FileNotFoundError:
            return
        except OSError as error:
            raise StoreError(f"{self.path} cannot be read: {error.strerror}.") from error

    def size(self) -> int:
        """Bytes in the file, 0 when there is none."""
        try:
            return self.path.stat().st_size
        except OSError:
            return 0

    def close(self) -> None:
        """Release the file."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None
