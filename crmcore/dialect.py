"""How this workspace reads and writes values: its language, time zone and currency."""

from __future__ import annotations

import os
import time
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from attrs import evolve, field, frozen

from crmcore.money import DEFAULT_CURRENCY
from crmcore.translations import Translation
from crmcore.wording import Language, Text


class _LocalZone(tzinfo):
    """The machine's zone with its summer and winter time, which no fixed offset knows."""

    def utcoffset(self, moment: datetime | None) -> timedelta | None:
        wall = datetime.now() if moment is None else moment.replace(tzinfo=None)  # noqa: DTZ005
        steady = _steady(wall.date(), time.tzname, time.timezone)
        return self._aware(wall).utcoffset() if steady is None else steady

    def dst(self, moment: datetime | None) -> timedelta | None:
        return None

    def tzname(self, moment: datetime | None) -> str | None:
        wall = datetime.now() if moment is None else moment.replace(tzinfo=None)  # noqa: DTZ005
        return self._aware(wall).tzname()

    def fromutc(self, moment: datetime) -> datetime:
        steady = _steady(moment.date(), time.tzname, time.timezone)
        if steady is not None:  # as on nearly all days: asking the system takes ten times as long
            return moment + steady
        local = self._aware(moment.replace(tzinfo=UTC))
        wall = local.replace(tzinfo=None)
        return wall.replace(tzinfo=self, fold=self._aware(wall).utcoffset() != local.utcoffset())

    def _aware(self, moment: datetime) -> datetime:
        try:
            return moment.astimezone()
        except OSError:  # some platforms know no zone rules before 1970
            today = datetime.now(UTC).astimezone().tzinfo
            return moment.astimezone(today) if moment.tzinfo else moment.replace(tzinfo=today)


_LOCAL = _LocalZone()
_LINK = Path("/etc/localtime")
_YEAR = 365 * 86_400


@lru_cache(maxsize=20_000)
def _steady(day: date, *_zone: object) -> timedelta | None:
    """How far the machine's zone is from UTC all of that *day* and those around it; None where that
    changes meanwhile."""
    noon = datetime(day.year, day.month, day.day, 12)  # noqa: DTZ001 - wall time
    try:
        offsets = {
            _LOCAL._aware(noon + timedelta(hours=hours)).utcoffset() for hours in range(-48, 49, 12)
        }
    except OverflowError:  # at the ends of the calendar
        return None
    return offsets.pop() if len(offsets) == 1 else None


def local_zone() -> tzinfo:
    """The time zone this machine is set to."""
    name = os.environ.get("TZ")
    if name is None:
        with suppress(OSError):
            name = _LINK.readlink().as_posix().rpartition("zoneinfo/")[2]
    with suppress(ZoneInfoNotFoundError, ValueError, OSError):
        zone = ZoneInfo((name or "").removeprefix(":"))
        if _agrees(zone):
            return zone  # several times as fast as asking the system each time
    return _LOCAL


def _agrees(zone: tzinfo) -> bool:
    """Whether the clocks of *zone* show what this machine's do, now and in the years around."""
    now = int(time.time())
    return all(
        datetime.fromtimestamp(at, zone).replace(tzinfo=None) == datetime.fromtimestamp(at)  # noqa: DTZ006
        for at in range(now - 3 * _YEAR, now + _YEAR, _YEAR // 24)
    )


@frozen
class Dialect:
    """What a text means here, and how a value is shown: `10万` and `明天` need both.

    `country` (ISO 3166, `CN`) is where telephone numbers without a prefix belong. `translation` words
    what people read in a third language; figures are then written as `language` writes them.
    """

    language: Language = "zh"
    zone: tzinfo = field(factory=local_zone)
    currency: str = DEFAULT_CURRENCY
    translation: Translation | None = None
    country: str = "CN"

    @property
    def spoken(self) -> str:
        """The name of the language people read: `zh`, `en`, or that of the translation."""
        return self.language if self.translation is None else self.translation.language

    def say(self, text: Text) -> str:
        """*text* in this dialect's language."""
        if self.translation is not None:
            return self.translation.say(text)
        return text.in_(self.language)

    def speaking(self, language: Language) -> Dialect:
        """The same habits in another language."""
        return evolve(self, language=language, translation=None)
