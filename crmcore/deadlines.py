"""When what follows is due: the first follow-up after an assignment, the survey after a delivery."""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta, tzinfo
from typing import Any, Literal, NoReturn

from attrs import field, fields, frozen

from crmcore.errors import ConfigError
from crmcore.hooktypes import WorkCalendar
from crmcore.text import did_you_mean
from crmcore.workdays import (
    WorkingHours,
    after_workdays,
    after_working_time,
    days_between,
    unpublished,
)

Unit = Literal["hours", "working hours", "workdays"]
_DELAY = re.compile(r"(\d{1,4})\s*(h|hours?|working hours?|wh|workdays?|wd)", re.IGNORECASE)
_UNITS: Mapping[str, Unit] = {
    "h": "hours", "hour": "hours", "hours": "hours", "wh": "working hours",
    "working hour": "working hours", "working hours": "working hours", "wd": "workdays",
    "workday": "workdays", "workdays": "workdays",
}  # fmt: skip
_SPAN = re.compile(r"\s*(\d{1,2}):(\d{2})\s*[-–~]\s*(\d{1,2}):(\d{2})\s*", re.ASCII)


@frozen
class Delay:
    """So long after something happened: `Delay(24, "hours")`."""

    count: int
    unit: Unit


@frozen
class DeadlinesConfig:
    """The table `[deadlines]`: how long the first follow-up and the survey may take.

    `working_hours` are by the clock of the workspace's time zone.
    """

    first_follow_up: Delay = Delay(24, "hours")
    survey: Delay = Delay(3, "workdays")
    working_hours: WorkingHours = field(factory=WorkingHours)


@frozen
class Deadlines:
    """The deadlines of one workspace: by its config, its calendar, its time zone."""

    config: DeadlinesConfig
    calendar: WorkCalendar
    zone: tzinfo

    def first_follow_up(self, assigned: datetime) -> datetime:
        """When the first follow-up of a customer assigned at that moment is due, in UTC."""
        return self._after(assigned, self.config.first_follow_up)

    def survey(self, delivered: datetime) -> datetime:
        """When the survey after a delivery at that moment is due, in UTC."""
        return self._after(delivered, self.config.survey)

    def guessed(self, since: datetime, due: datetime) -> tuple[int, ...]:
        """The years between the two whose calendar is not published yet: weekdays stood in for it."""
        days = days_between(since.astimezone(self.zone), due.astimezone(self.zone))
        return unpublished(days, self.calendar)

    def _after(self, since: datetime, delay: Delay) -> datetime:
        local = since.astimezone(self.zone)
        try:
            match delay.unit:
                case "hours":
                    due = since + timedelta(hours=delay.count)
                case "workdays":
                    due = after_workdays(local, delay.count, self.calendar)
                case "working hours":
                    hours, length = self.config.working_hours, timedelta(hours=delay.count)
                    due = after_working_time(since, length, hours, self.calendar, self.zone)
        except ValueError as error:
            raise ConfigError(f"A deadline cannot be worked out: {error}.") from error
        return due.astimezone(UTC)


def deadlines_config(where: str, table: Any) -> DeadlinesConfig:
    """The table `[deadlines]` of the file *where*. Raises ConfigError with what is wrong."""

    def refuse(what: str) -> NoReturn:
        raise ConfigError(f"{where}: {what}.")

    if not isinstance(table, dict):
        refuse("deadlines is a table, as in [deadlines]")
    known = [attribute.name for attribute in fields(DeadlinesConfig)]
    values: dict[str, Any] = {}
    for key, value in table.items():
        if key not in known:
            hint = did_you_mean(key, known) or f"known: {', '.join(known)}"
            refuse(f"unknown setting {key!r} in [deadlines]; {hint}")
        read = _hours if key == "working_hours" else _delay
        if (found := read(value)) is None:
            wanted = (
                '"09:00-12:00, 13:30-18:00"'
                if key == "working_hours"
                else '"24h", "8 working hours" or "3 workdays"'
            )
            refuse(f"{key} in [deadlines] is written as {wanted}, not {value!r}")
        values[key] = found
    return DeadlinesConfig(**values)


def _delay(text: object) -> Delay | None:
    found = _DELAY.fullmatch(text.strip()) if isinstance(text, str) else None
    return Delay(int(found[1]), _UNITS[found[2].lower()]) if found else None


def _hours(text: object) -> WorkingHours | None:
    found = [_SPAN.fullmatch(part) for part in text.split(",")] if isinstance(text, str) else []
    try:
        spans = [
            (time(int(span[1]), int(span[2])), time(int(span[3]), int(span[4])))
            for span in found
            if span
        ]
    except ValueError:
        return None
    moments = [moment for span in spans for moment in span]
    in_order = all(a < b for a, b in itertools.pairwise(moments))
    return WorkingHours(tuple(spans)) if spans and len(spans) == len(found) and in_order else None
