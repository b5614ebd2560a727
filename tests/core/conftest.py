"""A workspace in memory, with the bundled plugins and a clock that the test moves."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from attrs import define

from crmcore.bootstrap import open_crm
from crmcore.config import Config
from crmcore.crm import Crm
from crmcore.exchange import plan_readings
from crmcore.hooktypes import Draft, Reading
from crmcore.importplan import ImportPlan


@define
class TestClock:
    """Stands still until the test moves it."""

    __test__ = False
    now: datetime = datetime(2024, 5, 1, 2, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **step: float) -> None:
        """Let time pass: `forward(days=2)`."""
        self.now += timedelta(**step)


@pytest.fixture
def clock() -> TestClock:
    """The moment is 2024-05-01 10:00 in Shanghai."""
    return TestClock()


@pytest.fixture
def crm(clock: TestClock, tmp_path) -> Iterator[Crm]:
    """An empty workspace in memory, in English, in Shanghai's time zone, without further reminders."""
    config = Config(
        store="memory:",
        language="en",
        timezone="Asia/Shanghai",
        directory=tmp_path,
        disable=("followup",),
    )
    with open_crm(config=config, clock=clock, actor="Li Na") as crm:
        yield crm


@pytest.fixture
def plan(crm: Crm) -> Callable[..., ImportPlan]:
    """The plan for the rows of leads.csv, drafts or what they state, numbered from 2."""

    def planned(*drafts, **options) -> ImportPlan:
        rows = [
            draft if isinstance(draft, Draft) else Draft(number, draft)
            for number, draft in enumerate(drafts, 2)
        ]
        return plan_readings(crm, [("leads.csv", Reading(rows))], **options)

    return planned
