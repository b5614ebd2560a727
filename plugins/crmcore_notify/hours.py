"""When a message may be sent: quiet hours and digests, by the clock on a person's wall."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from attrs import frozen

_TIME = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)", re.ASCII)
_SECOND = timedelta(seconds=1)


def read_time(text: str) -> time:
    """`8:30` as a time of day. Raises ValueError."""
    found = _TIME.fullmatch(text.strip())
    if not found:
        raise ValueError(text)
    return time(int(found[1]), int(found[2]))


@frozen
class Quiet:
    """Hours without messages, from `start` up to `end`, over midnight where `end` is the smaller."""

    start: time
    end: time

    def until(self, now: datetime, zone: tzinfo) -> datetime | None:
        """When the quiet hours that *now* is in are over, in UTC; None when it is in none."""
        clock = now.astimezone(zone).time()
        begun, ended = clock >= self.start, clock >= self.end
        quiet = begun and not ended if self.start < self.end else begun or not ended
        return min(m for m in _moments(self.end, now, zone) if m > now) if quiet else None


@frozen
class Digest:
    """One message for many: every day at `at`, or, where that is None, every full hour."""

    at: time | None = None

    def after(self, moment: datetime, zone: tzinfo) -> datetime:
        """The first time after *moment* at which a digest is sent, in UTC."""
        if self.at is None:
            wall = moment.astimezone(zone)
            past = timedelta(
                minutes=wall.minute, seconds=wall.second, microseconds=wall.microsecond
            )
            return (moment - past + timedelta(hours=1)).astimezone(UTC)
        days = _days(moment, zone)
        return next(m for day in days if (m := _first(day, self.at, zone)) > moment)


def _days(moment: datetime, zone: tzinfo) -> Iterator[date]:
    today = moment.astimezone(zone).date()
    return (today + timedelta(days=n) for n in range(-1, 4))


def _moments(clock: time, near: datetime, zone: tzinfo) -> Iterator[datetime]:
    """The moments about *near* at which the wall shows *clock*: two on a day it is put back over it."""
    for day in _days(near, zone):
        yield _first(day, clock, zone)
        yield datetime.combine(day, clock.replace(fold=1), zone).astimezone(UTC)


def _first(day: date, clock: time, zone: tzinfo) -> datetime:
    """The first moment of *day*, in UTC, at which the wall shows *clock* or, put forward over it, more."""
    moment = datetime.combine(day, clock, zone).astimezone(UTC)
    wall = datetime.combine(day, clock)
    if moment.astimezone(zone).replace(tzinfo=None) == wall:
        return moment
    early = datetime.combine(day, clock.replace(fold=1), zone).astimezone(UTC)
    while moment - early > _SECOND:
        middle = (early + (moment - early) / 2).replace(microsecond=0)
        if middle.astimezone(zone).replace(tzinfo=None) < wall:
            early = middle
        else:
            moment = middle
    return moment
