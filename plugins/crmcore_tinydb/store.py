"""The snapshot as a plain TinyDB database, which `TinyDB(path)` opens.

Its table `customers` holds the state, one document a customer; its table `crmcore` says at which
revision. TinyDB writes a new file that then replaces the old one, never in place.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tinydb.storages import JSONStorage

from crmcore.storage.filestore import FileStore, Snapshot
from crmcore.storage.snapshot import meta_of, snapshot_of

FORMAT = "crmcore-tinydb"


class TinyDbStore(FileStore):
    """A file store whose snapshot is a TinyDB database."""

    def read_snapshot(self, path: Path) -> Snapshot:
        """Read both tables."""
        storage = JSONStorage(str(path), access_mode="r", encoding="utf-8")
        try:
            tables: Mapping[str, Any] = storage.read() or {}
        finally:
            storage.close()
        if not isinstance(tables, dict):
            raise ValueError("it holds no tables")
        meta = tables.get("crmcore")
        customers = tables.get("customers")
        docs = (
            {doc["id"]: doc for doc in customers.values()} if isinstance(customers, dict) else None
        )
        return snapshot_of(path, FORMAT, meta.get("1") if isinstance(meta, dict) else None, docs)

    def write_snapshot(self, path: Path, snapshot: Snapshot) -> None:
        """Write both tables."""
        documents = {str(number): doc for number, doc in enumerate(snapshot.docs.values(), 1)}
        storage = JSONStorage(str(path), encoding="utf-8", ensure_ascii=False)
        try:
            storage.write({"crmcore": {"1": meta_of(FORMAT, snapshot)}, "customers": documents})
        finally:
            storage.close()
