"""A store in memory: nothing is kept."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from crmcore.changes import Batch, Commit
from crmcore.codec import Codec, Doc, of_customer
from crmcore.storage.base import ALL, Span
from crmcore.storage.bulk import no_collecting
from crmcore.storage.tablestore import TableStore


class MemoryStore(TableStore):
    """Everything in one process, gone with it."""

    def __init__(self, codec: Codec) -> None:
        super().__init__(codec)
        self._commits: list[Doc] = []

    def commit(self, batch: Batch) -> Commit:
        with self._lock, no_collecting(len(batch.writes)):
            self._table.check(batch)
            raw = self._codec.encode_commit(self._table.revision + 1, batch)
            self._commits.append(raw)
            self._table.apply(raw)
            return self._codec.committed(raw, batch)

    def history(
        self, customer_id: str | None = None, *, since: int = 0, newest_first: bool = False
    ) -> Iterator[Commit]:
        with self._lock:
            commits = self._commits[max(since, 0) :]
        for raw in reversed(commits) if newest_first else commits:
            told = raw if customer_id is None else of_customer(customer_id, raw)
            if told is not None:
                yield self._codec.decode_commit(told)

    def raw_history(self, codec: Codec, span: Span = ALL) -> Iterator[Doc]:
        with self._lock:
            commits = self._commits[max(span.since, 0) :]
        yield from islice(reversed(commits) if span.newest_first else commits, span.limit)

    def refresh(self) -> int:
        return self.revision

    def close(self) -> None:
        return None
