"""Pictures of some screens, with a clock that stands still; `pytest --snapshot-update` makes them anew.

A change of Textual may change them all: look at them before they are kept.
"""

from __future__ import annotations

from datetime import timedelta

import pytest
from textual.pilot import Pilot

from crmcore.crm import Crm
from crmcore_tui.app import CrmApp

SIZE = (80, 24)
SHOTS = {
    "board": ("zh", ("j",)),
    "table": ("en", ("t", "l", "l", "s")),
    "today": ("zh", ("T", "m")),
    "detail": ("en", ("enter",)),
    "funnel": ("zh", ("F",)),
    "form": ("en", ("n",)),
}


def fill(crm: Crm, clock) -> None:
    """A few customers in three stages, one overdue, one graded, one lost."""
    due = timedelta(days=1)
    for n, company in enumerate(("上海恒泰机械有限公司", "Northwind Ltd", "深圳立信网络", "Acme")):
        made = crm.add(
            company=company, budget=f"{60 - 9 * n}万", phone=f"1380013800{n}", source="展会",
            owner="李娜" if n % 2 else "Chen", next_step="回访" if n % 2 else "Demo",
            next_step_due=clock.now + (n - 1) * due,
        )  # fmt: skip
        crm.log(made.id, "谈了预算", "call")
        if n < 2:
            crm.move(made.id)
            crm.edit(made.id, validity="valid", first_follow_up_due=clock.now + due)
            crm.grade(made.id, "AB"[n], "老板确认预算")
        if n == 1:
            crm.move(made.id)
    crm.lose(crm.add(company="Gone", phone="1", source="展会").id, "太贵")


@pytest.mark.parametrize("name", SHOTS)
def test_screen(name: str, make_crm, clock, settle, snap_compare) -> None:
    language, keys = SHOTS[name]
    crm = make_crm(language)
    fill(crm, clock)

    async def press(pilot: Pilot[None]) -> None:
        for key in (None, *keys):
            if key is not None:
                await pilot.press(key)
            await settle(pilot.app)

    assert snap_compare(CrmApp(crm, live=None), terminal_size=SIZE, run_before=press)
