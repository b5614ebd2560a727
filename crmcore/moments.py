"""Points in time: always aware, kept in UTC, read and shown in the workspace's zone."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta, tzinfo

from crmcore.text import half_width

Clock = Callable[[], datetime]
"""Tells the present moment, timezone-aware. Injected, so that tests and demos own their time."""


class MomentError(ValueError):
    """A text that is not a point in time."""


def system_clock() -> datetime:
    """The present moment in UTC, to the second: what people schedule by."""
    return datetime.now(UTC).replace(microsecond=0)


_DAYS = {
    "今天": 0, "today": 0, "明天": 1, "tomorrow": 1, "后天": 2, "大后天": 3, "昨天": -1,
    "yesterday": -1, "前天": -2,
}  # fmt: skip
_OFFSET = re.compile(
    r"([+-]?)\s*(\d{1,5})\s*(m|min|h|d|w|分钟|小时|天|日|周)(后|前)?$", re.I | re.A
)
_STEP = {
    "m": timedelta(minutes=1), "min": timedelta(minutes=1), "分钟": timedelta(minutes=1),
    "h": timedelta(hours=1), "小时": timedelta(hours=1), "d": timedelta(days=1),
    "天": timedelta(days=1), "日": timedelta(days=1), "w": timedelta(weeks=1), "周": timedelta(weeks=1),
}  # fmt: skip
_CLOCK_TIME = re.compile(
    r"(.*?)[ t,]*(?<!\d)(上午|下午|凌晨|早上|中午|晚上)?\s*(\d{1,2})[:点时](?:(\d{1,2})(?:分|(?=[: ]|$|\.|[ap])))?"
    r"(?::?(\d{2})秒?)?(?:\.\d+)?\s*([ap])?\.?(?(6)m\.?)$",
    re.ASCII,
)
_AFTER_NOON = {"下午", "晚上", "p"}
_WEEKDAY = re.compile(r"\s*[(（]?(?:星期|周)[一二三四五六日天][)）]?(?=\s|\d|$)")
_UTC = re.compile(r"\s*(?:utc|gmt)$", re.IGNORECASE)
_SPACED_ZONE = re.compile(r"\s+([+-]\d\d:?\d\d)$", re.ASCII)
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
"""The first letters of the English names of months, in order."""
_MONTH = r"(?P<name>jan|feb|mar|apr|may|jun|jul|aug|sept?|oct|nov|dec)[a-z]{0,6}\.?"
_NAMED_DATES = (
    re.compile(
        rf"(?P<d>\d{{1,2}})(?:st|nd|rd|th)?[ -]*{_MONTH}[ ,-]*(?P<y>\d{{4}}|\d{{2}})$", re.ASCII
    ),
    re.compile(rf"{_MONTH}[ -]*(?P<d>\d{{1,2}})(?:st|nd|rd|th)?[ ,-]+(?P<y>\d{{4}})$", re.ASCII),
    re.compile(rf"(?P<y>\d{{4}})[ -]+{_MONTH}[ -]+(?P<d>\d{{1,2}})$", re.ASCII),
)
_DAY_NAME = re.compile(r"(?:mon|tue|wed|thu|fri|sat|sun)[a-z]{0,6}\.?,?\s+")
_PIVOT = 69
_DATES = (
    re.compile(r"(?P<y>\d{4})[-/.年](?P<m>\d{1,2})[-/.月](?P<d>\d{1,2})日?$", re.ASCII),
    re.compile(r"(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})$", re.ASCII),
    re.compile(r"(?P<m>\d{1,2})月(?P<d>\d{1,2})日?$", re.ASCII),
)
# Within these every zone can show a moment, in four digits of a year.
EARLIEST = datetime(1900, 1, 1, tzinfo=UTC)
LATEST = datetime(9999, 12, 30, tzinfo=UTC)
_LONGEST_TEXT = 60


def parse_offset(text: str) -> timedelta:
    """`3d`, `+2w`, `-4h`, `3天后` as a length of time. Raises MomentError for anything else."""
    found = _OFFSET.match(half_width(text[:_LONGEST_TEXT]).strip())
    if not found:
        raise MomentError(f"{text!r} is not a length of time such as 3d, +2w or 4h")
    back = (found.group(1) == "-") != (found.group(4) == "前")
    return (-1 if back else 1) * int(found.group(2)) * _STEP[found.group(3).lower()]


def _iso(text: str, zone: tzinfo) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)


def _day(text: str, now: datetime, zone: tzinfo) -> datetime:
    today = now.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    if text in _DAYS:
        return today + timedelta(days=_DAYS[text])
    for pattern in _DATES:
        if found := pattern.match(text):
            parts = found.groupdict()
            year = int(parts.get("y") or today.year)
            return datetime(year, int(parts["m"]), int(parts["d"]), tzinfo=zone)
    plain = _DAY_NAME.sub("", text, count=1)
    for pattern in _NAMED_DATES:
        if found := pattern.match(plain):
            month = MONTHS.index(found["name"][:3]) + 1
            return datetime(_full_year(found["y"]), month, int(found["d"]), tzinfo=zone)
    raise ValueError(text)


def _full_year(digits: str) -> int:
    """A year in two digits as POSIX reads it: 69 to 99 are of the last century."""
    year = int(digits)
    return year if len(digits) > 2 else year + (1900 if year >= _PIVOT else 2000)


def parse_moment(text: str, now: datetime, zone: tzinfo) -> datetime:
    """The moment *text* names, in UTC: an ISO date or time, `2026/12/1 9:30`, `明天 10:00`, `+3d`.

    Months may be named, `15 Apr, 2021 00:02:00`, and clock times be of 12 hours, `下午3点` or `3:00 PM`.
    A date without a clock time is the beginning of that day in *zone*; parts of a second are
    dropped. Raises MomentError, also for years before 1900.
    """
    word = half_width(text[: _LONGEST_TEXT + 1]).strip()
    try:
        if len(word) > _LONGEST_TEXT:
            raise ValueError(word)
        moment = _moment(word, now, zone).astimezone(UTC)
        moment = moment.replace(microsecond=0) if moment.microsecond else moment
        if not EARLIEST <= moment <= LATEST:
            raise ValueError(word)
    except (ValueError, OverflowError) as error:
        raise MomentError(
            f"{word!r} is not a date or time such as 2026-12-01, 2026-12-01 14:30, 明天 or +3d"
        ) from error
    return moment


def _moment(text: str, now: datetime, zone: tzinfo) -> datetime:
    if moment := _iso(text, zone):  # as nearly all are in sheets: asked first
        return moment
    word = text.casefold()
    if _OFFSET.match(word):
        return now + parse_offset(word)
    if moment := _iso(_SPACED_ZONE.sub(r"\1", _UTC.sub("+00:00", text)), zone):
        return moment
    word = _WEEKDAY.sub(" ", word).strip()
    found = _CLOCK_TIME.match(word)
    if not found:
        return _day(word, now, zone)
    date, before, hour, minute, second, after = found.groups()
    at = time(_hour(int(hour), before or after), int(minute or 0), int(second or 0))
    day = _day(date.strip() or "today", now, zone)
    return day.replace(hour=at.hour, minute=at.minute, second=at.second)


def _hour(hour: int, half: str | None) -> int:
    """The hour of 24 that *hour* is in that *half* of the day. Raises ValueError."""
    if half is None or hour > 12:
        return hour
    if half == "中午":
        return hour + 12 if hour < 11 else hour
    return hour % 12 + (12 if half in _AFTER_NOON else 0)


def show_moment(moment: datetime, zone: tzinfo) -> str:
    """*moment* in *zone*: the date alone when it is the beginning of a day; `parse_moment` reads it."""
    local = moment.astimezone(zone).replace(microsecond=0)
    if local.fold:
        # The clock was put back and this hour comes twice: only its offset tells which is meant.
        return local.isoformat(" ")
    wall = local.replace(tzinfo=None)
    if wall.time() == time():
        return wall.date().isoformat()
    return wall.isoformat(" ", "seconds" if wall.second else "minutes")
