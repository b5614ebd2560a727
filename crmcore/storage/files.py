"""Files that are whole or not there: durable folders and atomic replacement."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from pathlib import Path

NEW_FILE_MODE = 0o600


def sync_folder(folder: Path) -> None:
    """Make names created or replaced in *folder* durable."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def replace_file(path: Path, write: Callable[[Path], None]) -> None:
    """Let *write* make a new file, then put it in the place of *path* in one step, durable."""
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".new", dir=path.parent)
    os.close(descriptor)
    new = Path(name)
    try:
        write(new)
        with new.open("rb+") as file:
            os.fsync(file.fileno())
        new.replace(path)
        sync_folder(path.parent)
    except BaseException:
        new.unlink(missing_ok=True)
        raise
