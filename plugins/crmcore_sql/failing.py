"""What a database's refusal means, and what to do about it, in one line without secrets."""

from __future__ import annotations

from sqlalchemy.exc import SQLAlchemyError

from crmcore.errors import StoreError
from crmcore.text import one_line

_AGAIN = "Nothing was changed; {}, then try again."

_TOLD = (
    # SQLite's words
    ("is locked", "is being written by another program for too long", "let that one finish or end it"),
    ("is full", "has no room left", "make room on its disk"),
    ("readonly database", "cannot be written", "ask for access to the file and its folder"),
    ("unable to open", "cannot be opened", "ask for access to the file and its folder"),
    ("disk I/O error", "cannot be written", "see to its disk"),
    # PostgreSQL's SQLSTATEs
    ("53100", "has no room left", "make room on the server's disk"),
    ("53300", "has no connection left", "close other programs that use it"),
    ("42501", "does not let you", "ask its owner for the rights"),
    ("25006", "takes no changes now", "name the server that does"),
    ("40001", "was changed by another writer meanwhile", "wait a moment"),
    ("40P01", "was changed by another writer meanwhile", "wait a moment"),
)  # fmt: skip


def failure(name: str, error: SQLAlchemyError) -> StoreError:
    """The error that tells of *error* in the store *name*."""
    original = getattr(error, "orig", None)
    lines = str(original or error).splitlines() or [type(error).__name__]
    cause = one_line(lines[0]).rstrip(".")
    state = getattr(original, "sqlstate", None) or ""
    for sign, what, then in _TOLD:
        if sign == state or (not state and sign in cause):
            return StoreError(f"The store {name} {what}: {cause}. {_AGAIN.format(then)}")
    if "malformed" in cause or "not a database" in cause:
        return StoreError(
            f"The store {name} is damaged: {cause}. Restore it from a backup: "
            "`crmcore store restore FILE`."
        )
    if getattr(error, "connection_invalidated", False):
        return StoreError(
            f"The connection to the store {name} was lost: {cause}. Whether what was under way was "
            "kept is not known; look before you repeat it."
        )
    if getattr(error, "statement", None) is None and hasattr(original, "sqlstate"):
        return StoreError(
            f"The store {name} cannot be reached: {cause}. See that its server runs, and that the "
            "address names the right host, port, user and database."
        )
    return StoreError(f"The store {name} failed: {cause}. Nothing was changed.")
