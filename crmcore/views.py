"""A workspace seen otherwise, to be read only: as it stood at a past moment, its money in one currency."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from crmcore.codec import Codec
from crmcore.errors import UsageError
from crmcore.exchangerates import ExchangeRates
from crmcore.moments import Clock, show_moment

if TYPE_CHECKING:
    from crmcore.crm import Crm
    from crmcore.storage.base import Store


class Past:
    """The past states of one workspace; the last one asked for is kept, as a slider asks again."""

    def __init__(self) -> None:
        self._asked: tuple[datetime, int] | None = None
        self._kept: Store | None = None

    def of(self, crm: Crm, moment: datetime) -> Crm:
        """The façade over *crm* as of *moment*, to be read only. Raises UsageError, RefusedError."""
        from crmcore.storage.past import revision_at

        if moment > crm.clock():
            raise UsageError(
                f"{show_moment(moment, crm.dialect.zone)} is yet to come: the past is known up to now."
            )
        past, asked = self._kept, (moment, crm.store.revision)
        if past is None or self._asked != asked:
            codec = Codec(crm.fields)
            revision = revision_at(crm.store, codec, moment)
            if past is None or past.revision != revision:
                # The one before may still be asked, by a board of that day: it goes with who holds it.
                past = crm.store.at(codec, revision)
            self._asked, self._kept = asked, past
        return _over(past, crm, lambda: moment)


def converted(crm: Crm, rates: ExchangeRates) -> Crm:
    """The façade over *crm* whose tallies, and what else figures read, are converted by *rates*."""
    from crmcore.storage.converted import ConvertedStore

    found = _over(ConvertedStore(crm.store, rates), crm, crm.clock)
    found.rates = rates
    return found


def _over(store: Store, crm: Crm, clock: Clock) -> Crm:
    from crmcore.crm import Crm

    view = Crm(store, crm.host, crm.config, clock, crm.actor)
    view.dialect = view.writer.dialect = crm.dialect
    return view
