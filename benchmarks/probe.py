"""A process that opens one store, and says how long that took and what memory it needs.

Standard input holds what to open, as JSON; standard output gets the answer, as JSON.
"""

from __future__ import annotations

import importlib
import json
import sys
from pathlib import Path
from time import perf_counter
from typing import Any

from benchmarks import board
from benchmarks.customers import STAGES
from benchmarks.timing import seconds_of
from crmcore.bootstrap import load_plugins
from crmcore.codec import Codec
from crmcore.config import Config
from crmcore.fields import FieldCatalogue
from crmcore.storage.address import parse_address
from crmcore.storage.base import Store

IMPORTS = {
    "json": ("crmcore_json.store",),
    "tinydb": ("crmcore_tinydb.store",),
    "sqlite": ("crmcore_sql.engines", "crmcore_sql.store", "sqlalchemy.dialects.sqlite"),
    "postgresql": ("crmcore_sql.engines", "crmcore_sql.store", "psycopg"),
}
"""What each kind of store is made of: loaded before the clock starts and memory is looked at."""


def memory() -> tuple[int, int] | None:
    """Bytes resident now and at most so far; None where the system does not tell."""
    try:
        lines = Path("/proc/self/status").read_text("utf-8").splitlines()
    except OSError:
        return None
    told = dict(line.split(":", 1) for line in lines)
    now, most = (int(told[key].split()[0]) * 1024 for key in ("VmRSS", "VmHWM"))
    return now, most


def ask(store: Store, what: str) -> float:
    """Seconds of one of the board's questions."""
    if what == "tally":
        return seconds_of(lambda: store.tally(board.WHOM, board.BY))
    return seconds_of(lambda: store.find(board.column(STAGES[0])))


def opened(url: str, folder: Path, first: str) -> dict[str, Any]:
    """Open the store *url* and ask *first*, then the whole board."""
    config = Config(store=url, directory=folder)
    host = load_plugins(config)
    address = parse_address(url, folder)
    codec = Codec(FieldCatalogue(host.fields().values))
    start = perf_counter()
    for name in IMPORTS[address.scheme]:
        importlib.import_module(name)
    imported = perf_counter() - start
    before = memory()
    start = perf_counter()
    store = host.stores().named(address.scheme).open(address, codec)
    took = perf_counter() - start
    asked = ask(store, first)
    for stage in STAGES:
        store.find(board.column(stage))
    store.tally(board.WHOM, board.BY)
    answer = {"open": took, "import": imported, "first": asked, **_grown(before)}
    store.close()
    return answer


def parsed(path: Path) -> dict[str, Any]:
    """Read *path* as JSON, with all of crmcore loaded as when a store is opened."""
    load_plugins(Config(directory=path.parent))
    before = memory()

    def load() -> Any:
        with path.open("rb") as file:
            return json.load(file)

    start = perf_counter()
    content = load()
    took = perf_counter() - start
    return {"open": took, **_grown(before), "items": len(content)}


def _grown(before: tuple[int, int] | None) -> dict[str, int]:
    after = memory()
    if before is None or after is None:
        return {}
    return {"memory": after[0] - before[0], "peak": after[1] - before[0]}


def main() -> None:
    """Do what standard input asks."""
    asked = json.load(sys.stdin)
    folder = Path(asked["folder"])
    file = asked.get("file")
    answer = parsed(folder / file) if file else opened(asked["url"], folder, asked["first"])
    json.dump(answer, sys.stdout)


if __name__ == "__main__":
    main()
