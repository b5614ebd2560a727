"""Working days: China's, make-up days included, and other countries' by their public holidays."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from functools import cache
from typing import Any

from crmcore import hookimpl
from crmcore.config import Config
from crmcore.errors import ConfigError
from crmcore.hooktypes import WorkCalendar
from crmcore.text import did_you_mean
from crmcore.wording import Text

PLUGIN = "calendar_cn"


@hookimpl
def crm_calendars(config: Config) -> Iterator[WorkCalendar]:
    """`china`; and `country`, that of `[plugin.calendar_cn] country = "DE"`, when one is named."""
    yield WorkCalendar(
        "china", Text("中国工作日（含调休）", "China, make-up workdays included"), china
    )
    settings = config.settings(PLUGIN)
    if settings:
        country, part = _named(settings)
        where = country if part is None else f"{country}-{part}"
        label = Text("{where} 工作日", "Working days of {where}").with_(where=where)
        yield WorkCalendar("country", label, _country(country, part))


def china(day: date) -> bool | None:
    """Whether *day* is worked in mainland China; None where its year is not published yet.

    By the State Council's yearly notices, as the library chinesecalendar has them.
    """
    from chinese_calendar import is_workday

    try:
        return bool(is_workday(day))
    except NotImplementedError:
        return None


def _named(settings: Any) -> tuple[str, str | None]:
    known = ("country", "subdivision")
    for key in settings:
        if key not in known:
            raise ConfigError(f"[plugin.{PLUGIN}] knows {', '.join(known)}, not {key!r}.")
    values = [settings.get(key) for key in known]
    if not isinstance(values[0], str) or not isinstance(values[1], str | None):
        raise ConfigError(f'[plugin.{PLUGIN}] names a country by its code, as in country = "DE".')
    return values[0].upper(), values[1]


def _country(country: str, part: str | None) -> Callable[[date], bool | None]:
    @cache
    def calendar() -> Any:
        import holidays

        known = holidays.list_supported_countries()
        if country not in known:
            hint = did_you_mean(country, known, " Did you mean")
            raise ConfigError(f"[plugin.{PLUGIN}]: no holidays are known of {country!r}.{hint}")
        if part is not None and part not in known[country]:
            parts = ", ".join(known[country]) or "none"
            raise ConfigError(f"[plugin.{PLUGIN}]: {country} has no part {part!r}; known: {parts}.")
        return holidays.country_holidays(country, subdiv=part)

    def is_workday(day: date) -> bool | None:
        found = calendar()
        if not found.start_year <= day.year <= found.end_year:
            return None
        return bool(found.is_working_day(day))

    return is_workday
