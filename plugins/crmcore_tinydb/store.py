"""The snapshot as a plain TinyDB database, which `TinyDB(path)` opens.

Its table `customers` holds the state, one document a customer; its table `crmcore` says at which
revision. TinyDB writes a new file that then replaces the old one, never in place.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from tinydb.storages import JSONStorage

from crmcore.storage.filestore import FileStore
from crmcore.storage.gathered import Gathered
from crmcore.storage.sharing import sharing
from crmcore.storage.snapshot import Snapshot, meta_of, snapshot_of

FORMAT = "crmcore-tinydb"


class TinyDbStore(FileStore):
    """A file store whose snapshot is a TinyDB database."""

    def read_snapshot(self, path: Path) -> Snapshot:
        """Read both tables."""
        gathered = Gathered()
        tables = _tables(path, gathered)
        meta, customers = tables.get("crmcore"), tables.get("customers")
        if isinstance(meta, dict):
            meta = meta.get("1", meta)
        docs: dict[str, Any] | None = None
        if isinstance(customers, dict):
            # A stranger's table is not for us to read.
            with suppress(TypeError, KeyError):
                docs = gathered.by_id(customers.values())
        return snapshot_of(path, FORMAT, meta, docs, gathered)

    def write_snapshot(self, path: Path, snapshot: Snapshot) -> None:
        """Write both tables."""
        documents = {str(number): doc for number, doc in enumerate(snapshot.docs.values(), 1)}
        storage = JSONStorage(str(path), encoding="utf-8", ensure_ascii=False)
        try:
            storage.write({"crmcore": {"1": meta_of(FORMAT, snapshot)}, "customers": documents})
        finally:
            storage.close()

    def snapshot_faults(self) -> Iterator[str]:
        """The numbers of the documents are TinyDB's business: reading here goes without them."""
        for name, table in _tables(self.path, Gathered()).items():
            if list(table) != [str(number) for number in range(1, len(table) + 1)]:
                yield f"the documents of its table {name} are not numbered as they were written"


def _tables(path: Path, gathered: Gathered) -> Mapping[str, Any]:
    tables = json.loads(path.read_bytes() or b"{}", object_hook=sharing(gathered))
    if not isinstance(tables, dict):
        raise ValueError("it holds no tables")
    return tables
