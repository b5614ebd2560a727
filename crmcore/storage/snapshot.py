"""The state at a revision, and what every snapshot says of itself, in whatever format it is."""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from attrs import field, frozen

from crmcore.codec import Doc
from crmcore.errors import StoreError
from crmcore.storage.gathered import Gathered, Gathering

SCHEMA = 1


@frozen
class Snapshot:
    """The documents by id, and where in which log they stand.

    `offset` is the log's byte behind commit `revision`; `retired` are ids of removed customers;
    `gathered` is what was gathered of the documents in their order, if anything was.
    """

    log_id: str
    revision: int
    offset: int
    retired: tuple[str, ...]
    docs: dict[str, Doc]
    gathered: Gathering = field(factory=dict, eq=False)


def meta_of(format_name: str, snapshot: Snapshot) -> dict[str, Any]:
    """The description to store beside the documents, with a checksum of its own.

    The documents need none: `crmcore store check` compares them to what the log leads to.
    """
    meta = {
        "format": format_name,
        "schema": SCHEMA,
        "log": snapshot.log_id,
        "revision": snapshot.revision,
        "offset": snapshot.offset,
        "retired": list(snapshot.retired),
    }
    return {**meta, "crc": _checksum(meta)}


def _checksum(meta: Mapping[str, Any]) -> str:
    said = {key: value for key, value in meta.items() if key != "crc"}
    return f"{zlib.crc32(json.dumps(said, sort_keys=True).encode()):08x}"


def snapshot_of(
    path: Path, format_name: str, meta: Any, docs: Any, gathered: Gathered | None = None
) -> Snapshot:
    """The snapshot that *meta* and *docs*, read from *path*, make, with what was *gathered* meanwhile.

    Raises StoreError for another format or a newer schema, ValueError for damage.
    """
    found = _format(meta)
    if not isinstance(meta, dict) or found != format_name:
        other = f"it is a {found} file" if found else "it was not written by crmcore"
        raise StoreError(
            f"{path} is not a {format_name} store: {other}. Nothing was changed; name another "
            "store, or bring its rows in with `crmcore import`."
        )
    if meta["schema"] > SCHEMA:
        raise StoreError(
            f"{path} was written by a newer crmcore (schema {meta['schema']}, this one knows "
            f"{SCHEMA}). Update crmcore."
        )
    if meta["crc"] != _checksum(meta):
        raise ValueError("what it says of itself does not fit its checksum")
    if not isinstance(docs, dict):
        raise ValueError("it holds no customers")
    fields = {} if gathered is None else gathered.of(docs)
    return Snapshot(
        meta["log"], meta["revision"], meta["offset"], tuple(meta["retired"]), docs, fields
    )


def _format(meta: Any) -> str:
    """The format *meta* names, at its top or, as document databases have it, in its first document."""
    if not isinstance(meta, dict):
        return ""
    inner = next(iter(meta.values()), None)
    named = meta.get("format") or (inner.get("format") if isinstance(inner, dict) else None)
    return named if isinstance(named, str) else ""
