"""Deadlines in working days and working hours."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta, tzinfo

from attrs import frozen

from crmcore.hooktypes import WorkCalendar
from crmcore.wording import Text

WEEKDAYS = WorkCalendar(
    "weekdays",
    Text("周一至周五（不计节假日）", "Monday to Friday, holidays not known"),
    lambda day: day.weekday() < 5,
)
_LONGEST = 3660
"""The days within which work goes on somewhere; a calendar without any is a mistake."""


@frozen
class WorkingHours:
    """When a working day is worked, by the clock of the workspace; spans in order, apart."""

    spans: tuple[tuple[time, time], ...] = ((time(9), time(18)),)


def is_workday(day: date, calendar: WorkCalendar) -> bool:
    """Whether *day* is worked; where the calendar is not published yet, by the day of the week."""
    known = calendar.is_workday(day)
    return day.weekday() < 5 if known is None else known


def unpublished(days: Iterable[date], calendar: WorkCalendar) -> tuple[int, ...]:
    """The years of those of *days* that the calendar does not know yet: weekdays stand in for them."""
    return tuple(sorted({day.year for day in days if calendar.is_workday(day) is None}))


def days_between(start: datetime, end: datetime) -> list[date]:
    """The days after that of *start* up to that of *end*."""
    return [start.date() + timedelta(n) for n in range(1, (end.date() - start.date()).days + 1)]


def after_workdays(start: datetime, count: int, calendar: WorkCalendar) -> datetime:
    """The same clock time, *count* working days after *start*.

    Raises ValueError when the calendar has no working day in ten years.
    """
    moment = start
    for _ in range(_LONGEST):
        if count <= 0:
            return moment
        moment += timedelta(days=1)
        count -= is_workday(moment.date(), calendar)
    raise ValueError(f"the calendar {calendar.name} has no working day after {start:%Y-%m-%d}")


def after_working_time(
    start: datetime, length: timedelta, hours: WorkingHours, calendar: WorkCalendar, zone: tzinfo
) -> datetime:
    """The moment at which *length* of working time has passed since *start*, in *zone*.

    A span that daylight saving shortens or lengthens counts as long as it really is. Raises ValueError
    when the calendar has no working day in ten years.
    """
    begin, left = start.astimezone(zone), length
    for number in range(_LONGEST):
        day = begin.date() + timedelta(number)
        if not is_workday(day, calendar):
            continue
        for opens, closes in hours.spans:
            opening = datetime.combine(day, opens, zone)
            since = max(opening, begin, key=datetime.timestamp).timestamp()
            until = datetime.combine(day, closes, zone).timestamp()
            if until - since >= left.total_seconds() > 0 or (until >= since and not left):
                return datetime.fromtimestamp(since + left.total_seconds(), zone)
            left -= timedelta(seconds=max(until - since, 0))
    raise ValueError(f"the calendar {calendar.name} has no working day after {start:%Y-%m-%d}")
