"""Reading fields of some documents at a time, so few that they stay at hand from field to field."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from itertools import chain, islice, repeat
from operator import attrgetter
from typing import Any

from crmcore.codec import Doc
from crmcore.money import Money
from crmcore.moneyjson import said_by, worths_of
from crmcore.storage.gathered import contacts_of

AT_ONCE = 256
"""How many documents' fields the processor keeps near; reading one field of all before the next takes
twice as long."""

_of_text, _zone = datetime.fromisoformat, attrgetter("tzinfo")


def moments_of(texts: Sequence[str]) -> list[datetime]:
    """The moments that *texts* tell, in UTC, as `moment_from_json` reads each."""
    told = list(map(_of_text, texts))
    if list(map(_zone, told)).count(UTC) == len(told):  # as they are written
        return told
    return [at.astimezone(UTC) for at in told]


class Chunk:
    """Documents, and what was read of them."""

    __slots__ = ("_contacts", "_latest", "_moments", "_raw", "_talks", "docs", "worths")

    def __init__(
        self,
        docs: Sequence[Doc],
        worths: dict[int, Money | None],
        contacts: Sequence[Sequence[str]] | None = None,
    ) -> None:
        """*worths* are those known by `worths_of`, of the chunks before and of those to come; *contacts*
        tell when each customer was in contact, where that is known already."""
        self.docs, self.worths, self._contacts = docs, worths, contacts
        self._raw: dict[str, list[Any]] = {}
        self._moments: dict[str, list[datetime | None]] = {}
        self._talks: list[list[datetime]] | None = None
        self._latest: list[datetime | None] | None = None

    def raw(self, key: str) -> list[Any]:
        """The JSON of a field, None where it is unknown."""
        found = self._raw.get(key)
        if found is None:
            found = self._raw[key] = list(map(dict.get, self.docs, repeat(key)))
        return found

    def moments(self, key: str) -> list[datetime | None]:
        """A field of moments."""
        found = self._moments.get(key)
        if found is None:
            raws = self.raw(key)
            texts = [raw for raw in raws if raw is not None]
            found = list(moments_of(texts))
            if len(texts) < len(raws):
                told = iter(found)
                found = [None if raw is None else next(told) for raw in raws]
            self._moments[key] = found
        return found

    def talks(self) -> list[list[datetime]]:
        """When each customer was in contact."""
        if self._talks is None:
            texts = self._contacts
            if texts is None:
                texts = list(map(contacts_of, self.raw("activities")))
            each = iter(moments_of(list(chain.from_iterable(texts))))
            self._talks = [list(islice(each, len(mine))) for mine in texts]
        return self._talks

    def latest(self) -> list[datetime | None]:
        """When each customer was last in contact."""
        if self._latest is None:
            self._latest = [max(talks) if talks else None for talks in self.talks()]
        return self._latest


# what `crmcore.fields` works out of one customer, of many


def _in_funnel(chunk: Chunk) -> list[bool]:
    told = zip(chunk.raw("status"), chunk.raw("completed_at"), strict=True)
    return [status in ("open", "won") and completed is None for status, completed in told]


def _value(chunk: Chunk) -> list[Money | None]:
    said = map(said_by, *map(chunk.raw, ("price", "proposals", "budget")))
    return worths_of(list(said), chunk.worths)


def _last_activity(chunk: Chunk) -> list[datetime | None]:
    return chunk.latest()


def _first_response(chunk: Chunk) -> list[datetime | None]:
    found: list[datetime | None] = []
    starts = zip(chunk.moments("assigned_at"), chunk.moments("first_contact_at"), strict=True)
    for talks, (assigned, contact) in zip(chunk.talks(), starts, strict=True):
        start = assigned or contact
        if start is None or not talks:
            found.append(None)
        elif (first := min(talks)) >= start:
            found.append(first)
        else:
            found.append(min([at for at in talks if at >= start], default=None))
    return found


def _follow_up_owed(chunk: Chunk) -> list[datetime | None]:
    found = [
        due if status == "open" and owner else None
        for due, status, owner in zip(
            chunk.moments("first_follow_up_due"),
            chunk.raw("status"),
            chunk.raw("owner"),
            strict=True,
        )
    ]
    answers = zip(chunk.latest(), chunk.moments("assigned_at"), strict=True)
    done = [
        latest is not None and not (assigned and latest < assigned) for latest, assigned in answers
    ]
    return [None if made else due for due, made in zip(found, done, strict=True)]


WORKED_OUT: Mapping[str, Callable[[Chunk], list[Any]]] = {
    "in_funnel": _in_funnel,
    "value": _value,
    "last_activity_at": _last_activity,
    "first_response_at": _first_response,
    "follow_up_owed": _follow_up_owed,
}
"""The core's computed fields that are asked of very many."""

OF_CONTACTS = frozenset(("last_activity_at", "first_response_at", "follow_up_owed"))
"""Those that look at when customers were in contact."""
