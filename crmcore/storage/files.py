"""Files that are whole or not there: durable folders and atomic replacement."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from crmcore.errors import StoreError

NEW_FILE_MODE = 0o600


def reason(error: Exception) -> str:
    """Why the operating system refused, in its own words."""
    return getattr(error, "strerror", None) or str(error) or type(error).__name__


def create_file(path: Path, *, exclusive: bool = False) -> BinaryIO:
    """The file *path* to write, unbuffered, made with mode 0600 when it is not there."""
    flags = os.O_RDWR | os.O_CREAT | (os.O_EXCL if exclusive else 0)
    return os.fdopen(os.open(path, flags, NEW_FILE_MODE), "r+b", buffering=0)


def sync_folder(folder: Path) -> None:
    """Make names created or replaced in *folder* durable."""
    if os.name == "nt":  # folders cannot be opened there; NTFS journals names itself
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def replace_file(path: Path, write: Callable[[Path], None]) -> None:
    """Let *write* make a new file, then put it in the place of *path* in one step, durable.

    The file keeps the mode of the one it replaces. Only one writer at a time: hold a lock.
    """
    new = path.with_name(f".{path.name}.new")
    try:
        new.unlink(missing_ok=True)  # what a killed writer left
        create_file(new, exclusive=True).close()
        write(new)
        if path.exists():
            new.chmod(stat.S_IMODE(path.stat().st_mode))
        with new.open("rb+") as file:
            os.fsync(file.fileno())
        new.replace(path)
    except BaseException:
        new.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def check_place(path: Path) -> None:
    """Raise StoreError unless *path* is a regular file, or could be made one in its folder."""
    try:
        mode = path.stat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        if not path.parent.is_dir():
            raise StoreError(
                f"{path} cannot be made: there is no folder {path.parent}. Make it first."
            ) from None
        return
    except OSError as error:
        raise StoreError(
            f"{path} cannot be read: {reason(error)}. Ask for access, or name another file."
        ) from error
    if stat.S_ISDIR(mode):
        raise StoreError(f"{path} is a folder; a store is a file. Name a file in it.")
    if not stat.S_ISREG(mode):
        raise StoreError(f"{path} is not a regular file. Name another one.")
