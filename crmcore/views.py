"""A workspace seen otherwise, to be read only: as it stood at a past moment, its money in one currency."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, cast

from crmcore.codec import Codec
from crmcore.errors import UsageError
from crmcore.exchangerates import ExchangeRates
from crmcore.moments import Clock, show_moment
from crmcore.questions import Questions

if TYPE_CHECKING:
    from crmcore.crm import Crm
    from crmcore.storage.base import Store


class Views(Questions):
    """The façade's ways of being seen otherwise."""

    actor: str
    rates: ExchangeRates
    """At which this view converts money; a workspace itself keeps currencies apart."""
    _past: Past

    def as_of(self, moment: datetime) -> Crm:
        """The workspace as it stood at *moment*, to be read like any other: its customers and their
        history up to then, its clock at *moment*, by the fields and pipelines there are now.

        Changing anything in it raises RefusedError, as does a *moment* whose history was dropped. Raises
        UsageError for one that is yet to come.
        """
        return self._past.of(self, moment)

    def in_one_currency(self, rates: ExchangeRates | None = None) -> Crm:
        """The workspace as figures are to read it: money in its own currency, by *rates*, those of
        crm.toml if left out; itself where there are none."""
        from crmcore.storage.converted import ConvertedStore

        rates = self.config.rates if rates is None else rates
        if not rates:
            return cast("Crm", self)
        found = _over(ConvertedStore(self.store, rates), self, self.clock)
        found.rates = rates
        return found


class Past:
    """The past states of one workspace; the last one asked for is kept, as a slider asks again."""

    def __init__(self) -> None:
        self._asked: tuple[datetime, int] | None = None
        self._kept: Store | None = None

    def of(self, crm: Views, moment: datetime) -> Crm:
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


def _over(store: Store, crm: Views, clock: Clock) -> Crm:
    from crmcore.crm import Crm

    view = Crm(store, crm.host, crm.config, clock, crm.actor)
    view.dialect = view.writer.dialect = crm.dialect
    return view
