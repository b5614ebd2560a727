"""A file that takes the place of another when all of it is written, and leaves no trace otherwise."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from io import TextIOWrapper
from pathlib import Path
from typing import BinaryIO, TextIO

from crmcore.errors import UsageError

_NEW_FILE = 0o666


@contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """A file to write that replaces *path* at the end, unless an error comes first. Raises UsageError."""
    if path.is_dir():
        raise UsageError(f"{path} is a folder. Name the file to write in it.")
    try:
        number, name = tempfile.mkstemp(prefix=f".{path.name[:40]}.", dir=path.parent)
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror or error}.") from error
    try:
        with os.fdopen(number, "w+b") as file:
            yield file
            file.flush()
            os.fsync(number)
        Path(name).chmod(_mode(path))
        Path(name).replace(path)
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror or error}.") from error
    finally:
        Path(name).unlink(missing_ok=True)


@contextmanager
def replacing_text(path: Path, encoding: str = "utf-8") -> Iterator[TextIO]:
    """The same for text; what no encoding can hold, a lone surrogate, is written as `?`."""
    with replacing(path) as file:
        text = TextIOWrapper(file, encoding, errors="replace", newline="")
        try:
            yield text
            text.flush()
        finally:
            text.detach()


def _mode(path: Path) -> int:
    """The permissions of the file that is there; of a new one, what the user's mask leaves."""
    if path.exists():
        return path.stat().st_mode & 0o777
    mask = os.umask(0)
    os.umask(mask)
    return _NEW_FILE & ~mask
