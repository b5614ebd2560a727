"""A store's whole past as JSON: what its history begins with, and every commit since.

It is what backups hold, what copies carry from one store to another, and what checks replay.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from attrs import Factory, frozen

from crmcore.changes import Commit
from crmcore.codec import Codec, Doc, moment_to_json
from crmcore.errors import StoreError


@frozen
class Base:
    """Where a history begins: everybody's documents at `revision`, and the ids used up by then.

    `docs` may be read once only. A store that never forgot anything begins at 0, with nobody.
    """

    revision: int = 0
    retired: Sequence[str] = ()
    docs: Iterable[Doc] = ()


@frozen
class Chronicle:
    """A base and the commits after it, as `Codec.encode_commit` writes them; read once only."""

    base: Base = Factory(Base)
    commits: Iterable[Doc] = ()


def in_order(chronicle: Chronicle) -> Iterator[Doc]:
    """The commits, each one above the one before. Raises StoreError where one is missing."""
    revision = chronicle.base.revision
    for raw in chronicle.commits:
        if raw["revision"] != revision + 1:
            raise StoreError(
                f"Revision {revision + 1} is missing: {raw['revision']} follows {revision}. If "
                "another program compacts the store, try again; else `crmcore store check` looks "
                "for damage."
            )
        revision = raw["revision"]
        yield raw


def commit_to_json(codec: Codec, commit: Commit) -> Doc:
    """*commit* as `Codec.encode_commit` wrote it."""
    raw: Doc = {
        "revision": commit.revision,
        "at": moment_to_json(commit.at),
        "actor": commit.actor,
        "action": commit.action,
        "edits": [],
    }

    def known(value: Any) -> Any:
        return None if value == () else codec.encode_value(value)

    for edit in commit.edits:
        one: Doc = {"id": edit.id, "kind": edit.kind}
        if edit.kind == "update":
            one["set"] = {c.field: [known(c.before), known(c.after)] for c in edit.changes}
        elif edit.kind == "create":
            one["doc"] = {change.field: known(change.after) for change in edit.changes}
        else:
            one["doc"] = {change.field: known(change.before) for change in edit.changes}
        raw["edits"].append(one)
    if commit.reason:
        raw["reason"] = commit.reason
    if commit.undoes is not None:
        raw["undoes"] = commit.undoes
    return raw
