"""Days to look back to: steps, and a date that is typed."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Literal

from crmcore.crm import Crm
from crmcore.fieldspec import FieldSpec, Kind
from crmcore.reports.request import ask
from crmcore_tui import figurewordings as fw
from crmcore_tui.formfields import own
from crmcore_tui.screens.form import Form

Step = Literal["day", "week", "month"]
_FIRST = date(1970, 1, 1)
_DATE = FieldSpec("date", Kind.MOMENT, "", fw.DATE, fw.DATE, "2024-06-30")


def stepped(
    moment: datetime | None, now: datetime, zone: tzinfo, step: Step, by: int
) -> datetime | None:
    """The end of the day *by* steps from that of *moment* (None: now); None from today on."""
    day = (moment or now).astimezone(zone).date()
    if step == "month":
        months = day.year * 12 + day.month - 1 + by
        year, month = divmod(months, 12)
        day = day.replace(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
    else:
        day += timedelta(days=by * (7 if step == "week" else 1))
    if day >= now.astimezone(zone).date():
        return None
    after = datetime.combine(max(day, _FIRST) + timedelta(days=1), time(), zone)
    return after - timedelta(microseconds=1)


def date_words(moment: datetime, zone: tzinfo) -> str:
    """The day of *moment*, with its time where it is not the end of it."""
    local = moment.astimezone(zone)
    whole = (local + timedelta(microseconds=1)).time() == time()
    return f"{local:%Y-%m-%d}" if whole else f"{local:%Y-%m-%d %H:%M}"


def date_form(crm: Crm) -> Form:
    """Asks for a date; hands on the moment it means in a tuple, None in it for now."""
    dialect = crm.dialect
    field = own("date", fw.DATE, dialect, required=True, spec=_DATE)

    def submit(values: Mapping[str, str], _: int | None) -> tuple[datetime | None]:
        moment = ask(crm, as_of=values["date"]).as_of
        today = crm.clock().astimezone(dialect.zone).date()
        now = moment is None or moment.astimezone(dialect.zone).date() >= today
        return (None,) if now else (moment,)

    return Form(dialect.say(fw.AS_OF_TITLE), [field], submit, everything=True)
