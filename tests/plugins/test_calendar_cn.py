"""Working days of China and elsewhere, and the deadlines worked out by them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from crmcore.bootstrap import open_crm
from crmcore.config import load_config
from crmcore.crm import Crm
from crmcore.errors import ConfigError
from crmcore_calendar_cn import china

pytest.importorskip("chinese_calendar")
pytest.importorskip("holidays")
SHANGHAI = ZoneInfo("Asia/Shanghai")
Opened = Callable[..., Crm]


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Opened]:
    made: list[Crm] = []

    def open_one(text: str, now: datetime = datetime(2026, 2, 10, 2, tzinfo=UTC)) -> Crm:
        head = 'store = "memory:"\nlanguage = "en"\ntimezone = "Asia/Shanghai"\nnotify = []\ndisable = ["followup"]\n'
        (tmp_path / "crm.toml").write_text(head + text, "utf-8")
        made.append(open_crm(config=load_config(tmp_path), clock=lambda: now, actor="Li Na"))
        return made[-1]

    yield open_one
    for crm in made:
        crm.close()


def test_the_days_of_each_year_and_the_make_up_days_of_2026() -> None:
    def worked(year: int) -> list[date]:
        first = date(year, 1, 1)
        days = [first + timedelta(n) for n in range((date(year + 1, 1, 1) - first).days)]
        return [day for day in days if china(day)]

    assert [len(worked(year)) for year in (2024, 2025, 2026)] == [251, 248, 248]
    weekends = [f"{day:%m-%d}" for day in worked(2026) if day.weekday() >= 5]
    assert weekends == ["01-04", "02-14", "02-28", "05-09", "09-20", "10-10"]
    assert china(date(2027, 1, 4)) is None


@pytest.mark.parametrize(
    ("delivered", "due"),
    [
        ("2026-01-01", "2026-01-06"),  # Jan 2, 3 off; Sunday 4 is worked
        ("2026-02-12", "2026-02-24"),  # Fri 13, Sat 14 worked; 15 to 23 off
        ("2026-02-13", "2026-02-25"),
        ("2026-02-27", "2026-03-03"),  # Sat 28 is worked
        ("2026-04-03", "2026-04-09"),  # Mon 6 off
        ("2026-04-30", "2026-05-08"),  # 1 to 5 off
        ("2026-05-07", "2026-05-11"),  # Fri 8, Sat 9 worked
        ("2026-06-18", "2026-06-24"),  # Fri 19 off
        ("2026-09-18", "2026-09-22"),  # Sun 20 is worked
        ("2026-09-24", "2026-09-30"),  # Fri 25 off
        ("2026-09-30", "2026-10-10"),  # 1 to 7 off; Thu 8, Fri 9, Sat 10 worked
        ("2026-10-09", "2026-10-13"),
        ("2026-03-02", "2026-03-05"),
    ],
)
def test_the_survey_is_due_three_working_days_after_the_delivery(
    delivered: str, due: str, opened: Opened
) -> None:
    crm = opened('calendar = "china"\n')
    acme = crm.add(company="Acme", delivered_at=f"{delivered} 15:00")
    assert f"{acme.survey_due.astimezone(SHANGHAI):%Y-%m-%d %H:%M}" == f"{due} 15:00"
    assert "not published" not in next(iter(crm.due())).what.en


def test_a_year_that_is_not_published_is_said_not_guessed(opened: Opened) -> None:
    crm = opened('calendar = "china"\n')
    acme = crm.add(company="Acme", delivered_at="2026-12-30 15:00")
    assert f"{acme.survey_due.astimezone(SHANGHAI):%m-%d}" == "01-04"
    (item,) = crm.due()
    assert "holidays of 2027 not published, by weekdays" in item.what.en
    assert "2027 年放假安排未公布" in item.what.zh


@pytest.mark.parametrize(
    ("deadlines", "assigned", "due"),
    [
        ("", "2026-02-10 10:00", "2026-02-11 10:00"),
        ('first_follow_up = "48h"', "2026-02-10 10:00", "2026-02-12 10:00"),
        ('first_follow_up = "1 workday"', "2026-02-14 10:00", "2026-02-24 10:00"),
        ('first_follow_up = "8 working hours"', "2026-02-10 10:00", "2026-02-10 18:00"),
        ('first_follow_up = "8 working hours"', "2026-02-10 12:00", "2026-02-11 11:00"),
        ('first_follow_up = "2 working hours"', "2026-02-10 05:00", "2026-02-10 11:00"),
        ('first_follow_up = "1 working hour"', "2026-02-14 20:00", "2026-02-24 10:00"),
        ('first_follow_up = "4 working hours"\nworking_hours = "09:00-12:00, 13:30-18:00"',
         "2026-02-10 11:00", "2026-02-10 16:30"),
        ('first_follow_up = "8wh"\nworking_hours = "09:00-12:00,13:30-18:00"',
         "2026-02-13 17:00", "2026-02-14 17:30"),
    ],
)  # fmt: skip
def test_the_first_follow_up_is_due_as_the_workspace_says(
    deadlines: str, assigned: str, due: str, opened: Opened
) -> None:
    now = datetime.fromisoformat(assigned).replace(tzinfo=SHANGHAI)
    crm = opened(f'calendar = "china"\n[deadlines]\n{deadlines}\n', now.astimezone(UTC))
    acme = crm.assign(crm.add(company="Acme").id, "Li Na")
    assert f"{acme.first_follow_up_due.astimezone(SHANGHAI):%Y-%m-%d %H:%M}" == due


def test_working_hours_that_daylight_saving_cuts_short(opened: Opened) -> None:
    berlin = 'calendar = "country"\n[plugin.calendar_cn]\ncountry = "DE"\n'
    crm = opened(
        berlin
        + '[deadlines]\nfirst_follow_up = "3 working hours"\nworking_hours = "00:00-06:00"\n',
        datetime(2026, 3, 27, 10, tzinfo=UTC),
    )
    assert crm.deadlines.calendar.is_workday(date(2026, 10, 3)) is False  # a Saturday and a holiday
    assert crm.deadlines.calendar.is_workday(date(2026, 5, 1)) is False
    assert crm.deadlines.calendar.is_workday(date(2026, 5, 4)) is True


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('calendar = "chian"', "Did you mean china"),
        ('calendar = "country"', "no calendar 'country'"),
        ('[deadlines]\nfirst_follow_up = "soon"', "first_follow_up in .deadlines. is written as"),
        ('[deadlines]\nworking_hours = "18:00-09:00"', "working_hours in .deadlines. is written"),
        ('[deadlines]\nworking_hours = "09:00-25:00"', "working_hours in .deadlines. is written"),
        ("[deadlines]\nsurvy = 3", "did you mean survey"),
        ("deadlines = 3", "deadlines is a table"),
    ],
)
def test_what_cannot_be_used_is_told(text: str, told: str, opened: Opened) -> None:
    with pytest.raises(Exception, match=told):
        opened(text + "\n")


def test_a_country_that_is_not_known_is_told_when_it_is_asked(opened: Opened) -> None:
    crm = opened('calendar = "country"\n[plugin.calendar_cn]\ncountry = "XX"\n')
    with pytest.raises(ConfigError, match="no holidays are known of 'XX'"):
        crm.add(company="Acme", delivered_at="2026-01-01")
