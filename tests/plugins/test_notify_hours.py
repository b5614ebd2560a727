"""Quiet hours and digests by the wall's clock, the days on which it is put forward and back included."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore_notify.hours import Digest, Quiet, read_time

SHANGHAI, BERLIN = ZoneInfo("Asia/Shanghai"), ZoneInfo("Europe/Berlin")
NIGHT = Quiet(time(22), time(8))


def at(text: str, zone=UTC, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone, fold=fold).astimezone(UTC)


@pytest.mark.parametrize(
    ("now", "until"),
    [
        ("2026-03-02 21:59:59", None),
        ("2026-03-02 22:00", "2026-03-03 08:00"),
        ("2026-03-03 00:00", "2026-03-03 08:00"),
        ("2026-03-03 07:59:59", "2026-03-03 08:00"),
        ("2026-03-03 08:00", None),
    ],
)
def test_quiet_over_midnight(now, until) -> None:
    expected = at(until, SHANGHAI) if until else None
    assert NIGHT.until(at(now, SHANGHAI), SHANGHAI) == expected


def test_quiet_at_noon_ends_the_same_day() -> None:
    noon = Quiet(time(12), time(13, 30))
    assert noon.until(at("2026-03-02 12:10", SHANGHAI), SHANGHAI) == at(
        "2026-03-02 13:30", SHANGHAI
    )
    assert noon.until(at("2026-03-02 13:30", SHANGHAI), SHANGHAI) is None


def test_nights_are_an_hour_shorter_and_longer_when_the_clock_is_changed() -> None:
    """29 March 2026, 02:00 → 03:00; 25 October 2026, 03:00 → 02:00."""
    for evening, hours in (
        ("2026-03-28 22:00", 9),
        ("2026-10-24 22:00", 11),
        ("2026-06-01 22:00", 10),
    ):
        begin = at(evening, BERLIN)
        assert NIGHT.until(begin, BERLIN) == begin + timedelta(hours=hours)


def test_an_end_that_the_clock_leaps_over_is_when_it_leaps() -> None:
    quiet = Quiet(time(22), time(2, 30))
    assert quiet.until(at("2026-03-29 01:59", BERLIN), BERLIN) == at("2026-03-29 01:00")
    assert quiet.until(at("2026-03-29 01:00"), BERLIN) is None


def test_an_end_that_comes_twice_ends_each_of_the_two_hours() -> None:
    quiet = Quiet(time(22), time(2, 30))
    first, again = at("2026-10-25 02:30", BERLIN), at("2026-10-25 02:30", BERLIN, fold=1)
    assert quiet.until(at("2026-10-25 02:10", BERLIN), BERLIN) == first
    assert quiet.until(first, BERLIN) is None
    assert (
        quiet.until(at("2026-10-25 02:10", BERLIN, fold=1), BERLIN)
        == again
        == first + timedelta(hours=1)
    )


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        ("2026-03-27 18:00", "2026-03-28 18:00"),
        ("2026-03-28 17:59", "2026-03-28 18:00"),
        ("2026-03-28 18:00", "2026-03-29 18:00"),
        ("2026-10-24 18:00", "2026-10-25 18:00"),
    ],
)
def test_a_daily_digest_keeps_its_time_of_day(after, expected) -> None:
    assert Digest(time(18)).after(at(after, BERLIN), BERLIN) == at(expected, BERLIN)


def test_a_daily_digest_comes_once_a_day_whatever_the_clock_does() -> None:
    digest = Digest(time(2, 30))
    moment, sent = at("2026-03-27 00:00", BERLIN), []
    while len(sent) < 365:
        moment = digest.after(moment, BERLIN)
        sent.append(moment.astimezone(BERLIN))
    assert [day.date().toordinal() for day in sent] == list(
        range(sent[0].date().toordinal(), sent[0].date().toordinal() + 365)
    )
    odd = [day.isoformat() for day in sent if (day.hour, day.minute) != (2, 30)]
    assert odd == ["2026-03-29T03:00:00+02:00"]


def test_an_hourly_digest_comes_at_the_full_hour_of_the_zone() -> None:
    kolkata = ZoneInfo("Asia/Kolkata")
    assert Digest().after(at("2026-03-02 10:00:01", kolkata), kolkata) == at(
        "2026-03-02 11:00", kolkata
    )
    assert Digest().after(at("2026-03-02 11:00", kolkata), kolkata) == at(
        "2026-03-02 12:00", kolkata
    )


moments = st.integers(0, 365 * 86400).map(
    lambda seconds: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
)
clocks = st.builds(time, st.integers(0, 23), st.sampled_from([0, 15, 30, 45]))
zones = st.sampled_from(
    ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Shanghai"]
).map(ZoneInfo)


@given(moments, clocks, clocks, zones)
def test_quiet_is_over_when_it_says_and_not_before(now, start, end, zone) -> None:
    if start == end:
        return
    quiet = Quiet(start, end)
    until = quiet.until(now, zone)
    clock = now.astimezone(zone).time()
    inside = start <= clock < end if start < end else clock >= start or clock < end
    assert (until is not None) == inside
    if until is not None:
        assert now < until <= now + timedelta(hours=25)
        assert quiet.until(until, zone) is None
        assert quiet.until(until - timedelta(seconds=1), zone) == until


@given(moments, clocks, zones)
def test_the_next_digest_is_later_within_a_day_and_an_hour(now, clock, zone) -> None:
    after = Digest(clock).after(now, zone)
    assert now < after <= now + timedelta(hours=25)


@pytest.mark.parametrize("text", ["24:00", "8", "08:60", "8:5", "", "八点", "8:00 "])
def test_what_is_no_time_of_day(text) -> None:
    if text.strip() == "8:00":
        assert read_time(text) == time(8)
        return
    with pytest.raises(ValueError, match=r".*"):
        read_time(text)
