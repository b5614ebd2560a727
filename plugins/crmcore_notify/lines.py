"""A file of notifications: one JSON object a line, appended, never rewritten."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from threading import Lock

from filelock import FileLock

from crmcore.hooktypes import Notification
from crmcore_notify.textparts import parts_of, text_of

_BLOCK = 64 * 1024
_PATIENCE = 10.0
"""Seconds to wait for another process that is writing; then sending fails."""
# What would move, hide or reorder text of a reader who prints the file on a terminal.
_UNSAFE = re.compile("[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")


class NotificationFile:
    """Notifications in a file readable by its owner alone; several processes may append."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._mutex = Lock()
        self._keys: set[str] = set()
        self._read_to = 0

    def add(self, notification: Notification) -> None:
        """Append *notification*. Raises OSError."""
        with self._mutex, self._lock():
            self._append(notification)

    def add_once(self, notification: Notification) -> None:
        """Append *notification* unless one of its key is there already. Raises OSError."""
        with self._mutex, self._lock():
            self._learn_keys()
            if notification.key not in self._keys:
                self._append(notification)

    def recent(self, limit: int) -> list[Notification]:
        """The last *limit* notifications, newest first; lines torn by a crash are passed over."""
        found: list[Notification] = []
        for line in _lines_from_end(self._path):
            if len(found) >= limit:
                break
            if notification := decode(line):
                found.append(notification)
        return found

    def _lock(self) -> FileLock:
        return FileLock(f"{self._path}.lock", timeout=_PATIENCE, mode=0o600)

    def _append(self, notification: Notification) -> None:
        line = encode(notification)
        flags = os.O_RDWR | os.O_APPEND | os.O_CREAT
        file = os.open(self._path, flags, 0o600)
        try:
            size = os.fstat(file).st_size
            os.lseek(file, max(size - 1, 0), os.SEEK_SET)
            # A line torn by a crash ends here, so that it does not swallow this one.
            torn = size > 0 and os.read(file, 1) != b"\n"
            data = memoryview(b"\n" + line if torn else line)
            while data:
                data = data[os.write(file, data) :]
        finally:
            os.close(file)

    def _learn_keys(self) -> None:
        try:
            with self._path.open("rb") as file:
                if os.fstat(file.fileno()).st_size < self._read_to:
                    self._keys.clear()
                    self._read_to = 0
                file.seek(self._read_to)
                for line in file:
                    if not line.endswith(b"\n"):
                        break
                    self._read_to += len(line)
                    if notification := decode(line):
                        self._keys.add(notification.key)
        except FileNotFoundError:
            self._keys.clear()
            self._read_to = 0


def encode(notification: Notification) -> bytes:
    """*notification* as a line of JSON."""
    parts = {
        "key": notification.key,
        "at": notification.at.isoformat(),
        "to": notification.to,
        "title": parts_of(notification.title),
        "body": parts_of(notification.body),
        "customer_id": notification.customer_id,
    }
    text = json.dumps(parts, ensure_ascii=False)
    text = _UNSAFE.sub(lambda found: f"\\u{ord(found.group()):04x}", text)
    # A lone surrogate becomes its JSON escape.
    return text.encode("utf-8", "backslashreplace") + b"\n"


def decode(line: bytes | str) -> Notification | None:
    """The notification that *line* holds; None where it holds none."""
    try:
        parts = json.loads(line)
        moment = datetime.fromisoformat(parts["at"])
        title, body = text_of(parts["title"]), text_of(parts["body"])
        key, to, customer_id = parts["key"], parts["to"], parts["customer_id"]
    except (ValueError, TypeError, KeyError, RecursionError):
        return None
    sound = isinstance(key, str) and isinstance(to, str) and isinstance(customer_id, str | None)
    if not sound or moment.tzinfo is None:
        return None
    return Notification(key, moment, to, title, body, customer_id)


def _lines_from_end(path: Path) -> Iterator[bytes]:
    """The lines of *path*, last first, without reading more of it than asked for."""
    try:
        file = path.open("rb")
    except FileNotFoundError:
        return
    with file:
        end = file.seek(0, os.SEEK_END)
        rest = b""
        while end > 0:
            start = max(end - _BLOCK, 0)
            file.seek(start)
            rest = file.read(end - start) + rest
            end = start
            first, *lines = rest.split(b"\n")
            yield from (line for line in reversed(lines) if line)
            rest = first
        if rest:
            yield rest
