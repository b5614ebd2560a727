"""What is left lying is found, with the moment since when it is late; what is planned is respected."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from crmcore.bootstrap import open_crm
from crmcore.config import Config
from crmcore.crm import Crm
from crmcore.records import Proposal

START = datetime(2024, 5, 1, 2, tzinfo=UTC)


class Clock:
    now = START

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def make(clock: Clock, request: pytest.FixtureRequest) -> Any:
    def opened(**settings: Any) -> Crm:
        config = Config(
            store="memory:", language="en", timezone="Asia/Shanghai", notify=(),
            plugin={"followup": settings},
        )  # fmt: skip
        crm = open_crm(config=config, clock=clock, actor="Li Na")
        request.addfinalizer(crm.close)
        return crm

    return opened


def due(crm: Crm, **options: Any) -> list[tuple[str, str]]:
    return [(item.what.en, f"{item.due:%m-%d %H}") for item in crm.due(**options)]


def test_each_finding_has_the_moment_since_when_it_is_late(make: Any, clock: Clock) -> None:
    crm = make()
    acme = crm.add(company="Acme", source="Fair", phone="13800138000")
    assert due(crm) == [("no next step is planned", "05-02 02")]
    assert due(crm, within=timedelta(hours=12)) == []
    crm.edit(acme.id, next_step="call", next_step_due="2024-05-20 10:00")
    assert due(crm) == [("next: call", "05-20 02")]
    clock.now = datetime(2024, 5, 19, 2, tzinfo=UTC)
    assert due(crm) == [("next: call", "05-20 02")]  # quiet for 18 days, but planned
    clock.now = datetime(2024, 5, 22, 2, tzinfo=UTC)
    assert due(crm) == [("stale in Lead for over 7 days", "05-08 02"), ("next: call", "05-20 02")]
    crm.log(acme.id, "they want an offer", "call")
    crm.append(acme.id, "proposals", Proposal("v1", sent_at=clock.now))
    assert ("proposal 1 has no feedback", "05-25 02") in due(crm)
    crm.amend(acme.id, "proposals", 1, feedback="too dear")
    crm.append(acme.id, "proposals", Proposal("v2, a draft"))
    assert due(crm) == [("next: call", "05-20 02")]
    crm.edit(acme.id, contract_sent_at="2024-05-22 10:00")
    assert ("the contract was sent and is not signed", "05-27 02") in due(crm)
    crm.edit(acme.id, contract_signed_at="2024-05-23 10:00", next_step="", next_step_due="")
    assert due(crm) == [("no next step is planned", "05-23 02")]
    crm.lose(acme.id, "no budget")
    assert due(crm) == []


def test_the_time_to_buy_again(make: Any, clock: Clock) -> None:
    crm = make(repurchase=30, no_next_step=0, stale=False)
    acme = crm.add(company="Acme", source="Fair", phone="13800138000")
    crm.move(
        acme.id, "after_sales", {"delivered_at": "2024-05-01 10:00", "satisfaction": "5"},
        force=True, reason="sold on the fair",
    )  # fmt: skip
    assert due(crm) == [("time to talk about buying again", "05-31 02")]
    crm.edit(acme.id, repurchase_intent="low")
    assert due(crm) == []
    crm.edit(acme.id, repurchase_intent="high")
    crm.repurchase(acme.id)
    assert due(crm) == []


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"stael": True}, "unknown setting 'stael'; did you mean stale"),
        ({"stale": 3}, "stale is true or false"),
        ({"proposal": -1}, "proposal is a number of days"),
        ({"contract": "soon"}, "contract is a number of days"),
    ],
)
def test_a_mistake_in_the_settings_is_shown_and_stops_nothing(
    settings: dict[str, Any], told: str, make: Any
) -> None:
    crm = make(**settings)
    crm.add(company="Acme")
    assert due(crm) == []
    assert any(told in warning for warning in crm.warnings)


def test_one_owners(make: Any) -> None:
    crm = make()
    crm.assign(crm.add(company="A").id, "Li Na")
    crm.assign(crm.add(company="B").id, "Bob")
    assert [item.title for item in crm.due(owner="Bob")] == ["B"]
