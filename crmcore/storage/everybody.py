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
from crmcore.storage.lazy import Reading
from crmcore.storage.verdicts import fields_of

KEPT = ("pipeline", "status", "stage", "owner", "grade", "in_funnel", "furthest_stage")
"""Fields of choices, names and yes and no that boards and figures ask for; a byte a customer."""


class Everybody:
    """Made when it is first asked for, then kept true."""

    def __init__(self, docs: Mapping[str, Doc], reading: Reading) -> None:
        self._by_id = docs
        self._reading = reading
        self.fall()

    def fall(self) -> None:
        """Forget all: so much changes that reading again costs less."""
        self._ids: list[str] | None = None
        self._docs: list[Doc] = []
        self._kept: dict[str, Coded | None] = {}
        self._worths: list[Any] | None = None
        self._paged: tuple[Condition, bytes, Condition] | None = None

    def columns(self, asked: Collection[str]) -> Columns:
        """The fields of all, for a question about the fields *asked*; to be used before the next change."""
        if self._ids is None:
            ids = list(self._by_id)
            self._ids = sorted(ids)
            if ids == self._ids:  # as mostly, and quicker than looking up each
                self._docs = list(self._by_id.values())
            else:
                self._docs = list(map(self._by_id.__getitem__, self._ids))
        new = [key for key in KEPT if key in asked and key not in self._kept]
        for key, column in self._reading.columns(self._docs, new).items():
            self._kept[key] = coded(column)
        known: dict[str, list[Any] | Coded] = {
            key: column for key, column in self._kept.items() if column is not None
        }
        if self._worths is not None:
            known["value"] = self._worths
        return Columns(self._ids, self._docs, self._reading, known, self._keep)

    def _keep(self, worths: list[Any]) -> None:
        self._worths = worths

    def after(self, customer_id: str | None, where: Condition) -> tuple[Iterator[str], Condition]:
        """The ids behind this one in order, of whom parts of *where* hold, and the parts left to be asked
        of them."""
        if self._ids is None or self._paged is None or self._paged[0] != where:
            columns = self.columns(set(fields_of(where)))
            self._paged = (where, *columns.told(where))
        ids, (_, chosen, left) = self._ids or [], self._paged
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
        for column in self._kept.values():
            if column is not None:
                del column.codes[row]
