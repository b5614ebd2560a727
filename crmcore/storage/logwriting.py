"""Writing a log anew: another history in the place of the one there is."""

from __future__ import annotations

import uuid
from pathlib import Path

from crmcore.codec import Codec
from crmcore.errors import StoreError
from crmcore.storage.chronicle import Chronicle
from crmcore.storage.files import reason, replace_file
from crmcore.storage.log import FORMAT, SCHEMA
from crmcore.storage.logline import encode_line
from crmcore.storage.replaying import Replay

REMEMBERED = 50
"""How many logs that it followed a log names; each was replaced before its snapshot was."""


def write_log(path: Path, chronicle: Chronicle, codec: Codec, follows: tuple[str, ...]) -> None:
    """Put a log of *chronicle* in the place of *path*, whole, in one step, durable.

    *follows* are the ids of the logs before it: a snapshot of those is out of date, not foreign.
    Raises StoreError; then the old log is as it was.
    """

    def write(new: Path) -> None:
        with Replay(codec) as past, new.open("wb") as file:
            past.begin(chronicle.base)
            base = _base_line(past)
            header = {
                "format": FORMAT,
                "schema": SCHEMA,
                "id": uuid.uuid4().hex,
                "base_revision": past.revision,
                "base_bytes": len(base),
                "follows": follows[:REMEMBERED],
            }
            file.write(encode_line("header", header))
            file.write(base)
            for raw in past.following(chronicle):
                # A line begins with its revision: logs are searched by it.
                file.write(encode_line("commit", {"revision": raw["revision"], **raw}))

    try:
        replace_file(path, write)
    except OSError as error:
        raise StoreError(
            f"{path} cannot be written: {reason(error)}. Nothing was changed; make room or ask for "
            "access, then try again."
        ) from error


def _base_line(past: Replay) -> bytes:
    if not past.revision:
        return b""
    docs = {doc["id"]: doc for doc in past.docs()}
    return encode_line(
        "base", {"revision": past.revision, "retired": list(past.retired()), "docs": docs}
    )
