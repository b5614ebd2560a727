"""The snapshot as `{"crmcore": {…}, "customers": {id: document}}`."""

from __future__ import annotations

import json
from pathlib import Path

from crmcore.storage.filestore import FileStore, Snapshot
from crmcore.storage.snapshot import meta_of, snapshot_of

FORMAT = "crmcore-json"


class JsonStore(FileStore):
    """A file store whose snapshot is one JSON object."""

    def read_snapshot(self, path: Path) -> Snapshot:
        """Read the JSON object."""
        content = json.loads(path.read_bytes())
        if not isinstance(content, dict):
            raise ValueError("it holds no object")
        return snapshot_of(path, FORMAT, content.get("crmcore"), content.get("customers"))

    def write_snapshot(self, path: Path, snapshot: Snapshot) -> None:
        """Write the JSON object, a customer a line."""
        meta = json.dumps(meta_of(FORMAT, snapshot), ensure_ascii=False)
        rows = (
            f"{json.dumps(key)}: {json.dumps(doc, ensure_ascii=False)}"
            for key, doc in snapshot.docs.items()
        )
        text = f'{{"crmcore": {meta},\n"customers": {{\n' + ",\n".join(rows) + "\n}}\n"
        path.write_text(text, "utf-8")
