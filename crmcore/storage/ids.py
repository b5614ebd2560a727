"""All ids ever used, in order, and by length: for numbering and for walking a table."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, groupby

_LAST = "\U0010ffff"


_MOST_NEW = 1000


class Ids:
    """Distinct ids, put in order when they are first asked for; none is ever taken out."""

    def __init__(self, ids: Iterable[str] = ()) -> None:
        self._sorted: list[str] = []
        self._by_length: dict[int, list[str]] = {}
        self._new: list[Sequence[str]] = []
        self.update(ids)

    def __iter__(self) -> Iterator[str]:
        return iter(self._in_order())

    def update(self, ids: Iterable[str]) -> None:
        """Take in many ids, known or new: faster than one by one."""
        self._new.append(tuple(ids))

    def _in_order(self) -> list[str]:
        if self._new:
            # Most come in order already: sorting again takes next to no time, and no set is in between.
            new, self._new = chain.from_iterable(self._new), []
            self._sorted = [one for one, _ in groupby(sorted([*self._sorted, *new]))]
            self._by_length = {}
            for customer_id in self._sorted:
                self._by_length.setdefault(len(customer_id), []).append(customer_id)
        return self._sorted

    def add(self, customer_id: str) -> None:
        """Take in an id, known or new."""
        if self._new:
            self._new.append((customer_id,))
            if len(self._new) > _MOST_NEW:
                self._in_order()
            return
        place = bisect_left(self._sorted, customer_id)
        if self._sorted[place : place + 1] != [customer_id]:
            self._sorted.insert(place, customer_id)
            insort(self._by_length.setdefault(len(customer_id), []), customer_id)

    def after(self, customer_id: str | None) -> Iterator[str]:
        """The ids behind this one in order; all of them for None."""
        self._in_order()
        start = 0 if customer_id is None else bisect_right(self._sorted, customer_id)
        return (self._sorted[place] for place in range(start, len(self._sorted)))

    def last(self, prefix: str) -> str | None:
        """Of those that begin with *prefix*, the longest, then greatest; None if none."""
        self._in_order()
        for length in sorted(self._by_length, reverse=True):
            same_length = self._by_length[length]
            # No id of this length that begins so sorts behind the prefix and the last characters.
            end = bisect_right(same_length, prefix + _LAST * (length - len(prefix)))
            if end and same_length[end - 1].startswith(prefix):
                return same_length[end - 1]
        return None
