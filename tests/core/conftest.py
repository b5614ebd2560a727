"""A workspace in memory, with the bundled plugins and a clock that the test moves."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from crmcore.bootstrap import open_crm
from crmcore.config import Config
from crmcore.crm import Crm
from crmcore.exchange import plan_readings
from crmcore.hooktypes import Draft, Reading
from crmcore.importplan import ImportPlan
from crmcore.testing import StillClock


@pytest.fixture
def clock() -> StillClock:
    """The moment is 2024-05-01 10:00 in Shanghai."""
    return StillClock()


@pytest.fixture
def crm(clock: StillClock, tmp_path) -> Iterator[Crm]:
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
