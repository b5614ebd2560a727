"""Times are read in the workspace's zone, kept in UTC, and read back as shown."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from crmcore.dialect import local_zone
from crmcore.moments import MomentError, parse_moment, parse_offset, show_moment

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW = datetime(2024, 5, 1, 2, 0, tzinfo=UTC)  # 10:00 in Shanghai
ZONES = ["UTC", "Asia/Shanghai", "America/New_York", "Australia/Lord_Howe", "America/Sao_Paulo"]


def local(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-12-01", local(2026, 12, 1)),
        ("2026/12/1", local(2026, 12, 1)),
        ("2026.12.1", local(2026, 12, 1)),
        ("20261201", local(2026, 12, 1)),
        ("2026年12月1日", local(2026, 12, 1)),
        ("２０２６－１２－０１", local(2026, 12, 1)),
        ("12月1日", local(2024, 12, 1)),
        ("2026-12-01 14:30", local(2026, 12, 1, 14, 30)),
        ("2026/12/1 9:30", local(2026, 12, 1, 9, 30)),
        ("2026-12-01T14:30:15", local(2026, 12, 1, 14, 30, 15)),
        ("2026-12-01T14:30:15.999", local(2026, 12, 1, 14, 30, 15)),
        ("2026-12-01T06:30Z", local(2026, 12, 1, 14, 30)),
        ("2026-12-01 14:30+09:00", local(2026, 12, 1, 13, 30)),
        ("今天", local(2024, 5, 1)),
        ("Tomorrow 9:00", local(2024, 5, 2, 9)),
        ("明天 10:00", local(2024, 5, 2, 10)),
        ("后天9点30分", local(2024, 5, 3, 9, 30)),
        ("昨天", local(2024, 4, 30)),
        ("10：30", local(2024, 5, 1, 10, 30)),
        ("+3d", local(2024, 5, 4, 10)),
        ("-4h", local(2024, 5, 1, 6)),
        ("2周后", local(2024, 5, 15, 10)),
        ("3天前", local(2024, 4, 28, 10)),
        ("30分钟后", local(2024, 5, 1, 10, 30)),
    ],
)
def test_a_moment_is_read_as_people_write_it(text: str, moment: datetime) -> None:
    read = parse_moment(text, NOW, SHANGHAI)
    assert read == moment
    assert read.utcoffset() == timedelta(0)


BAD = [
    "", " ", "abc", "12", "12-", "2026-13-45", "2024-02-30", "0000-01-01", "0001-01-01", "1899-12-31",
    "9999-12-31T23:59Z", "2026-12-01 24:00", "2026-12-01 10:60", "٢٠٢٦-12-01", "+٣d", "-99999w",
    "999999d", "1/2/2024", "NaN", "10**400", "2026-12-01 25点", "T" * 100_000, "1" * 100_000,
]  # fmt: skip


@pytest.mark.parametrize("text", BAD)
def test_what_is_no_moment_is_refused(text: str) -> None:
    with pytest.raises(MomentError):
        parse_moment(text, NOW, SHANGHAI)


@pytest.mark.parametrize("text", ["", "3", "d", "3y", "3 d d", "--3d", "٣d"])
def test_what_is_no_length_of_time_is_refused(text: str) -> None:
    with pytest.raises(MomentError):
        parse_offset(text)


MOMENTS = st.datetimes(
    datetime(1900, 1, 2),  # noqa: DTZ001 - hypothesis adds the zone
    datetime(9999, 12, 29),  # noqa: DTZ001
    timezones=st.just(UTC),
)


@given(MOMENTS, st.sampled_from(ZONES))
@example(datetime(2024, 11, 3, 6, 30, tzinfo=UTC), "America/New_York")  # an hour that came twice
@example(datetime(2018, 11, 4, 3, 0, tzinfo=UTC), "America/Sao_Paulo")  # a day without midnight
@example(datetime(1900, 6, 1, tzinfo=UTC), "Asia/Shanghai")  # an offset with seconds
def test_a_shown_moment_is_read_back_to_the_second(moment: datetime, zone_name: str) -> None:
    zone = ZoneInfo(zone_name)
    moment = moment.replace(microsecond=0)
    assert parse_moment(show_moment(moment, zone), NOW, zone) == moment


def test_only_the_beginning_of_a_day_is_shown_as_a_date() -> None:
    assert show_moment(local(2024, 5, 1), SHANGHAI) == "2024-05-01"
    assert show_moment(local(2024, 5, 1, 9), SHANGHAI) == "2024-05-01 09:00"
    assert show_moment(local(2024, 5, 1, 0, 0, 1), SHANGHAI) == "2024-05-01 00:00:01"


@given(st.text(max_size=80) | st.text("0123456789-/:T+年月日dhw ", max_size=20))
def test_any_text_is_a_moment_or_refused(text: str) -> None:
    try:
        moment = parse_moment(text, NOW, SHANGHAI)
    except MomentError:
        return
    assert parse_moment(show_moment(moment, SHANGHAI), NOW, SHANGHAI) == moment


@pytest.mark.skipif(not hasattr(time, "tzset"), reason="the zone of a process cannot be set here")
@pytest.mark.parametrize(
    "moment",
    [
        datetime(2024, 1, 3, 6, 30, tzinfo=UTC),
        datetime(2024, 7, 3, 6, 30, tzinfo=UTC),
        datetime(2024, 11, 3, 5, 30, tzinfo=UTC),
        datetime(2024, 11, 3, 6, 30, tzinfo=UTC),
    ],
)
@pytest.mark.parametrize("name", ["America/New_York", ":US/Eastern", "EST5EDT,M3.2.0,M11.1.0"])
def test_the_machines_zone_knows_summer_and_winter(
    monkeypatch, moment: datetime, name: str
) -> None:
    monkeypatch.setenv("TZ", name)
    time.tzset()
    try:
        expected = show_moment(moment, ZoneInfo("America/New_York"))
        assert show_moment(moment, local_zone()) == expected
        assert parse_moment(expected, NOW, local_zone()) == moment
    finally:
        monkeypatch.undo()
        time.tzset()


@pytest.mark.skipif(not hasattr(time, "tzset"), reason="the zone of a process cannot be set here")
@pytest.mark.parametrize("name", ["", "Nowhere/Land", "/etc/passwd", "Asia/Tokyo"])
def test_the_machines_zone_is_what_its_clock_shows(monkeypatch, name: str) -> None:
    monkeypatch.setenv("TZ", "America/New_York")
    time.tzset()
    monkeypatch.setenv("TZ", name)  # which the clock does not know of
    try:
        assert NOW.astimezone(local_zone()).utcoffset() == NOW.astimezone().utcoffset()
    finally:
        monkeypatch.undo()
        time.tzset()
