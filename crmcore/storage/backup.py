"""Backups: one file with the whole past of a store of any kind, for a store of any kind.

A gzip file of lines as a log has them: a header, the customers the history begins with, every
commit, and a last line without which the file is not whole.
"""

from __future__ import annotations

import gzip
import os
import tempfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

from attrs import frozen

from crmcore.codec import Codec, Doc, moment_from_json, moment_to_json
from crmcore.errors import StoreError, UsageError
from crmcore.storage.base import Store
from crmcore.storage.chronicle import Base, Chronicle
from crmcore.storage.files import NEW_FILE_MODE, reason, sync_folder
from crmcore.storage.logline import Kind, decode_line, encode_line
from crmcore.storage.replaying import Replay

FORMAT = "crmcore-backup"
SCHEMA = 1
_LEVEL = 6
_DOCS = 500
_LONGEST_HEADER = 4096


@frozen
class Backup:
    """What a backup holds: commits above `base_revision` up to `revision`, so many customers."""

    path: Path
    made_at: datetime
    base_revision: int
    revision: int
    customers: int


def write_backup(
    store: Store, path: Path, codec: Codec, now: datetime, *, force: bool = False
) -> Backup:
    """Write all of *store* to the new file *path*: whole or not there, durable, for its owner alone.

    Others may go on using the store. Raises UsageError when there is such a file and not *force*,
    StoreError when the store or the file fails.
    """
    if path.is_dir():
        raise UsageError(f"{path} is a folder. Name a file in it.")
    if path.exists() and not force:
        raise UsageError(
            f"{path} is there already; nothing was written. Name another file, or add --force."
        )
    try:
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".new", dir=path.parent)
        new = Path(name)
        try:
            with os.fdopen(handle, "wb") as file:
                made = _write(store, path, codec, now, file)
                file.flush()
                os.fsync(file.fileno())
            new.chmod(NEW_FILE_MODE)
            new.replace(path)
        except BaseException:
            with suppress(OSError):
                new.unlink(missing_ok=True)
            raise
        sync_folder(path.parent)
    except OSError as error:
        raise StoreError(
            f"{path} cannot be written: {reason(error)}. There is no backup; make room or name "
            "another file."
        ) from error
    return made


def _write(store: Store, path: Path, codec: Codec, now: datetime, file: Any) -> Backup:
    store.refresh()
    chronicle = store.chronicle(codec)
    with (
        Replay(codec) as past,
        gzip.GzipFile("", "wb", _LEVEL, file, mtime=0) as packed,
    ):

        def put(kind: Kind, body: dict[str, Any]) -> None:
            packed.write(encode_line(kind, body))

        past.begin(chronicle.base)
        base = past.revision
        put(
            "header",
            {
                "format": FORMAT,
                "schema": SCHEMA,
                "made_at": moment_to_json(now),
                "base_revision": base,
            },
        )
        if base:
            put("base", {"retired": list(past.retired())})
            docs = past.docs()
            while chunk := list(islice(docs, _DOCS)):
                put("base", {"docs": chunk})
        for raw in past.following(chronicle):
            put("commit", raw)
        put("end", {"revision": past.revision, "customers": len(past)})
        return Backup(path, now, base, past.revision, len(past))


def read_backup(path: Path) -> Backup:
    """What the backup *path* holds, all of it read and found whole. Raises StoreError, UsageError."""
    lines = _lines(path)
    header = _header(path, lines)
    revision, last = header["base_revision"], {}
    for kind, body in lines:
        if kind == "commit":
            revision = body["revision"]
        last = body if kind == "end" else {}
    if last.get("revision") != revision:
        raise _damaged(path, "it says it ends elsewhere")
    return Backup(
        path,
        moment_from_json(header["made_at"]),
        header["base_revision"],
        revision,
        last["customers"],
    )


def chronicle_of(path: Path) -> Chronicle:
    """The past that the backup *path* holds, read as it is asked for. Raises StoreError, UsageError."""
    lines = _lines(path)
    base = Base(_header(path, lines)["base_revision"])
    commits = (body for kind, body in lines if kind == "commit")
    if not base.revision:
        return Chronicle(base, commits)
    kind, said = next(lines, ("end", {}))
    if kind != "base" or "retired" not in said:
        raise _damaged(path, "what it begins with is missing")
    first: list[tuple[Kind, Doc]] = []

    def docs() -> Iterator[Doc]:
        for kind, body in lines:
            if kind != "base":
                first.append((kind, body))
                return
            yield from body["docs"]

    def rest() -> Iterator[Doc]:
        yield from (body for kind, body in first if kind == "commit")
        yield from commits

    return Chronicle(Base(base.revision, said["retired"], docs()), rest())


def _header(path: Path, lines: Iterable[tuple[Kind, Doc]]) -> Doc:
    kind, header = next(iter(lines), ("end", {}))
    if kind != "header" or header.get("format") != FORMAT:
        raise UsageError(f"{path} is not a backup made by `crmcore store backup`.")
    if header["schema"] > SCHEMA:
        raise UsageError(
            f"{path} was written by a newer crmcore (schema {header['schema']}, this one knows "
            f"{SCHEMA}). Update crmcore."
        )
    return header


def _lines(path: Path) -> Iterator[tuple[Kind, Doc]]:
    """The lines as kind and content. Raises StoreError where one is damaged or the end is missing."""
    number, kind = 0, ""
    try:
        with gzip.open(path, "rb") as file:
            for number, line in enumerate(file, 1):
                kind, body = _said(line)
                if body is None:
                    raise _damaged(path, f"in line {number}")
                yield kind, body
        if kind != "end":
            raise _damaged(path, "its end is missing")
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        if not number:
            raise UsageError(f"{path} is not a backup made by `crmcore store backup`.") from error
        raise _damaged(path, f"behind line {number}") from error
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {reason(error)}.") from error


def _said(line: bytes) -> tuple[Kind, Doc | None]:
    kinds: tuple[Kind, ...] = ("commit", "base", "header", "end")
    for kind in kinds:
        if b'"%b":' % kind.encode() in line[:32]:
            return kind, decode_line(kind, line)
    return "end", None


def _damaged(path: Path, where: str) -> StoreError:
    return StoreError(f"{path} is damaged: {where}. Nothing was restored; use another backup.")
