"""Which machine the figures are from."""

from __future__ import annotations

import os
import platform
import sqlite3
from datetime import UTC, datetime
from pathlib import Path


def described(folder: Path) -> str:
    """CPU, cores, kernel, Python, SQLite, the file system of *folder*, and the day, in one line."""
    return "; ".join(
        (
            f"{_cpu()}, {os.cpu_count()} cores",
            f"{platform.system()} {platform.release()}",
            f"Python {platform.python_version()}",
            f"SQLite {sqlite3.sqlite_version}",
            file_system(folder),
            f"{datetime.now(UTC):%Y-%m-%d}",
        )
    )


def _cpu() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        lines = []
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.processor() or platform.machine())


def file_system(folder: Path) -> str:
    """The kind of file system *folder* is on, as far as the machine tells."""
    try:
        mounts = Path("/proc/mounts").read_text("utf-8").splitlines()
    except OSError:
        return "file system unknown"
    place = folder.resolve()
    kinds = {Path(fields[1]): fields[2] for fields in map(str.split, mounts)}
    return next((kinds[above] for above in (place, *place.parents) if above in kinds), "unknown")
