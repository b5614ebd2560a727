"""Deadlines in working days."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from crmcore.hooktypes import WorkCalendar
from crmcore.wording import Text

WEEKDAYS = WorkCalendar(
    "weekdays",
    Text("周一至周五（不计节假日）", "Monday to Friday, holidays not known"),
    lambda day: day.weekday() < 5,
)


def is_workday(day: date, calendar: WorkCalendar) -> bool:
    """Whether *day* is worked; where the calendar is not published yet, by the day of the week."""
    known = calendar.is_workday(day)
    return day.weekday() < 5 if known is None else known


def after_workdays(start: datetime, count: int, calendar: WorkCalendar) -> datetime:
    """The same clock time, *count* working days after *start*."""
    moment = start
    while count > 0:
        moment += timedelta(days=1)
        count -= is_workday(moment.date(), calendar)
    return moment
