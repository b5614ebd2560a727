"""Opening a store, each time in a process of its own, in turn with parsing the same file."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.ours import FILE_STORES, FILES, Ours

Gathered = dict[tuple[str, str], list[float]]
"""By measure and contender: seconds, and bytes for `memory`, `peak` and `snapshot`."""

PARSING = "json.load of the {} file"
"""The contender that a file store's opening is measured against."""


def openings(stores: Sequence[Ours], rounds: int) -> Gathered:
    """Open each of *stores*, which are closed, and parse its file, *rounds* times in turn."""
    gathered: Gathered = defaultdict(list)
    for _ in range(rounds):
        for store in stores:
            for first in ("find", "tally"):
                told = _probe(
                    {"url": store.url, "folder": str(store.setting.folder), "first": first}
                )
                gathered[f"first {first}", store.name].append(told.pop("first"))
                for measure, value in told.items():
                    gathered[measure, store.name].append(value)
                if store.name in FILE_STORES:
                    _parse(store, gathered)
    return gathered


def _parse(store: Ours, gathered: Gathered) -> None:
    file = store.setting.folder / FILES[store.name]
    told = _probe({"file": file.name, "folder": str(file.parent)})
    gathered["open", PARSING.format(store.name)].append(told["open"])
    gathered["snapshot", store.name].append(file.stat().st_size)


def _probe(asked: dict[str, str]) -> Any:
    """What the process says. Raises CalledProcessError when it fails, its own error shown."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.probe"],
        input=json.dumps(asked), stdout=subprocess.PIPE, encoding="utf-8", check=True,
        cwd=Path(__file__).parents[1],
    )  # fmt: skip
    return json.loads(done.stdout)
