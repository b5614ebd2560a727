"""What every snapshot says of itself, in whatever format it is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from crmcore.errors import StoreError
from crmcore.storage.filestore import Snapshot

SCHEMA = 1


def meta_of(format_name: str, snapshot: Snapshot) -> dict[str, Any]:
    """The description to store beside the documents."""
    return {
        "format": format_name,
        "schema": SCHEMA,
        "log": snapshot.log_id,
        "revision": snapshot.revision,
        "offset": snapshot.offset,
        "retired": list(snapshot.retired),
    }


def snapshot_of(path: Path, format_name: str, meta: Any, docs: Any) -> Snapshot:
    """The snapshot that *meta* and *docs*, read from *path*, make.

    Raises StoreError for another format or a newer schema, ValueError for damage.
    """
    if not isinstance(meta, dict) or meta.get("format") != format_name:
        found = meta.get("format") if isinstance(meta, dict) else None
        other = f"it is a {found} file" if found else "it was not written by crmcore"
        raise StoreError(
            f"{path} is not a {format_name} store: {other}. Name another file, or import it "
            "with `crmcore import`."
        )
    if meta["schema"] > SCHEMA:
        raise StoreError(
            f"{path} was written by a newer crmcore (schema {meta['schema']}). Update crmcore."
        )
    if not isinstance(docs, dict):
        raise ValueError("it holds no customers")
    return Snapshot(meta["log"], meta["revision"], meta["offset"], tuple(meta["retired"]), docs)
