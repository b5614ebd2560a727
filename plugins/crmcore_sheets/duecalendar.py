"""The exporter of what is due, as a calendar (RFC 5545) that calendar programs open and subscribe to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5

from crmcore._version import __version__
from crmcore.customer import Customer
from crmcore.hooktypes import DueItem, WriteRequest
from crmcore.wording import Text
from crmcore_sheets.contentlines import escaped, line
from crmcore_sheets.files import replacing

NAME = Text("客户跟进", "Customer follow-up")
_LENGTH = timedelta(minutes=30)


def write_calendar(path: Path, customers: Iterable[Customer], request: WriteRequest) -> int:
    """Write what is due for *customers* as events; returns how many customers have one.

    An event's UID is the same whenever the same thing is exported again, so that a calendar moves
    what was put off instead of showing it twice. Raises UsageError.
    """
    having = 0
    with replacing(path) as file:
        for name, value in _head(request):
            file.write(line(name, value))
        for customer in customers:
            items = sorted(request.due(customer), key=lambda item: item.due)
            seen: dict[str, int] = {}
            for item in items:
                kind = _kind(item)
                seen[kind] = seen.get(kind, 0) + 1
                for name, value in _event(customer, item, f"{kind}:{seen[kind]}", request):
                    file.write(line(name, value))
            having += bool(items)
        file.write(line("END", "VCALENDAR"))
    return having


def _head(request: WriteRequest) -> Iterator[tuple[str, str]]:
    yield "BEGIN", "VCALENDAR"
    yield "VERSION", "2.0"
    yield "PRODID", f"-//crmcore//crmcore {__version__}//{request.dialect.language.upper()}"
    yield "CALSCALE", "GREGORIAN"
    yield "METHOD", "PUBLISH"
    yield "X-WR-CALNAME", escaped(request.dialect.say(NAME))


def _kind(item: DueItem) -> str:
    """What sort of thing it is: the words before what a person wrote or what is remarked on it."""
    return item.what.en.partition(":")[0].partition(" (")[0]


def _event(
    customer: Customer, item: DueItem, which: str, request: WriteRequest
) -> Iterator[tuple[str, str]]:
    what = request.dialect.say(item.what)
    yield "BEGIN", "VEVENT"
    yield "UID", f"{uuid5(NAMESPACE_URL, f'crmcore:{item.customer_id}:{which}')}@crmcore"
    yield "DTSTAMP", _utc(request.now)
    local = item.due.astimezone(request.dialect.zone)
    if (local.hour, local.minute, local.second) == (0, 0, 0):  # due on a day, at no hour of it
        yield "DTSTART;VALUE=DATE", local.strftime("%Y%m%d")
        yield "DTEND;VALUE=DATE", (local.date() + timedelta(days=1)).strftime("%Y%m%d")
        yield "TRANSP", "TRANSPARENT"
    else:
        yield "DTSTART", _utc(item.due)
        yield "DTEND", _utc(item.due + _LENGTH)
    yield "SUMMARY", escaped(f"{item.title} · {what}")
    yield "DESCRIPTION", escaped("\n".join(_details(customer, item, what)))
    yield "END", "VEVENT"


def _details(customer: Customer, item: DueItem, what: str) -> Iterator[str]:
    yield what
    yield f"{item.customer_id} {item.title}"
    reach = (customer.contact, customer.phone, customer.wechat, customer.email)
    if known := [one for one in reach if one]:
        yield " · ".join(known)
    if item.owner:
        yield item.owner


def _utc(moment: datetime) -> str:
    # Not strftime: years before 1000 would lose their zeros on some systems.
    at = moment.astimezone(UTC)
    return f"{at.year:04}{at.month:02}{at.day:02}T{at.hour:02}{at.minute:02}{at.second:02}Z"
