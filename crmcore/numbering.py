"""Ids for new customers, also for many in one commit."""

from __future__ import annotations

from datetime import datetime

from crmcore.customer import Customer
from crmcore.errors import PluginError
from crmcore.hooktypes import IdRequest, IdScheme
from crmcore.storage.base import Store

_LONGEST = 64


class Numbering:
    """Asks the ID scheme, telling it of the ids it gave out that are not stored yet."""

    def __init__(self, scheme: IdScheme, store: Store, now: datetime) -> None:
        self._scheme = scheme
        self._store = store
        self._now = now
        self._latest: dict[str, str | None] = {}
        self._given: set[str] = set()

    def next(self, customer: Customer) -> str:
        """A fresh id for *customer*. Raises PluginError when the scheme answers nothing usable."""
        asked: list[str] = []

        def last_id(prefix: str) -> str | None:
            asked.append(prefix)
            if prefix not in self._latest:
                self._latest[prefix] = self._store.last_id(prefix)
            return self._latest[prefix]

        try:
            found = self._scheme.new(IdRequest(customer, self._now, last_id))
        except Exception as error:
            raise PluginError(
                self._scheme.name, f"The ID scheme {self._scheme.name!r} failed: {error!r}."
            ) from error
        usable = isinstance(found, str) and found.isprintable() and found == found.strip()
        if not usable or not found or len(found) > _LONGEST or found in self._given:
            raise PluginError(
                self._scheme.name,
                f"The ID scheme {self._scheme.name!r} gave {found!r}, which cannot be a new id.",
            )
        self._given.add(found)
        for prefix in asked:
            self._latest[prefix] = found
        return found
