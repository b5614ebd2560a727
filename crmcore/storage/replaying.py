"""Living a history again, commit by commit, to see what it leads to."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from types import TracebackType
from typing import Any, Self

from crmcore.codec import Codec, Doc, apply_edit, changes_of, to_json
from crmcore.errors import StoreError
from crmcore.storage.chronicle import Base, Chronicle, in_order

_CACHE_KIB = 32 * 1024


Watch = Callable[[Doc | None, Mapping[str, Any], Mapping[str, Any]], None]
"""Is told of each edit that fits: the document before it, the edit, and the commit it is part of."""


class Replay:
    """The state that a history leads to. It is kept on disk, so that any store fits.

    >>> from crmcore.fields import FieldCatalogue
    >>> with Replay(Codec(FieldCatalogue())) as past:
    ...     past.apply({"revision": 1, "edits": [{"id": "1", "kind": "create", "doc": {"id": "1"}}]})
    ...     past.doc("1")
    []
    {'id': '1', 'revision': 1}
    """

    def __init__(self, codec: Codec) -> None:
        import sqlite3  # only those who replay need it

        self._codec = codec
        self.revision = 0
        self.watch: Watch | None = None
        # A database without a name is a temporary file that nobody else sees.
        self._kept = sqlite3.connect("", isolation_level=None)
        for statement in (
            "PRAGMA journal_mode=OFF",
            "PRAGMA synchronous=OFF",
            f"PRAGMA cache_size=-{_CACHE_KIB}",
            "CREATE TABLE state (id TEXT PRIMARY KEY, doc TEXT) WITHOUT ROWID",
            "CREATE TABLE seen (id TEXT PRIMARY KEY) WITHOUT ROWID",
            "BEGIN",
        ):
            self._kept.execute(statement)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._kept.close()

    def _put(self, customer_id: str, doc: Mapping[str, Any] | None) -> None:
        text = None if doc is None else to_json(doc)
        self._kept.execute("INSERT OR REPLACE INTO state VALUES (?, ?)", (customer_id, text))

    def begin(self, base: Base) -> None:
        """Start from *base*."""
        self.revision = base.revision
        for customer_id in base.retired:
            self._put(customer_id, None)
        for doc in base.docs:
            self._put(doc["id"], doc)

    def apply(self, raw: Mapping[str, Any]) -> list[str]:
        """Take in the next commit; returns what in it does not fit what came before."""
        revision, wrong = raw["revision"], []
        if revision != self.revision + 1:
            wrong.append(f"revision {revision} follows revision {self.revision}")
        for edit in raw["edits"]:
            customer_id, kind = edit["id"], edit["kind"]
            doc = self.doc(customer_id)
            if (doc is None) != (kind == "create"):
                what = "does not exist before it" if doc is None else "exists before it"
                wrong.append(f"revision {revision} has a {kind} of {customer_id}, who {what}")
            elif doc is not None:
                wrong += [
                    f"revision {revision} changes {key} of {customer_id} from another value than it had"
                    for key, before, _ in changes_of(edit)
                    if not self._same(key, doc.get(key), before)
                ]
            if self.watch is not None and (doc is None) == (kind == "create"):
                self.watch(doc, edit, raw)
            self._put(customer_id, apply_edit(doc, edit, revision))
        self.revision = revision
        return wrong

    def _same(self, key: str, one: Any, other: Any) -> bool:
        if one == other:
            return True
        # A plugin that came later may write what it found in another form.
        try:
            decode = self._codec.decode_value
            return bool(decode(key, one) == decode(key, other))
        except Exception:  # of any kind: what cannot be read is not the same
            return False

    def following(self, chronicle: Chronicle) -> Iterator[Doc]:
        """Let the commits of *chronicle*, whose base this began with, through as they are lived.

        Raises StoreError for one that is missing or does not fit: it must not be written on.
        """
        for raw in in_order(chronicle):
            if wrong := self.apply(raw):
                raise StoreError(
                    f"The history does not hold together: {wrong[0]}. `crmcore store check` says more."
                )
            yield raw

    def shortened(self, chronicle: Chronicle, revision: int) -> Chronicle:
        """*chronicle* begun at *revision*. Raises StoreError."""
        self.begin(chronicle.base)
        rest = iter(in_order(chronicle))
        while self.revision < revision and (raw := next(rest, None)) is not None:
            self.apply(raw)
        return Chronicle(Base(self.revision, tuple(self.retired()), self.docs()), rest)

    def doc(self, customer_id: str) -> Doc | None:
        """The customer's document; None when nobody has the id now."""
        found = self._kept.execute("SELECT doc FROM state WHERE id = ?", (customer_id,)).fetchone()
        return json.loads(found[0]) if found and found[0] is not None else None

    def used(self, customer_id: str) -> bool:
        """Whether anybody ever had this id."""
        asked = "SELECT 1 FROM state WHERE id = ?"
        return self._kept.execute(asked, (customer_id,)).fetchone() is not None

    def docs(self) -> Iterator[Doc]:
        """Everybody's documents, in the order of their ids."""
        asked = "SELECT doc FROM state WHERE doc IS NOT NULL ORDER BY id"
        return (json.loads(text) for (text,) in self._kept.execute(asked))

    def retired(self) -> Iterator[str]:
        """The ids that were used and belong to nobody now, in order."""
        asked = "SELECT id FROM state WHERE doc IS NULL ORDER BY id"
        return (customer_id for (customer_id,) in self._kept.execute(asked))

    def __len__(self) -> int:
        asked = "SELECT count(*) FROM state WHERE doc IS NOT NULL"
        return int(self._kept.execute(asked).fetchone()[0])

    def difference(self, customer_id: str, held: Mapping[str, Any]) -> str:
        """In what the document *held* is not what the history says of the customer; "" if in nothing."""
        self._kept.execute("INSERT OR IGNORE INTO seen VALUES (?)", (customer_id,))
        doc = self.doc(customer_id)
        if doc is None:
            return f"customer {customer_id} is there, but not by the history"
        keys = [key for key in {**doc, **held} if not self._same(key, held.get(key), doc.get(key))]
        if not keys:
            return ""
        return f"{', '.join(keys)} of customer {customer_id} is not what the history says"

    def missing(self) -> Iterator[str]:
        """The ids of customers that no `difference` was asked of; asks anew from here on."""
        asked = (
            "SELECT id FROM state WHERE doc IS NOT NULL AND id NOT IN (SELECT id FROM seen)"
            " ORDER BY id"
        )
        found = [customer_id for (customer_id,) in self._kept.execute(asked)]
        self._kept.execute("DELETE FROM seen")
        return iter(found)
