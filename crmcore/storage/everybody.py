"""All documents in the order of their ids, and the fields that most questions begin with."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterator, Mapping
from itertools import compress
from typing import Any

from crmcore.codec import Doc
from crmcore.moneyjson import worth_of
from crmcore.query import Condition
from crmcore.storage.coded import Coded, coded
from crmcore.storage.columnar import Columns
from crmcore.storage.gathered import CONTACTS, SAID, Gathering, gathered_of
from crmcore.storage.lazy import Reading
from crmcore.storage.verdicts import fields_of

KEPT = ("pipeline", "status", "stage", "owner", "grade", "in_funnel", "furthest_stage")
"""Fields of choices, names and yes and no that boards and figures ask for; a byte a customer."""


class Everybody:
    """Made when it is first asked for, then kept true."""

    def __init__(
        self, docs: Mapping[str, Doc], reading: Reading, gathered: Gathering | None = None
    ) -> None:
        """*gathered* is what is known of *docs*, by row."""
        self._by_id = docs
        self._reading = reading
        self.fall()
        self._gathered.update(gathered or {})

    def fall(self) -> None:
        """Forget all: so much changes that reading again costs less."""
        self._ids: list[str] | None = None
        self._docs: list[Doc] = []
        self._gathered: Gathering = {}
        self._kept: dict[str, Coded | None] = {}
        self._worths: list[Any] | None = None
        self._paged: tuple[Condition, bytes, Condition] | None = None

    def settle(self) -> None:
        """Put what was gathered in the order of ids, before documents change."""
        if self._gathered and self._ids is None:
            self._ordered()

    def _ordered(self) -> list[str]:
        if self._ids is None:
            ids, docs = list(self._by_id), list(self._by_id.values())
            self._ids, self._docs = sorted(ids), docs
            if ids != self._ids:
                rows = sorted(range(len(ids)), key=ids.__getitem__)
                self._docs = list(map(docs.__getitem__, rows))
                for key, told in self._gathered.items():
                    self._gathered[key] = list(map(told.__getitem__, rows))
        return self._ids

    def columns(self, asked: Collection[str]) -> Columns:
        """The fields of all, for a question about the fields *asked*; to be used before the next change."""
        ids = self._ordered()
        new = [key for key in KEPT if key in asked and key not in self._kept]
        unread = [key for key in new if key not in self._gathered]
        read = self._reading.columns(self._docs, unread)
        for key in new:
            self._kept[key] = coded(read[key] if key in read else self._gathered.pop(key))
        known: dict[str, list[Any] | Coded] = {
            key: column for key, column in self._kept.items() if column is not None
        }
        if self._worths is not None:
            known["value"] = self._worths
        known.update({key: told for key, told in self._gathered.items() if key in (SAID, CONTACTS)})
        return Columns(ids, self._docs, self._reading, known, self._keep)

    def _keep(self, worths: list[Any]) -> None:
        self._worths = worths
        self._gathered.pop(SAID, None)

    def after(self, customer_id: str | None, where: Condition) -> tuple[Iterator[str], Condition]:
        """The ids behind this one in order, of whom parts of *where* hold, and the parts left to be asked
        of them."""
        if self._ids is None or self._paged is None or self._paged[0] != where:
            columns = self.columns(set(fields_of(where)))
            self._paged = (where, *columns.told(where))
        ids, (_, chosen, left) = self._ordered(), self._paged
        start = 0 if customer_id is None else bisect_right(ids, customer_id)
        return compress(ids[start:], chosen[start:]), left

    def put(self, customer_id: str, doc: Doc) -> None:
        """Take in a document, in place of one it replaces."""
        self._paged = None
        if self._ids is None:
            return
        row = bisect_left(self._ids, customer_id)
        new = self._ids[row : row + 1] != [customer_id]
        if new:
            self._ids.insert(row, customer_id)
            self._docs.insert(row, doc)
        self._docs[row] = doc
        if self._worths is not None:
            self._worths[row : row + (not new)] = [worth_of(doc)]
        for key, told in self._gathered.items():
            told[row : row + (not new)] = [gathered_of(doc, key)]
        for key, column in list(self._kept.items()):
            code = None if column is None else column.code_of(self._reading.of(key)(doc))
            if column is None or code is None:
                self._kept[key] = None
            elif new:
                column.codes.insert(row, code)
            else:
                column.codes[row] = code

    def remove(self, customer_id: str) -> None:
        """Forget somebody."""
        self._paged = None
        if self._ids is None:
            return
        row = bisect_left(self._ids, customer_id)
        if self._ids[row : row + 1] != [customer_id]:
            return
        del self._ids[row], self._docs[row]
        if self._worths is not None:
            del self._worths[row]
        for told in self._gathered.values():
            del told[row]
        for column in self._kept.values():
            if column is not None:
                del column.codes[row]
