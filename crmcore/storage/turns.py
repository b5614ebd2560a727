"""When the text in one field of each customer was changed: what the history of stages and grades is made of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from crmcore.codec import Doc, moment_from_json

RECORDING = ("import", "merge")
"""Actions that record customers who were there before: nobody knows since when they are what they are."""

Turn = tuple[str, int, datetime, str, str | None, str | None, int | None]
"""Of one change: the customer's id, the revision, its moment, the kind of edit, what was in the field
before and after, and the revision that its commit took back, if any."""


def turns_of(commits: Iterable[Doc], field: str) -> Iterator[Turn]:
    """The turns in *commits*, which are in order, as `Codec.encode_commit` writes them.

    They are the changes of *field*, all that a commit does which takes another back, all removals, and
    all creations but those by `RECORDING` actions.
    """
    for raw in commits:
        revision, undoes, at = raw["revision"], raw.get("undoes"), moment_from_json(raw["at"])
        recorded = raw["action"] in RECORDING
        for edit in raw["edits"]:
            kind = edit["kind"]
            if kind == "update":
                pair = edit["set"].get(field)
                if pair is not None or undoes is not None:
                    before, after = pair or (None, None)
                    yield edit["id"], revision, at, kind, before, after, undoes
            elif kind == "remove":
                yield edit["id"], revision, at, kind, edit["doc"].get(field), None, undoes
            elif not recorded:
                yield edit["id"], revision, at, kind, None, edit["doc"].get(field), undoes
