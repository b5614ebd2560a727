"""The snapshot as `{"crmcore": {…}, "customers": {id: document}}`."""

from __future__ import annotations

import json
from pathlib import Path

from crmcore.storage.filestore import FileStore
from crmcore.storage.gathered import Gathered
from crmcore.storage.sharing import sharing
from crmcore.storage.snapshot import Snapshot, meta_of, snapshot_of

FORMAT = "crmcore-json"


class JsonStore(FileStore):
    """A file store whose snapshot is one JSON object."""

    def read_snapshot(self, path: Path) -> Snapshot:
        """Read the JSON object."""
        gathered = Gathered()
        content = json.loads(path.read_bytes(), object_hook=sharing(gathered))
        if not isinstance(content, dict):
            raise ValueError("it holds no object")
        return snapshot_of(path, FORMAT, content.get("crmcore"), content.get("customers"), gathered)

    def write_snapshot(self, path: Path, snapshot: Snapshot) -> None:
        """Write the JSON object, a customer a line."""
        encode = json.JSONEncoder(ensure_ascii=False).encode
        with path.open("w", encoding="utf-8", newline="\n") as file:
            file.write(f'{{"crmcore": {encode(meta_of(FORMAT, snapshot))},\n"customers": {{\n')
            for number, (key, doc) in enumerate(snapshot.docs.items()):
                file.write(f"{',' * bool(number)}{encode(key)}: {encode(doc)}\n")
            file.write("}}\n")
