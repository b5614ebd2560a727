"""Ids: date + sequence in the workspace's zone, and ULIDs."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.config import Config
from crmcore.customer import Customer
from crmcore.hooktypes import IdRequest
from crmcore.host import PluginHost

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW = datetime(2024, 5, 1, 10, 0, tzinfo=SHANGHAI)


@pytest.fixture(scope="module")
def schemes():
    import crmcore_ids

    host = PluginHost(Config(timezone="UTC"))
    host.register(crmcore_ids, "ids")
    return host.id_schemes()


def last_of(ids: Iterable[str]):
    """`last_id` as the Store contract says: the longest, then greatest, of those with the prefix."""
    known = list(ids)

    def last_id(prefix: str) -> str | None:
        fitting = [i for i in known if i.startswith(prefix)]
        return max(fitting, key=lambda i: (len(i), i), default=None)

    return last_id


def new(schemes, used: Iterable[str] = (), first_contact_at: datetime | None = None) -> str:
    customer = Customer(company="甲", first_contact_at=first_contact_at)
    return schemes.named("date-sequence").new(IdRequest(customer, NOW, last_of(used)))


@pytest.mark.parametrize(
    ("used", "expected"),
    [
        ((), "20240501001"),
        (("20240501001",), "20240501002"),
        (("20240430007", "20240502009"), "20240501001"),
        (("20240501001", "20240501009", "20240501010"), "20240501011"),
        (("20240501999",), "202405011000"),
        (("20240501999", "202405011000"), "202405011001"),
        (("20240501003", "20240501-old"), "20240501004"),
        (("20240501-old",), "20240501001"),
        (("20240501０１２",), "20240501001"),
        (("20240501001", "20240501001-copy"), "20240501002"),
        (("20240501002", "20240501003", "20240501003-copy"), "20240501004"),
        (("20240501999", "202405011000", "20240501-imported-from-a-sheet"), "202405011001"),
        (("20240501002", "20240501" + "9" * 40), "20240501003"),
    ],
)
def test_the_next_number_of_the_day(schemes, used, expected):
    assert new(schemes, used) == expected


@pytest.mark.parametrize(
    ("met", "day"),
    [
        (datetime(2024, 4, 30, 15, 59, tzinfo=UTC), "20240430"),
        (datetime(2024, 4, 30, 16, 0, tzinfo=UTC), "20240501"),
        (datetime(2023, 1, 2, 3, 0, tzinfo=UTC), "20230102"),
        (datetime(204, 1, 2, 3, 0, tzinfo=UTC), "02040102"),
    ],
)
def test_the_day_is_that_of_first_contact_in_the_workspace_zone(schemes, met, day):
    assert new(schemes, first_contact_at=met) == f"{day}001"


foreign = st.one_of(
    st.integers(0, 99_999).map(lambda n: f"20240501{n:03}"),
    st.text("0123456789-x", max_size=6).map(lambda rest: "20240501" + rest),
    st.text("0123456789x", max_size=12),
)


@given(st.sets(foreign, max_size=12))
def test_whatever_is_in_use_the_id_is_new_and_the_next_ones_too(schemes, used):
    for _ in range(3):
        made = new(schemes, used)
        assert made not in used
        assert made.startswith("20240501")
        assert made[8:].isdigit()
        used = used | {made}


def test_ulids_differ_and_sort_by_time(schemes):
    def at(minute: int) -> str:
        moment = NOW.replace(minute=minute)
        request = IdRequest(Customer(company="甲"), moment, last_of(()))
        return schemes.named("ulid").new(request)

    assert len({at(0) for _ in range(50)}) == 50
    assert at(1) < at(2)
    assert len(at(3)) == 26
