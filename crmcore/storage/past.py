"""The customers as they were: their state at a past moment, rebuilt from the commits."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from itertools import dropwhile, islice, takewhile
from typing import Any

from attrs import evolve

from crmcore.changes import Batch, Commit
from crmcore.codec import Codec, Doc, apply_edit, moment_from_json
from crmcore.errors import RefusedError, StoreError
from crmcore.storage.base import ALL, Span, Store
from crmcore.storage.bulk import no_collecting
from crmcore.storage.tablestore import TableStore
from crmcore.storage.turns import Turn

LOOK_AHEAD = 1000
"""How many commits on a clock that was put back is looked out for."""

AS_COMMITS = 4
"""How many commits' changes take as long to read as the making of one customer."""


def revision_at(store: Store, codec: Codec, moment: datetime) -> int:
    """The last revision dated *moment* or earlier, 0 for none.

    Commits are in the order of their dates but where a clock was put back: an earlier date counts
    when it is among the next `LOOK_AHEAD` commits. Raises RefusedError where the history before
    *moment* was forgotten.
    """
    base, newest = store.base_revision, store.revision
    if newest <= base or _dated(store, codec, newest) <= moment:
        return newest
    low, high = base, newest  # low is dated `moment` or earlier, high later
    while high - low > 1:
        middle = (low + high) // 2
        if _dated(store, codec, middle) <= moment:
            low = middle
        else:
            high = middle
    for raw in islice(store.raw_history(codec, Span(since=low)), LOOK_AHEAD):
        if moment_from_json(raw["at"]) <= moment:
            low = raw["revision"]
    if low == base and base:
        raise RefusedError(
            f"The history up to revision {base} was dropped by `crmcore store compact "
            "--forget-before`: what was then is not known any more. Ask for a later date."
        )
    return low


def _dated(store: Store, codec: Codec, revision: int) -> datetime:
    raw = next(store.raw_history(codec, Span(since=revision - 1, limit=1)), None)
    if raw is None:
        raise StoreError(f"Revision {revision} is missing; `crmcore store check` looks for damage.")
    return moment_from_json(raw["at"])


def docs_at(store: Store, codec: Codec, revision: int) -> dict[str, Doc]:
    """Everybody's documents as they were at *revision*, lived again or taken back, whichever is less.

    Of documents taken back, `revision` is that which was asked for: they were so up to it.
    """
    base = store.base_revision
    newest, docs = store.documents(codec)
    if revision - base + AS_COMMITS * len(docs) < newest - revision:
        chronicle_base = store.chronicle(codec).base.docs if base else ()
        return _lived(store, codec, {doc["id"]: doc for doc in chronicle_base}, base, revision)
    return _taken_back(store, codec, docs, newest, revision)


def _lived(
    store: Store, codec: Codec, docs: dict[str, Doc], base: int, revision: int
) -> dict[str, Doc]:
    for raw in store.raw_history(codec, Span(since=base)):
        if raw["revision"] > revision:
            break
        for edit in raw["edits"]:
            after = apply_edit(docs.get(edit["id"]), edit, raw["revision"])
            if after is None:
                docs.pop(edit["id"], None)
            else:
                docs[edit["id"]] = after
    return docs


def _taken_back(
    store: Store, codec: Codec, docs: dict[str, Doc], newest: int, revision: int
) -> dict[str, Doc]:
    changed: dict[str, Doc] = {}  # a document is copied once, however many commits changed it
    for raw in store.raw_history(codec, Span(since=revision, newest_first=True)):
        if raw["revision"] > newest:  # committed since the documents were read
            continue
        for edit in raw["edits"]:
            customer_id = edit["id"]
            match edit["kind"]:
                case "create":
                    docs.pop(customer_id, None)
                    changed.pop(customer_id, None)
                case "remove":
                    docs[customer_id], changed[customer_id] = edit["doc"], {}
                case _:
                    was = changed.setdefault(customer_id, {})
                    for key, pair in edit["set"].items():
                        was[key] = pair[0]
    for customer_id, was in changed.items():
        docs[customer_id] = _before(docs.get(customer_id), was, revision)
    return docs


def before_edit(
    doc: Mapping[str, Any] | None, edit: Mapping[str, Any], revision: int
) -> Doc | None:
    """The document that *edit* made *doc* of, marked as of *revision*; None where it created it."""
    match edit["kind"]:
        case "create":
            return None
        case "remove":
            return {**edit["doc"], "revision": revision}
    return _before(doc, {key: pair[0] for key, pair in edit["set"].items()}, revision)


def _before(doc: Mapping[str, Any] | None, was: Mapping[str, Any], revision: int) -> Doc:
    told = {**(doc or {}), **was}
    kept = {key: value for key, value in told.items() if value is not None}
    kept["revision"] = revision
    return kept


class PastView(Store):
    """What *store* held at *revision*: the history up to there; what is to be asked is a subclass's."""

    def __init__(self, store: Store, revision: int) -> None:
        self._store = store
        self._until = revision

    @property
    def revision(self) -> int:
        return self._until

    def commit(self, batch: Batch) -> Commit:
        raise RefusedError("What is past cannot be changed. Nothing was; leave out the past date.")

    def history(
        self, customer_id: str | None = None, *, since: int = 0, newest_first: bool = False
    ) -> Iterator[Commit]:
        for commit in self._store.history(customer_id, since=since, newest_first=newest_first):
            if commit.revision <= self._until:
                yield commit
            elif not newest_first:
                return

    def raw_history(self, codec: Codec, span: Span = ALL) -> Iterator[Doc]:
        raws = self._store.raw_history(codec, evolve(span, limit=None))
        mine: Iterator[Doc]
        if span.newest_first:
            mine = dropwhile(lambda raw: raw["revision"] > self._until, raws)
        else:
            mine = takewhile(lambda raw: raw["revision"] <= self._until, raws)
        yield from islice(mine, span.limit)

    def turns(self, codec: Codec, field: str) -> Iterator[Turn]:
        return takewhile(lambda turn: turn[1] <= self._until, self._store.turns(codec, field))

    @property
    def base_revision(self) -> int:
        return self._store.base_revision

    def refresh(self) -> int:
        return self._until

    def wait(self, seconds: float) -> bool:
        return False

    def close(self) -> None:
        return None


class PastStore(PastView, TableStore):
    """The customers of *store* at *revision*, rebuilt from the commits."""

    def __init__(self, store: Store, codec: Codec, revision: int) -> None:
        PastView.__init__(self, store, revision)
        TableStore.__init__(self, codec)
        with no_collecting():
            self._table.load(docs_at(store, codec, revision), revision, ())
