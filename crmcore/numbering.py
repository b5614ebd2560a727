"""Ids for new customers, also for many in one commit."""

from __future__ import annotations

from datetime import datetime

from crmcore.customer import Customer
from crmcore.errors import PluginError
from crmcore.hooktypes import IdRequest, IdScheme
from crmcore.storage.base import Store

_LONGEST = 64


class Numbering:
    """Asks the ID scheme, telling it of the ids it gave out that are not stored yet.

    *unused* says that the store never had an id, so that it need not be asked for each prefix.
    """

    def __init__(
        self, scheme: IdScheme, store: Store, now: datetime, *, unused: bool = False
    ) -> None:
        self._scheme = scheme
        self._store = store
        self._now = now
        self._nobody = unused
        self._latest: dict[str, str | None] = {}
        self._given: set[str] = set()
        self._last_given: dict[int, dict[str, str | None]] = {}
        """The last of the ids given that begin with a prefix, by its length and itself; of a prefix in
        `_latest` that is told there."""
        self._asked: list[str] = []

    def next(self, customer: Customer) -> str:
        """A fresh id for *customer*. Raises PluginError when the scheme answers nothing usable."""
        self._asked.clear()
        try:
            found = self._scheme.new(IdRequest(customer, self._now, self._last_id))
        except Exception as error:
            raise PluginError(
                self._scheme.name, f"The ID scheme {self._scheme.name!r} failed: {error!r}."
            ) from error
        if not _usable(found) or found in self._given:
            raise PluginError(
                self._scheme.name,
                f"The ID scheme {self._scheme.name!r} gave {found!r}, which cannot be a new id.",
            )
        self._take(found)
        return found

    def _last_id(self, prefix: str) -> str | None:
        for shorter in self._asked:
            if len(shorter) < len(prefix) and self._unused(prefix, shorter):
                return None
        self._asked.append(prefix)
        if (last := self._latest.get(prefix, "")) == "":
            last = self._latest[prefix] = self._read(prefix)
        return last

    def reserve(self, customer_id: str) -> bool:
        """Keep an id that a new customer comes with; False when `next` gave it to another already."""
        if customer_id in self._given:
            return False
        self._take(customer_id)
        return True

    def _take(self, customer_id: str) -> None:
        self._given.add(customer_id)
        for length, last in self._last_given.items():
            prefix = customer_id[:length]
            known = self._latest if prefix in self._latest else last
            known[prefix] = _later(known.get(prefix), customer_id)

    def _read(self, prefix: str) -> str | None:
        stored = None if self._nobody else self._store.last_id(prefix)
        length = len(prefix)
        if length not in self._last_given:
            last = self._last_given[length] = {}
            for customer_id in self._given:
                begins = customer_id[:length]
                last[begins] = _later(last.get(begins), customer_id)
        given = self._last_given[length].get(prefix)
        return stored if given is None else _later(stored, given)

    def _unused(self, prefix: str, shorter: str) -> bool:
        """Whether what is known of a *shorter* prefix tells that nobody's id begins with *prefix*: an id
        of the same length is not greater than the last one, and none is longer."""
        if not prefix.startswith(shorter):
            return False
        last = self._latest[shorter]
        return last is None or (len(prefix), prefix) > (len(last), last)


def _usable(found: object) -> bool:
    if not isinstance(found, str) or not 0 < len(found) <= _LONGEST:
        return False
    return found.isalnum() or (found.isprintable() and found == found.strip())


def _later(one: str | None, other: str) -> str:
    return other if one is None or (len(other), other) > (len(one), one) else one
